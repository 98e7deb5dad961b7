import { expect } from 'vitest';
import {
  type DefineDependenciesInput,
  type Signalbox,
  type ThreadStatus,
  unwrap,
  type WorkflowQuery,
} from '../../sdk/index.ts';

export type Definition = Omit<DefineDependenciesInput, 'sessionId'>;
export type Thread = Definition['threads'][number];
export type Dependency = Definition['dependencies'][number];
export type RunState = Extract<WorkflowQuery['job'], { __typename: 'WorkflowJob' }>;

/** A change of a thread, as the run's log has it. */
export interface Change {
  seq: number;
  thread: string;
  status: ThreadStatus;
}

export const transform = (name: string, expression: string, more: object = {}): Thread => ({
  name,
  kind: 'TRANSFORM',
  input: { expression },
  ...more,
});

export const question = (name: string, text = name, more: object = {}): Thread => ({
  name,
  kind: 'BACKGROUND_TASK',
  input: { question: text },
  ...more,
});

/** A thread that fails whatever is tried. */
export const failing = (name: string, more: object = {}): Thread => transform(name, 'inputs.missing', more);

export const edge = (source: string, target: string, more: Partial<Dependency> = {}): Dependency => ({
  source,
  target,
  type: 'SEQUENTIAL',
  ...more,
});

/** Defines a graph in a session of its own and starts it. */
export async function begin(
  signalbox: Signalbox,
  definition: Partial<Definition> & Pick<Definition, 'threads'>,
  input: object = {},
) {
  const session = unwrap(await signalbox.createSession());
  const graph = unwrap(
    await signalbox.defineDependencies({ sessionId: session.id, dependencies: [], ...definition }),
  );
  const { id } = unwrap(await signalbox.startWorkflow({ graphId: graph.id, input }));
  return { id, graphId: graph.id, sessionId: session.id };
}

/** The run's story, from its first event to its end; `seen` hears each change at once. */
export async function story(
  signalbox: Signalbox,
  id: string,
  seen: (change: Change) => unknown = () => {},
): Promise<Change[]> {
  const changes: Change[] = [];
  const seqs: number[] = [];
  for await (const event of signalbox.follow(id)) {
    seqs.push(event.seq);
    if (event.__typename !== 'ThreadStatusChanged') continue;
    const change = { seq: event.seq, thread: event.thread, status: event.threadStatus };
    changes.push(change);
    await seen(change);
  }
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  return changes;
}

/** The run as it is, which must be there. */
export async function stateOf(signalbox: Signalbox, id: string): Promise<RunState> {
  const job = await signalbox.workflow(id);
  if (!job) throw new Error(`There is no run ${id}.`);
  return job;
}

/** Waits until a thread of the run is in a status. */
export async function until(
  signalbox: Signalbox,
  id: string,
  thread: string,
  status: ThreadStatus,
): Promise<void> {
  for await (const event of signalbox.follow(id))
    if (
      event.__typename === 'ThreadStatusChanged' &&
      event.thread === thread &&
      event.threadStatus === status
    )
      return;
  throw new Error(`The run ended, and ${thread} was never ${status}.`);
}

const OVER: readonly ThreadStatus[] = ['COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED'];

/** What holds of every run that is over, whatever became of it. */
export function expectSound(definition: Definition, changes: readonly Change[], run: RunState): void {
  const { threads, dependencies, maxParallelThreads = 5 } = definition;
  const final = new Map(run.threads.map(({ name, status }) => [name, status]));
  expect([...final.keys()]).toEqual(threads.map(({ name }) => name));

  let running = 0;
  const standing = new Map<string, ThreadStatus>();
  const completedAt = new Map<string, number>();
  for (const { thread, status, seq } of changes) {
    const before = standing.get(thread);
    // What is over stays so: each thread completes once, or never.
    expect(OVER, `${thread} was ${before} before it was ${status}`).not.toContain(before);
    standing.set(thread, status);
    if (before === 'RUNNING') running -= 1;
    if (status === 'COMPLETED') completedAt.set(thread, seq);
    if (status !== 'RUNNING') continue;

    running += 1;
    expect(running).toBeLessThanOrEqual(maxParallelThreads);
    const sources = dependencies.filter(
      ({ target, type, enabled = true }) => target === thread && enabled && type !== 'PARALLEL',
    );
    const ready = sources.map(({ source }) => completedAt.has(source));
    const join = threads.find(({ name }) => name === thread)?.join ?? 'ALL';
    const allowed = join === 'ALL' ? ready.every(Boolean) : ready.length === 0 || ready.some(Boolean);
    expect(allowed, `${thread} ran before what it depends on`).toBe(true);
  }
  expect(running).toBe(0);
  for (const [name, status] of final) {
    expect(OVER).toContain(status);
    expect(standing.get(name)).toBe(status);
  }

  const named = (status: ThreadStatus) =>
    threads.map(({ name }) => name).filter((name) => final.get(name) === status);
  const executed = run.threads.filter(({ attempt, status }) => attempt > 0 || status === 'FAILED').length;
  expect(run.summary).toEqual({
    successfulThreads: named('COMPLETED'),
    failedThreads: named('FAILED'),
    skippedThreads: named('SKIPPED'),
    cancelledThreads: named('CANCELLED'),
    totalExecuted: executed,
    successRate: executed === 0 ? 1 : named('COMPLETED').length / executed,
  });
}

export const statusesOf = (run: RunState): Record<string, ThreadStatus> =>
  Object.fromEntries(run.threads.map(({ name, status }) => [name, status]));
