import { sql } from 'kysely';
import { DomainError, InvalidStateError, NotFoundError } from '../../errors.ts';
import type { CoordinatedKind, EndedChild, Turn } from '../../jobs/index.ts';
import { json } from '../../store/index.ts';
import { Board } from './board.ts';
import { type Advanced, advance, begin, capacity, reach, start } from './coordinating.ts';
import { checkOutput, evaluateTransform, gather, judgeOnce, wants } from './gathering.ts';
import type { CompiledGraph } from './graph.ts';
import type { Graphs } from './graphs.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { endUnfinished, insertThreads, nextTry } from './records.ts';
import type { News, RunEnd, RunState, ThreadEvent, ThreadState } from './states.ts';
import type { Resolution, ThreadFailure, ThreadKind } from './types.ts';
import type { ThreadWork } from './works/work.ts';

export const WORKFLOW = 'WORKFLOW';

/** Threads that one turn starts: it holds the run's row meanwhile. */
const STARTS_PER_TURN = 100;
/** Rounds in which a cascade may ask for further threads. */
const ROUNDS = 4;

const TOO_LARGE: ThreadFailure = {
  code: 'INVALID_THREAD_INPUT',
  message: `input: what its dependencies deliver from has more than ${GRAPH_LIMITS.outputsLength} bytes of JSON together`,
  retryable: false,
};

/** What a run is asked. */
export interface WorkflowInput {
  graphId: string;
  input: Record<string, unknown>;
}

export type ThreadWorks = Readonly<Record<Exclude<ThreadKind, 'TRANSFORM'>, ThreadWork>>;

interface Needs {
  graphs: Graphs;
  works: ThreadWorks;
}

/** Applies what the coordination decides: reads the states it wants, writes those it gives, starts and stops jobs. */
export class Coordinator implements CoordinatedKind {
  readonly kind = WORKFLOW;
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Something happened: to a thread's job, to the run, or time passed. */
  async coordinate(turn: Turn): Promise<void> {
    const run = await RunTurn.open(turn, this.#needs);
    await run.hear();
    await run.goOn();
  }

  /** Its threads end with it. The graph is not looked at: it may be what cannot be coordinated. */
  async abandon(turn: Turn): Promise<void> {
    tell(turn, await endUnfinished(turn.trx, turn.job.id, 'the run could not be coordinated'));
  }

  /**
   * A person decides.
   *
   * @throws {NotFoundError | InvalidStateError}
   */
  async resolve(turn: Turn, thread: string, resolution: Resolution): Promise<void> {
    const run = await RunTurn.open(turn, this.#needs);
    const state = await run.find(thread);
    if (!state) throw new NotFoundError('thread', thread);
    if (state.status !== 'WAITING')
      throw new InvalidStateError(`The thread ${thread} is ${state.status}; it does not wait.`, state.status);
    await run.apply([{ type: 'resolved', thread, resolution }]);
    await run.goOn();
  }
}

/** One turn of one run. */
class RunTurn {
  readonly #turn: Turn;
  readonly #needs: Needs;
  readonly #graph: CompiledGraph;
  readonly #input: Record<string, unknown>;
  readonly #now: Date;
  readonly #board: Board;
  #run: RunState;
  #wakeAt: Date | null;
  #ended: RunEnd | null;
  #computedMs = 0;
  /** Whether something that happened is left to another turn. */
  #left = false;
  /** Whether anything came of this turn. */
  #acted = false;

  static async open(turn: Turn, needs: Needs): Promise<RunTurn> {
    const { graphId, input } = turn.job.input as WorkflowInput;
    const graph = await needs.graphs.compiled(turn.trx, graphId);
    const kept = await turn.trx
      .selectFrom('workflow_runs')
      // The queue holds tickets back by the store's clock, and this process may have another.
      .select(['state', 'wake_at', sql<Date>`clock_timestamp()`.as('now')])
      .where('job_id', '=', turn.job.id)
      .executeTakeFirstOrThrow();
    const { now } = kept;
    if (kept.state)
      return new RunTurn(turn, needs, graph, input, now, kept.state as RunState, kept.wake_at, null);

    const { run, threads, events, ended } = begin(graph);
    await insertThreads(turn.trx, turn.job.id, graph, threads);
    await turn.stand('RUNNING');
    tell(turn, events);
    return new RunTurn(turn, needs, graph, input, now, run, null, ended);
  }

  private constructor(
    turn: Turn,
    needs: Needs,
    graph: CompiledGraph,
    input: Record<string, unknown>,
    now: Date,
    run: RunState,
    wakeAt: Date | null,
    ended: RunEnd | null,
  ) {
    this.#turn = turn;
    this.#needs = needs;
    this.#graph = graph;
    this.#input = input;
    this.#run = run;
    this.#wakeAt = wakeAt;
    this.#ended = ended;
    this.#now = now;
    this.#board = new Board(turn.trx, turn.job.id, graph, now);
  }

  /**
   * Applies what happened since the last turn; of what takes long, the first. An output that is looked at is read by
   * itself, and heard before the next: a hundred of them may be large.
   */
  async hear(): Promise<void> {
    const running = await this.#board.running();
    const ended = await this.#turn.ended(running.flatMap(({ jobId }) => jobId ?? []));
    const byJob = new Map(running.map(({ state, jobId }) => [jobId, state]));
    const cancelled = this.#turn.isCancelled && this.#run.phase === 'RUNNING';
    const reason = this.#run.stop?.reason ?? 'its job was cancelled';
    let news: News[] = [];
    for (const child of ended) {
      this.#left = this.#isLate;
      if (this.#left) break;
      const state = byJob.get(child.id)!;
      const isRead = child.status === 'COMPLETED' && this.#readsOutput(state.name);
      const output = isRead ? (await this.#turn.outputs([child.id])).get(child.id) : undefined;
      news.push(this.#newsOf(state, child, output, reason));
      if (!isRead) continue;
      await this.apply(news);
      news = [];
    }
    await this.apply(cancelled ? [...news, { type: 'cancel', reason: 'the run was cancelled' }] : news);
  }

  /** Whether a condition or a schema asks what a thread gave. */
  #readsOutput(thread: string): boolean {
    const { outputSchema, outgoing } = this.#graph.thread(thread);
    return outputSchema !== null || outgoing.some(({ condition }) => condition);
  }

  #newsOf(
    { name: thread, attempt }: ThreadState,
    child: EndedChild,
    output: unknown,
    cancelled: string,
  ): News {
    if (child.status === 'CANCELLED') return { type: 'cancelled', thread, attempt, reason: cancelled };
    const failure =
      child.status === 'COMPLETED'
        ? this.#timed(() => checkOutput(this.#graph, thread, output))
        : failureOf(child);
    return failure
      ? { type: 'failed', thread, attempt, failure }
      : { type: 'completed', thread, attempt, output };
  }

  find(thread: string): Promise<ThreadState | null> {
    return this.#board.find(thread);
  }

  /** Applies what happened. */
  async apply(news: readonly News[]): Promise<void> {
    if (news.length === 0) return;
    this.#acted = true;
    const advanced = await this.#advance(news);
    this.#run = advanced.run;
    this.#ended = advanced.ended;
    this.#board.change(advanced.changed);
    tell(this.#turn, advanced.events);
    for (const thread of advanced.cancel) {
      const jobId = await this.#board.jobOf(thread);
      if (jobId) await this.#turn.cancel(jobId);
    }
  }

  /** Starts what can be started, and leaves the run as it stands then. */
  async goOn(): Promise<void> {
    const more = await this.#startAll();
    await this.#board.write();
    const { trx, job } = this.#turn;
    const { completed, failed, skipped, cancelled, waiting, phase } = this.#run;
    const over = completed + failed + skipped + cancelled;
    const total = this.#graph.threads.length;
    const message = `${over} of ${total} threads are over`;
    if (message !== job.progress?.message)
      this.#turn.progress({ step: Math.min(over + 1, total), total, message });

    let wakeAt = this.#wakeAt;
    if (!this.#ended) {
      await this.#turn.stand(waiting > 0 && phase === 'RUNNING' ? 'WAITING' : 'RUNNING');
      wakeAt = await nextTry(trx, job.id, this.#now);
      // A turn that nothing comes of may have used up the very ticket that is meant for then.
      if (wakeAt && (!this.#acted || wakeAt.getTime() !== this.#wakeAt?.getTime()))
        await this.#turn.wake(wakeAt);
      if (more || this.#left) await this.#turn.again();
    }
    await trx
      .updateTable('workflow_runs')
      .set({ state: json(this.#run), wake_at: wakeAt })
      .where('job_id', '=', job.id)
      .execute();
    if (this.#ended) await this.#end(this.#ended);
  }

  /** @returns Whether there is more that could be started. */
  async #startAll(): Promise<boolean> {
    for (let started = 0; started < STARTS_PER_TURN; started += 1) {
      if (capacity(this.#graph, this.#run) === 0) return false;
      const ready = await this.#board.next();
      if (!ready) return false;
      if (this.#isLate) return true;
      await this.#start(ready);
    }
    return true;
  }

  async #start(state: ThreadState): Promise<void> {
    const { name: thread } = state;
    const compiled = this.#graph.thread(thread);
    const { definition, incoming } = compiled;
    const names = [...new Set(incoming.map(({ source }) => source))];
    const sources = await this.#board.outputs(names, wants(compiled));
    if (!sources) return this.apply([{ type: 'refused', thread, failure: TOO_LARGE }]);
    const gathered = this.#timed(() => gather(this.#graph, thread, { input: this.#input, outputs: sources }));
    const failure = 'failure' in gathered ? gathered.failure : this.#unfit(definition.kind, gathered.input);
    if (failure || 'failure' in gathered) {
      await this.apply([{ type: 'refused', thread, failure: failure! }]);
      return;
    }
    const fedBy = [...sources.keys()];
    if (definition.kind === 'TRANSFORM') return this.#transform(state, gathered.input, fedBy);

    const work = this.#needs.works[definition.kind];
    try {
      const child = await work.start(this.#turn, gathered.input, definition.timeoutSeconds);
      this.#begin(state, fedBy, child.id);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const retryable = error.code === 'RATE_LIMITED';
      const refusal = { code: error.code, message: error.message, retryable };
      await this.apply([{ type: 'refused', thread, failure: refusal }]);
    }
  }

  /** Computed here and now: it is bounded, and cheaper than a job. */
  async #transform(ready: ThreadState, inputs: Record<string, unknown>, fedBy: string[]): Promise<void> {
    const { name: thread } = ready;
    const state = this.#begin(ready, fedBy, null);
    const { attempt } = state;
    const result = this.#timed(() => evaluateTransform(this.#graph, thread, inputs, this.#input));
    const failure =
      'failure' in result
        ? result.failure
        : this.#timed(() => checkOutput(this.#graph, thread, result.output));
    if (failure) return this.apply([{ type: 'failed', thread, attempt, failure }]);

    const { output } = result as { output: unknown };
    await this.#board.give(state, output);
    await this.apply([{ type: 'completed', thread, attempt, output }]);
  }

  #begin(ready: ThreadState, fedBy: readonly string[], jobId: string | null): ThreadState {
    const { run, state, event } = start(this.#graph, this.#run, ready);
    this.#acted = true;
    this.#run = run;
    this.#board.begin(state, jobId, fedBy);
    tell(this.#turn, [event]);
    return state;
  }

  /** Why an input is none of its kind; null where it is. */
  #unfit(kind: ThreadKind, input: Record<string, unknown>): ThreadFailure | null {
    const issues = kind === 'TRANSFORM' ? [] : this.#needs.works[kind].check(input, false);
    if (issues.length === 0) return null;
    const message = issues.map(({ path, message }) => `input.${path} ${message}`).join('; ');
    return { code: 'INVALID_THREAD_INPUT', message, retryable: false };
  }

  async #advance(news: readonly News[]): Promise<Advanced> {
    const circumstances = { input: this.#input, now: this.#now, judge: judgeOnce() };
    let needed = reach(this.#graph, this.#run, news);
    for (let round = 0; round < ROUNDS; round += 1) {
      if (needed === 'UNFINISHED') await this.#board.knowUnfinished();
      else await this.#board.know(needed);
      const advanced = this.#timed(() =>
        advance(this.#graph, this.#run, this.#board.states, news, circumstances),
      );
      if (!('needed' in advanced)) return advanced;
      needed = advanced.needed;
    }
    throw new Error(`A cascade asked for threads ${ROUNDS} times.`);
  }

  /** Computes, and counts the time: nothing else runs in this process meanwhile. */
  #timed<T>(compute: () => T): T {
    const began = performance.now();
    const result = compute();
    this.#computedMs += performance.now() - began;
    return result;
  }

  /** Whether this turn has computed for so long that another is to go on. */
  get #isLate(): boolean {
    return this.#computedMs >= GRAPH_LIMITS.turnMs;
  }

  async #end({ status, error }: RunEnd): Promise<void> {
    if (!error) return this.#turn.end({ status });
    const { thread, code, message, retryable } = error;
    await this.#turn.end({
      status,
      error: { code, message: `${thread}: ${message}`, step: thread, retryable },
    });
  }
}

const tell = (turn: Turn, events: readonly ThreadEvent[]): void => {
  for (const { thread, status, reason } of events)
    turn.say({ type: 'ThreadStatusChanged', thread, status, reason });
};

const failureOf = ({ error }: EndedChild): ThreadFailure => ({
  code: error?.code ?? 'UNKNOWN',
  message: error?.message ?? 'its job failed',
  retryable: error?.retryable ?? false,
});
