import type { CompiledGraph } from '../../../src/services/workflows/compiling.ts';
import type { News } from '../../../src/services/workflows/states.ts';
import type { DependencyDefinition, ThreadStatus } from '../../../src/services/workflows/types.ts';

/** What happened in a run, one by one. */
export type Entry = { readonly type: 'started'; readonly thread: string } | News;

/** The conditions of random graphs, in plain TypeScript; undefined where the expression cannot be evaluated. */
export const CONDITIONS: Record<string, (output: { v: number }) => boolean | undefined> = {
  'output.v > 1': ({ v }) => v > 1,
  'output.v % 2 == 0': ({ v }) => v % 2 === 0,
  'output.nothing > 1': () => undefined,
};

interface Standing {
  status: ThreadStatus;
  /** When it got there: the entry, and whether it only followed from that entry's own effects. */
  at: [entry: number, followed: number];
  output?: { v: number };
}

/**
 * The rules once more, slow and plain: everything is worked out anew from all that ever happened, thread by thread in
 * topological order, with no state kept from one entry to the next.
 *
 * @returns The statuses that are right. Several where one entry fails several threads at once and STRICT stops at the
 *   first: the rules do not say which of them that is when none is nearer than the other.
 */
export function standings(graph: CompiledGraph, history: readonly Entry[]): Record<string, ThreadStatus>[] {
  for (let length = 1; length <= history.length; length += 1) {
    const stopped = stoppedBy(graph, history.slice(0, length));
    if (stopped) return stopped.map((statuses) => finish(statuses, history.slice(length)));
  }
  return [statuses(derive(graph, history))];
}

const statuses = (all: ReadonlyMap<string, Standing>) =>
  Object.fromEntries([...all].map(([name, { status }]) => [name, status]));

/** The statuses right after the last entry, if that entry stops the run. */
function stoppedBy(graph: CompiledGraph, history: readonly Entry[]): Record<string, ThreadStatus>[] | null {
  const last = history.at(-1)!;
  const aborted = last.type === 'resolved' && last.resolution === 'ABORT';
  const cancelled = last.type === 'cancel';
  // What a person ends, ends as it stood: nothing follows from it any more.
  const all = derive(graph, aborted || cancelled ? history.slice(0, -1) : history);
  if (aborted) all.set(last.thread, { status: 'FAILED', at: [history.length - 1, 0] });
  const bad = [...all].filter(([, { status }]) => status === 'FAILED' || status === 'CANCELLED');
  const strictly = graph.definition.policy === 'STRICT' && bad.length > 0;
  if (!cancelled && !aborted && !strictly) return null;

  const started = new Set(history.flatMap((entry) => (entry.type === 'started' ? [entry.thread] : [])));
  const stop = (first: string | null) =>
    Object.fromEntries(
      [...all].map(([name, { status }]): [string, ThreadStatus] => {
        if (status === 'WAITING') return [name, cancelled ? 'CANCELLED' : 'FAILED'];
        if (first !== null && name !== first && status === 'FAILED') return [name, 'SKIPPED'];
        if (status !== 'PENDING' && status !== 'READY') return [name, status];
        return [name, cancelled || started.has(name) ? 'CANCELLED' : 'SKIPPED'];
      }),
    );
  if (!strictly || cancelled || bad.length === 1) return [stop(null)];
  return firstOf(graph, last, bad).map(stop);
}

/** Of threads that one completion fails at once: the one whose dependency comes first; or any that only followed. */
function firstOf(graph: CompiledGraph, last: Entry, bad: readonly [string, Standing][]): string[] {
  const direct = new Set(bad.filter(([, { at }]) => at[1] === 0).map(([name]) => name));
  if (direct.size === 0) return bad.map(([name]) => name);
  if (last.type !== 'completed') return [];
  const deciding = graph.definition.dependencies.filter(
    ({ source, target, enabled, type }) =>
      source === last.thread && direct.has(target) && enabled && type !== 'PARALLEL',
  );
  // Of ALL, the first that is broken; of ANY, the last that was left.
  const output = last.output as { v: number };
  const all = deciding.filter(
    ({ target, condition }) =>
      graph.thread(target).definition.join === 'ALL' &&
      condition &&
      CONDITIONS[condition]!(output) === undefined,
  );
  const any = deciding.filter(
    ({ source, target }, at) =>
      graph.thread(target).definition.join === 'ANY' &&
      !deciding.slice(at + 1).some((later) => later.source === source && later.target === target),
  );
  const first = deciding.find((edge) => all.includes(edge) || any.includes(edge));
  return first ? [first.target] : [];
}

/** What ran when the run stopped ends as it says. */
function finish(stopped: Record<string, ThreadStatus>, rest: readonly Entry[]): Record<string, ThreadStatus> {
  const ends = { completed: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELLED' } as const;
  const result = { ...stopped };
  for (const entry of rest)
    if (entry.type === 'completed' || entry.type === 'failed' || entry.type === 'cancelled')
      if (result[entry.thread] === 'RUNNING') result[entry.thread] = ends[entry.type];
  return result;
}

function derive(graph: CompiledGraph, history: readonly Entry[]): Map<string, Standing> {
  const all = new Map<string, Standing>();
  for (const name of graph.order.flat()) all.set(name, standing(graph, name, all, history));
  return all;
}

type Fate = { kind: 'satisfied' | 'dead' | 'broken' | 'open'; at: [number, number]; position: number };

function fateOf(
  graph: CompiledGraph,
  edge: DependencyDefinition,
  position: number,
  all: ReadonlyMap<string, Standing>,
): Fate {
  const source = all.get(edge.source)!;
  if (source.status === 'COMPLETED') {
    const holds = edge.condition ? CONDITIONS[edge.condition]!(source.output!) : true;
    const kind = holds === undefined ? 'broken' : holds ? 'satisfied' : 'dead';
    return { kind, at: source.at, position };
  }
  const { policy } = graph.definition;
  // Under STRICT the run stops before anything else follows from it.
  const ends = policy !== 'STRICT' && (source.status === 'FAILED' || source.status === 'CANCELLED');
  const ended = ends || source.status === 'SKIPPED';
  return ended
    ? { kind: 'dead', at: [source.at[0], 1], position }
    : { kind: 'open', at: source.at, position };
}

function standing(
  graph: CompiledGraph,
  name: string,
  all: ReadonlyMap<string, Standing>,
  history: readonly Entry[],
): Standing {
  const { dependencies } = graph.definition;
  const { definition } = graph.thread(name);
  const fates = dependencies
    .filter(({ target, enabled, type }) => target === name && enabled && type !== 'PARALLEL')
    .map((edge, position) => fateOf(graph, edge, position, all))
    .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1] || a.position - b.position);
  const closed = fates.filter(({ kind }) => kind === 'dead' || kind === 'broken');

  if (definition.join === 'ALL' || fates.length === 0) {
    const [first] = closed;
    if (first?.kind === 'dead') return { status: 'SKIPPED', at: first.at };
    if (first) return tried(graph, name, history, first.at);
    return fates.every(({ kind }) => kind === 'satisfied')
      ? tried(graph, name, history, null)
      : { status: 'PENDING', at: [-1, 0] };
  }
  if (fates.some(({ kind }) => kind === 'satisfied')) return tried(graph, name, history, null);
  if (closed.length < fates.length) return { status: 'PENDING', at: [-1, 0] };
  const last = closed.at(-1)!;
  return closed.some(({ kind }) => kind === 'broken')
    ? tried(graph, name, history, last.at)
    : { status: 'SKIPPED', at: last.at };
}

/** From where a thread was admitted, or its condition was found broken, by what happened to it since. */
function tried(
  graph: CompiledGraph,
  name: string,
  history: readonly Entry[],
  broken: [number, number] | null,
): Standing {
  const { policy, dependencies } = graph.definition;
  const { maxRetries } = graph.thread(name).definition;
  const feeding = dependencies.some(
    ({ source, enabled, type }) =>
      source === name && enabled && (type === 'DATA_FLOW' || type === 'CONDITIONAL'),
  );
  let retries = 0;
  const failed = (retryable: boolean): ThreadStatus => {
    if (retryable && retries < maxRetries) {
      retries += 1;
      return 'READY';
    }
    if (policy !== 'ADAPTIVE' || retryable) return 'FAILED';
    return feeding ? 'WAITING' : 'SKIPPED';
  };

  let now: Standing = broken ? { status: failed(false), at: broken } : { status: 'READY', at: [-1, 0] };
  for (const [at, entry] of history.entries()) {
    if (entry.type === 'cancel' || entry.thread !== name) continue;
    const become = (status: ThreadStatus) => {
      now = { status, at: [at, 0] };
    };
    if (entry.type === 'started') become('RUNNING');
    else if (entry.type === 'completed')
      now = { status: 'COMPLETED', at: [at, 0], output: entry.output as { v: number } };
    else if (entry.type === 'failed' || entry.type === 'refused') become(failed(entry.failure.retryable));
    else if (entry.type === 'cancelled') become('CANCELLED');
    else if (entry.resolution === 'RETRY') {
      retries = 0;
      become('READY');
    } else become(entry.resolution === 'SKIP' ? 'SKIPPED' : 'FAILED');
  }
  return now;
}
