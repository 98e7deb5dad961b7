import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { type GraphStateFragment, type Signalbox, unwrap } from '../../sdk/index.ts';
import { cancelWhen } from './cancelling.ts';
import { CommandError, EXIT, ended, tell } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { embedded, running } from './target.ts';
import { define } from './workflow-defining.ts';
import type { Workflow } from './workflow-definition.ts';
import { beside, complain, readWorkflow, type WorkflowFile } from './workflow-file.ts';
import { RESOLUTIONS } from './workflow-resolve.ts';
import { summaryOf } from './workflow-summary.ts';
import { WorkflowView } from './workflow-view.ts';

interface Options {
  input?: Record<string, unknown>;
  json?: boolean;
  server?: string;
  token?: string;
}

/** Runs a file's workflow and shows how it goes, to its end. */
export async function runWorkflow(path: string, options: Options): Promise<number> {
  const file = await readWorkflow(path);
  const { workflow } = file;
  if (!workflow || file.problems.length > 0) {
    complain(file, file.problems);
    return EXIT.failure;
  }
  if (!workflow.enabled)
    throw new CommandError(`${path}: coordination.enabled is false, so that it does not run.`);

  using interrupt = new Interrupt();
  const { server, token } = options;
  await using target = server ? running({ server, ...(token && { token }) }) : await embedded();
  const { signalbox } = target;
  const begun = await begin(signalbox, file, workflow, options.input ?? {}, interrupt.signal);
  if (!begun) return EXIT.failure;
  return await finish(signalbox, begun, options, interrupt);
}

interface Begun {
  id: string;
  graph: GraphStateFragment;
}

/** @returns Null where the gateway has something against it; that is said, and nothing of it is left there. */
async function begin(
  signalbox: Signalbox,
  file: WorkflowFile,
  workflow: Workflow,
  given: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Begun | null> {
  const session = unwrap(await signalbox.createSession({}, { signal }));
  const graph = await define(signalbox, session.id, file, workflow);
  if ('problems' in graph) {
    complain(file, graph.problems);
    unwrap(await signalbox.closeSession(session.id));
    return null;
  }
  const datasets = await upload(signalbox, session.id, file, workflow, signal);
  const input = {
    ...workflow.input,
    ...given,
    ...(workflow.datasets.size > 0 && {
      datasets: { ...datasets, ...(given.datasets as object | undefined) },
    }),
  };
  signal.throwIfAborted();
  // Not under the signal: once it is sent, the job exists and has to be cancelled by its id.
  const job = unwrap(await signalbox.startWorkflow({ graphId: graph.id, input }));
  return { id: job.id, graph };
}

/** @returns Ids of the file's data sets, by their names. */
async function upload(
  signalbox: Signalbox,
  sessionId: string,
  file: WorkflowFile,
  { datasets }: Workflow,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const [name, dataset] of datasets) {
    const path = beside(file.path, dataset.file);
    const uploaded = await signalbox.uploadDataset(sessionId, await openAsBlob(path), basename(path), {
      signal,
    });
    ids[name] = unwrap(uploaded).id;
  }
  return ids;
}

/** Follows the run, and cancels it where the user has had enough. */
async function finish(
  signalbox: Signalbox,
  { id, graph }: Begun,
  options: Options,
  interrupt: Interrupt,
): Promise<number> {
  const cancelFailed = cancelWhen(interrupt, signalbox, id);

  tell(`The run is ${id}.`);
  const over = await followed(signalbox, { id, graph }, options, cancelFailed);
  const job = await signalbox.workflow(id);
  if (!job) throw new CommandError(`The run ${id} was deleted.`);
  if (options.json) console.log(JSON.stringify(job, null, 2));
  else console.log(summaryOf(job));
  if (!over) {
    tell(
      'Nothing goes on before somebody decides, so this ends. The run waits where its data is: in DATA_DIR.',
    );
    return EXIT.failure;
  }
  if (job.status === 'COMPLETED') return EXIT.ok;
  if (interrupt.signal.aborted) {
    tell('Cancelled.');
    return EXIT.interrupted;
  }
  return ended(job);
}

/**
 * Shows the run as it goes.
 *
 * @returns Whether it came to its end. A gateway in this process can be asked by nobody else: there, a run that can
 * only wait is left as it is, to be decided on and continued by a gateway that serves.
 */
async function followed(
  signalbox: Signalbox,
  { id, graph }: Begun,
  { server }: Options,
  signal: AbortSignal,
): Promise<boolean> {
  const view = new WorkflowView(graph);
  const asked = new Set<string>();
  try {
    for await (const event of signalbox.follow(id, { signal })) {
      view.show(event);
      for (const thread of view.waiting)
        if (!asked.has(thread)) {
          asked.add(thread);
          view.say(howToResolve(id, thread, server));
        }
      if (event.__typename === 'ThreadStatusChanged' && event.threadStatus !== 'WAITING')
        asked.delete(event.thread);
      if (!server && view.waiting.length > 0 && !view.isMoving && (await standsStill(signalbox, id)))
        return false;
    }
    return true;
  } finally {
    view.end();
  }
}

/** What the events of one turn say so far may be half of what happened in it. */
async function standsStill(signalbox: Signalbox, id: string): Promise<boolean> {
  const job = await signalbox.workflow(id);
  const moves = job?.threads.some(({ status }) => status === 'RUNNING' || status === 'READY');
  return job?.status === 'WAITING' && !moves;
}

function howToResolve(id: string, thread: string, server: string | undefined): string {
  const command = `signalbox workflow resolve ${id} ${thread} ${RESOLUTIONS.join('|')}`;
  return server
    ? `${thread} waits for you:\n  ${command} --server ${server}`
    : `${thread} waits for you. When this command has ended:\n  signalbox serve\n  ${command}`;
}
