import type { GraphStateFragment, Signalbox } from '../../sdk/index.ts';
import { unwrap } from '../../sdk/index.ts';
import type { Workflow } from './workflow-definition.ts';
import type { WorkflowFile } from './workflow-file.ts';
import type { FileProblem, Path } from './workflow-yaml.ts';

/** Has a gateway check a file's graph and keep it in a session. */
export async function define(
  signalbox: Signalbox,
  sessionId: string,
  file: WorkflowFile,
  workflow: Workflow,
): Promise<GraphStateFragment | { problems: FileProblem[] }> {
  const answer = await signalbox.defineDependencies({ sessionId, ...workflow.definition });
  // Of several places the one furthest down: a name that the file does not use leads to what is around it.
  const placed = (places: readonly Path[], message: string): FileProblem => {
    const lines = places.flatMap((place) => file.lineOf(place) ?? []);
    return { line: lines.length > 0 ? Math.max(...lines) : null, message };
  };
  if (answer.__typename === 'DependencyGraphError') {
    const told = 'problems' in answer ? answer.problems : [];
    return { problems: told.map((problem) => placed(placesOf(problem, workflow), problem.message)) };
  }
  if (answer.__typename === 'InvalidInputError') {
    const issues = 'issues' in answer ? answer.issues : [];
    // That there are no threads was said when the file was read.
    const told = issues.filter(({ path }) => path !== 'input.threads');
    return {
      problems: told.map(({ path, message }) => placed(placesIn(path, workflow), `${path}: ${message}`)),
    };
  }
  return unwrap(answer) as GraphStateFragment;
}

interface GraphProblem {
  code: string;
  message: string;
  threads: readonly string[];
}

/**
 * Where the file has what a problem is about. The gateway knows no files: it names threads, and its messages begin with
 * the dependency or the thread that they speak of.
 */
function placesOf({ code, message, threads }: GraphProblem, workflow: Workflow): Path[] {
  const { definition, places } = workflow;
  const dependency = (source?: string, target?: string): number =>
    definition.dependencies[code === 'DUPLICATE_DEPENDENCY' ? 'findLastIndex' : 'findIndex'](
      (one) => one.source === source && one.target === target,
    );
  const thread = (name?: string): number =>
    definition.threads[code === 'DUPLICATE_THREAD' ? 'findLastIndex' : 'findIndex'](
      (one) => one.name === name,
    );

  const [, source, target] = /^(\S+) → (\S+?)(?::| is )/.exec(message) ?? [];
  const [about, of] = threads;
  const edge =
    code === 'SELF_DEPENDENCY' ? dependency(about, about) : dependency(source ?? about, target ?? of);
  if (edge >= 0) {
    const place = places.dependencies[edge] ?? [];
    if (code === 'UNKNOWN_THREAD')
      return (definition.dependencies[edge]?.source === about ? SOURCE : TARGET).map((name) => [
        ...place,
        name,
      ]);
    return [[...place, ...(/^[^:]*: (condition|transform|dataMapping)\b/.exec(message)?.slice(1) ?? [])]];
  }
  const at = thread(about);
  if (at < 0) return [];
  const field = /^Thread [^:]*: ((?:input|inputSchema|outputSchema)(?:\.[\w-]+)*)/.exec(message)?.[1];
  return [[...(places.threads[at] ?? []), ...(field?.split('.') ?? [])]];
}

/** How a file may call the ends of a dependency. */
const SOURCE = ['sourceThread', 'source'];
const TARGET = ['targetThread', 'target'];

/** Where the file has the field of a request: `threads.3.timeoutSeconds`, or a setting of the whole graph. */
function placesIn(path: string, { places }: Workflow): readonly Path[] {
  const [, list, index, field] = /(?:^|\.)(threads|dependencies)\.(\d+)(?:\.(\w+))?/.exec(path) ?? [];
  if (list) {
    const place = places[list as keyof typeof places][Number(index)];
    return place
      ? [
          [...place, ...(field ? [field] : [])],
          ...(field === 'timeoutSeconds' ? [[...place, 'timeout']] : []),
        ]
      : [];
  }
  const setting = path.split('.').at(-1) ?? '';
  return SETTINGS[setting] ?? [];
}

/** Where the file may have what the API asks for at the top. */
const SETTINGS: Readonly<Record<string, readonly Path[]>> = {
  maxParallelThreads: [['coordination', 'maxParallelThreads']],
  threadTimeoutSeconds: ['timeout', 'threadTimeoutSeconds', 'timeoutSeconds'].map((name) => [
    'coordination',
    name,
  ]),
  maxRetries: ['coordination', 'errorHandling'].map((block) => [block, 'maxRetries']),
  retryDelayMs: ['coordination', 'errorHandling'].flatMap((block) =>
    ['retryDelay', 'retryDelayMs'].map((name) => [block, name]),
  ),
};
