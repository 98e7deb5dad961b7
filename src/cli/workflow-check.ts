import { type GraphStateFragment, unwrap } from '../../sdk/index.ts';
import { EXIT, tell } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { running, temporary } from './target.ts';
import { printable } from './text.ts';
import { define } from './workflow-defining.ts';
import { complain, readWorkflow, type WorkflowFile } from './workflow-file.ts';
import type { FileProblem } from './workflow-yaml.ts';

interface Options {
  json?: boolean;
  server?: string;
  token?: string;
}

/** Says whether a workflow could run, or everything that is wrong with it. Leaves nothing behind. */
export async function checkWorkflow(path: string, options: Options): Promise<number> {
  const file = await readWorkflow(path);
  const checked = await askGateway(file, options);
  const graph = 'problems' in checked ? null : checked;
  const problems = [...file.problems, ...('problems' in checked ? checked.problems : [])];

  if (options.json) {
    const levels = problems.length === 0 ? (graph?.executionOrder ?? null) : null;
    console.log(JSON.stringify({ valid: problems.length === 0, problems, executionOrder: levels }, null, 2));
  }
  if (problems.length > 0) {
    if (!options.json) complain(file, problems);
    return EXIT.failure;
  }
  if (!options.json && graph) console.log(levelsOf(graph));
  if (file.workflow && !file.workflow.enabled)
    tell('coordination.enabled is false: `workflow run` will refuse it.');
  return EXIT.ok;
}

/** Nothing, where the file is too broken to be asked about. */
async function askGateway(
  file: WorkflowFile,
  { server, token }: Options,
): Promise<GraphStateFragment | { problems: FileProblem[] }> {
  const { workflow } = file;
  if (!workflow) return { problems: [] };
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  await using target = server ? running({ server, ...(token && { token }) }) : await temporary();
  const { signalbox } = target;
  const session = unwrap(await signalbox.createSession({}, { signal }));
  try {
    return await define(signalbox, session.id, file, workflow);
  } finally {
    unwrap(await signalbox.closeSession(session.id));
  }
}

function levelsOf({ threads, dependencies, executionOrder }: GraphStateFragment): string {
  const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
  const levels = executionOrder.map((level, index) => `${index + 1}  ${level.join(', ')}`);
  const size = `${count(threads.length, 'thread', 'threads')}, ${count(dependencies.length, 'dependency', 'dependencies')}`;
  return printable(
    [`It can run: ${size}, in ${count(levels.length, 'level', 'levels')}.`, ...levels].join('\n'),
  );
}
