import { type Judge, judgeOnce } from './gathering.ts';
import type { CompiledEdge, CompiledGraph } from './graph.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { isOver, type News, type RunState, type Stop, type ThreadEvent, type ThreadState } from './states.ts';
import type { Resolution, ThreadFailure, ThreadStatus } from './types.ts';

/** States that a transition has to know: those of these threads, or of all that are not over yet. */
export type Needed = readonly string[] | 'UNFINISHED';

/** A transition came upon a thread whose state it was not given. */
export class StatesMissing extends Error {
  readonly needed: Needed;

  constructor(needed: Needed) {
    super('states are missing');
    this.needed = needed;
  }
}

export interface Circumstances {
  /** The workflow's input. */
  readonly input: unknown;
  readonly now: Date;
  /** Where the same is asked again with more states, the same one each time. */
  readonly judge?: Judge;
}

const REASON_LENGTH = 1_000;
const ENDED: Partial<Record<ThreadStatus, string>> = {
  FAILED: 'failed',
  SKIPPED: 'was skipped',
  CANCELLED: 'was cancelled',
};
const COUNTS = {
  RUNNING: 'running',
  WAITING: 'waiting',
  COMPLETED: 'completed',
  FAILED: 'failed',
  SKIPPED: 'skipped',
  CANCELLED: 'cancelled',
} as const;

/** One transition under way: a working copy of the run and of the threads that it touches. */
export class Transition {
  readonly changed = new Map<string, ThreadState>();
  readonly events: ThreadEvent[] = [];
  readonly cancel: string[] = [];
  run: RunState;
  readonly #graph: CompiledGraph;
  readonly #known: ReadonlyMap<string, ThreadState>;
  readonly #circumstances: Circumstances;
  /** Threads that ended without an output, whose dependents do not know yet; with what began it, if not they. */
  readonly #ended: { name: string; cause: string | null }[] = [];

  constructor(
    graph: CompiledGraph,
    run: RunState,
    known: ReadonlyMap<string, ThreadState>,
    circumstances: Circumstances,
  ) {
    this.#graph = graph;
    this.run = run;
    this.#known = known;
    this.#circumstances = circumstances;
  }

  /** @throws {StatesMissing} */
  take(news: News): void {
    this.#hear(news);
    // Also grows while it is walked.
    for (const { name, cause } of this.#ended) this.#tellDependents(name, cause);
    this.#ended.length = 0;
  }

  #hear(news: News): void {
    if (news.type === 'cancel') {
      this.#stop({ status: 'CANCELLED', reason: news.reason, error: null });
      return;
    }
    const state = this.#state(news.thread);
    if (news.type === 'resolved') {
      if (state.status === 'WAITING') this.#resolve(state, news.resolution);
    } else if (news.type === 'refused') {
      if (state.status === 'READY') this.#fail(state, news.failure);
    } else if (state.status === 'RUNNING' && state.attempt === news.attempt) {
      if (news.type === 'completed') this.#complete(state, news.output);
      else if (news.type === 'failed') this.#fail(state, news.failure);
      else this.#cancelled(state, news.reason);
    }
  }

  #complete(state: ThreadState, output: unknown): void {
    this.#become(state, 'COMPLETED', null, { failure: null });
    if (this.run.phase === 'STOPPING') return;
    const sources = { input: this.#circumstances.input, outputs: new Map([[state.name, output]]) };
    const judge = this.#circumstances.judge ?? judgeOnce();
    for (const edge of this.#graph.thread(state.name).outgoing) {
      const holds = judge(edge, sources);
      if (holds === 'SATISFIED') this.#satisfied(edge);
      else if (holds === 'DEAD') {
        const why = `the condition of ${edge.source} → ${edge.target} is false`;
        this.#dead(edge, why, why);
      } else this.#broken(edge, holds);
    }
  }

  #cancelled(state: ThreadState, why: string): void {
    this.#become(state, 'CANCELLED', why);
    if (this.run.phase === 'STOPPING') return;
    if (this.#graph.definition.policy === 'STRICT')
      this.#stopFor(state.name, { code: 'CANCELLED', message: why, retryable: false }, 'was cancelled');
    else this.#end(state.name);
  }

  #fail(state: ThreadState, failure: ThreadFailure): void {
    const { policy } = this.#graph.definition;
    const { definition, outgoing } = this.#graph.thread(state.name);
    const permanent = policy === 'ADAPTIVE' && !failure.retryable;
    if (this.run.phase === 'STOPPING') this.#become(state, 'FAILED', failure.message, { failure });
    else if (failure.retryable && state.retries < definition.maxRetries) this.#retry(state, failure);
    else if (policy === 'STRICT') {
      this.#become(state, 'FAILED', failure.message, { failure });
      this.#stopFor(state.name, failure, 'failed');
    } else if (permanent && outgoing.some(({ definition: { type } }) => type !== 'SEQUENTIAL'))
      this.#become(state, 'WAITING', failure.message, { failure });
    else {
      this.#become(state, permanent ? 'SKIPPED' : 'FAILED', failure.message, { failure });
      this.#end(state.name);
    }
  }

  #retry(state: ThreadState, failure: ThreadFailure): void {
    const first = this.#graph.definition.retryDelayMs;
    const longest = Math.max(first, GRAPH_LIMITS.longestRetryDelayMs);
    const pause = Math.min(first * 2 ** state.retries, longest);
    this.#become(state, 'READY', failure.message, {
      failure,
      retries: state.retries + 1,
      notBefore: new Date(this.#circumstances.now.getTime() + pause),
    });
  }

  #resolve(state: ThreadState, resolution: Resolution): void {
    const why = state.reason ?? 'it failed';
    if (resolution === 'RETRY') this.#become(state, 'READY', null, { failure: null, retries: 0 });
    else if (resolution === 'SKIP') {
      this.#become(state, 'SKIPPED', why);
      this.#end(state.name);
    } else {
      this.#become(state, 'FAILED', why);
      const failure = state.failure ?? { code: 'FAILED', message: why, retryable: false };
      this.#stopFor(state.name, failure, 'failed');
    }
  }

  #satisfied(edge: CompiledEdge): void {
    const target = this.#state(edge.target);
    if (target.status !== 'PENDING') return;
    const satisfied = target.satisfied + 1;
    const { definition, incoming } = this.#graph.thread(edge.target);
    if (definition.join === 'ANY' || satisfied === incoming.length)
      this.#become(target, 'READY', null, { satisfied, failure: null });
    else this.#put({ ...target, satisfied });
  }

  /** A dependency that will not be satisfied any more. */
  #dead(edge: CompiledEdge, why: string, cause: string): void {
    const target = this.#state(edge.target);
    if (target.status !== 'PENDING') return;
    const counted = { ...target, dead: target.dead + 1 };
    const { definition, incoming } = this.#graph.thread(edge.target);
    if (this.#isOpen(counted)) this.#put(counted);
    // Of several alternatives, one that could not be evaluated might have been the one.
    else if (target.failure) this.#fail(counted, target.failure);
    else {
      const last = definition.join === 'ANY' && incoming.length > 1;
      const reason = last ? `none of its dependencies is satisfied; at last ${why}` : why;
      this.#become(counted, 'SKIPPED', reason);
      this.#end(edge.target, cause);
    }
  }

  #broken(edge: CompiledEdge, failure: ThreadFailure): void {
    const target = this.#state(edge.target);
    if (target.status !== 'PENDING') return;
    const counted = { ...target, broken: target.broken + 1, failure: target.failure ?? failure };
    if (this.#isOpen(counted)) this.#put(counted);
    else this.#fail(counted, counted.failure);
  }

  /** Whether a thread with a dependency that is not satisfied may still become ready. */
  #isOpen({ name, dead, broken }: ThreadState): boolean {
    const { definition, incoming } = this.#graph.thread(name);
    return definition.join === 'ANY' && dead + broken < incoming.length;
  }

  #end(name: string, cause: string | null = null): void {
    this.#ended.push({ name, cause });
  }

  #tellDependents(name: string, cause: string | null): void {
    if (this.run.phase === 'STOPPING') return;
    const { status, reason } = this.#state(name);
    const ended = `${name} ${ENDED[status] ?? 'ended'}`;
    const why = cause === null ? `${ended}: ${reason}` : `${ended} (${cause})`;
    for (const edge of this.#graph.thread(name).outgoing) this.#dead(edge, why, cause ?? why);
  }

  #stopFor(thread: string, failure: ThreadFailure, ended: string): void {
    const reason = `${thread} ${ended}: ${failure.message}`;
    this.#stop({ status: 'FAILED', reason: cut(reason), error: { ...failure, thread } });
  }

  /** Running threads are asked to stop and end by news of their own; all others end here. The first stop counts. */
  #stop(stop: Stop): void {
    if (this.run.phase === 'STOPPING') return;
    this.run = { ...this.run, phase: 'STOPPING', stop };
    for (const state of this.#unfinished()) {
      if (state.status === 'RUNNING') this.cancel.push(state.name);
      else if (stop.status === 'CANCELLED') this.#become(state, 'CANCELLED', stop.reason);
      else if (state.status === 'WAITING') this.#become(state, 'FAILED', state.reason);
      else this.#become(state, state.started ? 'CANCELLED' : 'SKIPPED', `the run stopped: ${stop.reason}`);
    }
  }

  #unfinished(): readonly ThreadState[] {
    const { completed, failed, skipped, cancelled } = this.run;
    const left = this.#graph.threads.length - completed - failed - skipped - cancelled;
    const states = [...new Set([...this.#known.keys(), ...this.changed.keys()])]
      .map((name) => this.#state(name))
      .filter(({ status }) => !isOver(status));
    if (states.length < left) throw new StatesMissing('UNFINISHED');
    const position = ({ name }: ThreadState) => this.#graph.thread(name).position;
    return states.sort((a, b) => position(a) - position(b));
  }

  #state(name: string): ThreadState {
    const state = this.changed.get(name) ?? this.#known.get(name);
    if (!state) throw new StatesMissing([name]);
    return state;
  }

  #put(state: ThreadState): void {
    this.changed.set(state.name, state);
  }

  /** A new status, with its event, counted. */
  #become(
    state: ThreadState,
    status: ThreadStatus,
    why: string | null,
    more: Partial<ThreadState> = {},
  ): void {
    const reason = why === null ? null : cut(why);
    this.#count(state.status, -1);
    this.#count(status, 1);
    this.#put({ ...state, notBefore: null, ...more, status, reason });
    this.events.push({ thread: state.name, status, reason });
  }

  #count(status: ThreadStatus, by: number): void {
    if (status === 'PENDING' || status === 'READY') return;
    const count = COUNTS[status];
    this.run = { ...this.run, [count]: this.run[count] + by };
  }
}

const cut = (text: string) => (text.length > REASON_LENGTH ? `${text.slice(0, REASON_LENGTH - 1)}…` : text);

/** The threads and all that depend on them, at any distance. */
export function descendantsOf(graph: CompiledGraph, names: readonly string[]): string[] {
  const found = new Set(names);
  for (const name of found) for (const { target } of graph.thread(name).outgoing) found.add(target);
  return [...found];
}
