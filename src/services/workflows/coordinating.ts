import type { CompiledGraph } from './graph.ts';
import type { News, RunEnd, RunState, ThreadEvent, ThreadState } from './states.ts';
import { type Circumstances, descendantsOf, type Needed, StatesMissing, Transition } from './transition.ts';

/*
 * How a run goes on, as pure functions: of a graph, the state of a run and some of its threads', and what happened.
 * They hold nothing, so a run survives whatever becomes of the process; and they look at no more threads than what
 * happened touches.
 */

/** A run's first states. Threads that depend on nothing are READY. */
export function begin(graph: CompiledGraph): {
  run: RunState;
  threads: ThreadState[];
  events: ThreadEvent[];
  ended: RunEnd | null;
} {
  const threads = graph.threads.map(
    ({ definition: { name }, incoming }): ThreadState => ({
      name,
      status: incoming.length === 0 ? 'READY' : 'PENDING',
      attempt: 0,
      retries: 0,
      satisfied: 0,
      dead: 0,
      broken: 0,
      notBefore: null,
      reason: null,
      failure: null,
      started: false,
    }),
  );
  const run: RunState = {
    phase: 'RUNNING',
    stop: null,
    running: 0,
    waiting: 0,
    completed: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };
  const events = threads
    .filter(({ status }) => status === 'READY')
    .map(({ name }): ThreadEvent => ({ thread: name, status: 'READY', reason: null }));
  return { run, threads, events, ended: endOf(graph, run) };
}

/**
 * The states that `advance` will want for such news, as far as it can be told beforehand: for a plain completion those
 * of the thread and its dependents.
 */
export function reach(graph: CompiledGraph, run: RunState, news: readonly News[]): Needed {
  const names = new Set<string>();
  const strict = graph.definition.policy === 'STRICT';
  for (const item of news) {
    if (item.type === 'cancel') {
      if (run.phase === 'RUNNING') return 'UNFINISHED';
      continue;
    }
    names.add(item.thread);
    if (run.phase === 'STOPPING') continue;
    if (item.type === 'completed') {
      for (const { target } of graph.thread(item.thread).outgoing) names.add(target);
      continue;
    }
    const retried =
      item.type === 'resolved'
        ? item.resolution === 'RETRY'
        : item.type !== 'cancelled' && item.failure.retryable;
    if (retried) continue;
    if (item.type === 'resolved' ? item.resolution === 'ABORT' : strict) return 'UNFINISHED';
    for (const name of descendantsOf(graph, [item.thread])) names.add(name);
  }
  return [...names];
}

export interface Advanced {
  readonly run: RunState;
  /** The threads whose state is another now. */
  readonly changed: readonly ThreadState[];
  /** In the order in which they happened; a thread may have several. */
  readonly events: readonly ThreadEvent[];
  /** Threads that run and whose jobs must be stopped; each ends by a `cancelled` of its own. */
  readonly cancel: readonly string[];
  /** How the run ended; null while it goes on. */
  readonly ended: RunEnd | null;
}

/**
 * What happened, applied in its order.
 *
 * @param threads Those of `reach`, or more. A cascade may want others: then nothing was done, and the same is to be
 *   asked again with the states of `needed` as well. Two such rounds are always enough.
 * @returns The same for the same arguments; nothing that was given is changed.
 */
export function advance(
  graph: CompiledGraph,
  run: RunState,
  threads: ReadonlyMap<string, ThreadState>,
  news: readonly News[],
  circumstances: Circumstances,
): Advanced | { readonly needed: Needed } {
  const transition = new Transition(graph, run, threads, circumstances);
  try {
    for (const item of news) transition.take(item);
  } catch (error) {
    if (!(error instanceof StatesMissing)) throw error;
    if (error.needed === 'UNFINISHED') return { needed: 'UNFINISHED' };
    // Whatever else a cascade may come to, at once.
    const subjects = news.flatMap((item) => (item.type === 'cancel' ? [] : [item.thread]));
    return { needed: descendantsOf(graph, subjects).filter((name) => !threads.has(name)) };
  }
  return {
    run: transition.run,
    changed: [...transition.changed.values()],
    events: transition.events,
    cancel: transition.cancel,
    ended: endOf(graph, transition.run),
  };
}

/** How many threads may be started now. */
export const capacity = (graph: CompiledGraph, run: RunState): number =>
  run.phase === 'STOPPING' ? 0 : Math.max(0, graph.definition.maxParallelThreads - run.running);

/**
 * A READY thread begins its next try.
 *
 * @throws {Error} It is not READY, or there is no capacity: the caller picked wrongly.
 */
export function start(
  graph: CompiledGraph,
  run: RunState,
  state: ThreadState,
): { run: RunState; state: ThreadState; event: ThreadEvent } {
  if (state.status !== 'READY') throw new Error(`thread ${state.name} is ${state.status}, not READY`);
  if (capacity(graph, run) === 0) throw new Error(`thread ${state.name} has no place to run`);
  return {
    run: { ...run, running: run.running + 1 },
    state: {
      ...state,
      status: 'RUNNING',
      attempt: state.attempt + 1,
      started: true,
      notBefore: null,
      reason: null,
      failure: null,
    },
    event: { thread: state.name, status: 'RUNNING', reason: null },
  };
}

function endOf(graph: CompiledGraph, run: RunState): RunEnd | null {
  if (run.stop) return run.running === 0 ? { status: run.stop.status, error: run.stop.error } : null;
  const over = run.completed + run.failed + run.skipped + run.cancelled;
  return over === graph.threads.length ? { status: 'COMPLETED', error: null } : null;
}

export interface Summary {
  readonly successfulThreads: readonly string[];
  readonly failedThreads: readonly string[];
  readonly skippedThreads: readonly string[];
  readonly cancelledThreads: readonly string[];
  /** Threads of which at least one try began, or that failed before. */
  readonly totalExecuted: number;
  /** Successful of executed ones, 0 to 1; 1 where none was executed. */
  readonly successRate: number;
}

/** What became of a run's threads, each list in the order given. */
export function summarise(threads: readonly Pick<ThreadState, 'name' | 'status' | 'started'>[]): Summary {
  const named = (wanted: ThreadState['status']) =>
    threads.filter(({ status }) => status === wanted).map(({ name }) => name);
  const successfulThreads = named('COMPLETED');
  const totalExecuted = threads.filter(({ started, status }) => started || status === 'FAILED').length;
  return {
    successfulThreads,
    failedThreads: named('FAILED'),
    skippedThreads: named('SKIPPED'),
    cancelledThreads: named('CANCELLED'),
    totalExecuted,
    successRate: totalExecuted === 0 ? 1 : successfulThreads.length / totalExecuted,
  };
}
