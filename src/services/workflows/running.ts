import { DomainError, InvalidStateError, NotFoundError } from '../../errors.ts';
import type { CoordinatedKind, EndedChild, Turn } from '../../jobs/index.ts';
import { json } from '../../store/index.ts';
import { Board } from './board.ts';
import { type Advanced, advance, begin, capacity, reach, start } from './coordinating.ts';
import { checkOutput, evaluateTransform, gather } from './gathering.ts';
import type { CompiledGraph } from './graph.ts';
import type { Graphs } from './graphs.ts';
import { insertThreads, nextTry } from './records.ts';
import type { News, RunEnd, RunState, ThreadEvent, ThreadState } from './states.ts';
import type { Resolution, ThreadFailure, ThreadKind } from './types.ts';
import type { ThreadWork } from './works/work.ts';

export const WORKFLOW = 'WORKFLOW';

/** Threads that one turn starts: it holds the run's row meanwhile. */
const STARTS_PER_TURN = 100;
/** Rounds in which a cascade may ask for further threads. */
const ROUNDS = 4;

/** What a run is asked. */
export interface WorkflowInput {
  graphId: string;
  input: Record<string, unknown>;
}

export type ThreadWorks = Readonly<Record<Exclude<ThreadKind, 'TRANSFORM'>, ThreadWork>>;

interface Needs {
  graphs: Graphs;
  works: ThreadWorks;
  now: () => Date;
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
    await run.apply(await run.news());
    await run.goOn();
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

  static async open(turn: Turn, needs: Needs): Promise<RunTurn> {
    const { graphId, input } = turn.job.input as WorkflowInput;
    const graph = await needs.graphs.compiled(turn.trx, graphId);
    const kept = await turn.trx
      .selectFrom('workflow_runs')
      .select(['state', 'wake_at'])
      .where('job_id', '=', turn.job.id)
      .executeTakeFirstOrThrow();
    if (kept.state) return new RunTurn(turn, needs, graph, input, kept.state as RunState, kept.wake_at, null);

    const { run, threads, events, ended } = begin(graph);
    await insertThreads(turn.trx, turn.job.id, graph, threads);
    await turn.stand('RUNNING');
    tell(turn, events);
    return new RunTurn(turn, needs, graph, input, run, null, ended);
  }

  private constructor(
    turn: Turn,
    needs: Needs,
    graph: CompiledGraph,
    input: Record<string, unknown>,
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
    this.#now = needs.now();
    this.#board = new Board(turn.trx, turn.job.id, graph, this.#now);
  }

  /** What happened since the last turn. */
  async news(): Promise<News[]> {
    const running = await this.#board.running();
    const ended = await this.#turn.ended(running.flatMap(({ jobId }) => jobId ?? []));
    const completed = ended.filter(({ status }) => status === 'COMPLETED').map(({ id }) => id);
    const outputs = await this.#turn.outputs(completed);
    const byJob = new Map(running.map(({ state, jobId }) => [jobId, state]));
    const news = ended.map((child) => this.#newsOf(byJob.get(child.id)!, child, outputs.get(child.id)));
    const cancelled = this.#turn.isCancelled && this.#run.phase === 'RUNNING';
    return [...news, ...(cancelled ? [{ type: 'cancel', reason: 'the run was cancelled' } as const] : [])];
  }

  #newsOf({ name: thread, attempt }: ThreadState, child: EndedChild, output: unknown): News {
    if (child.status === 'CANCELLED') {
      const reason = this.#run.stop?.reason ?? 'its job was cancelled';
      return { type: 'cancelled', thread, attempt, reason };
    }
    const failure =
      child.status === 'COMPLETED' ? checkOutput(this.#graph, thread, output) : failureOf(child);
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
      if (wakeAt && wakeAt.getTime() !== this.#wakeAt?.getTime()) await this.#turn.wake(wakeAt);
      if (more) await this.#turn.again();
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
      await this.#start(ready);
    }
    return true;
  }

  async #start(state: ThreadState): Promise<void> {
    const { name: thread } = state;
    const { definition, incoming } = this.#graph.thread(thread);
    const sources = await this.#board.outputs([...new Set(incoming.map(({ source }) => source))]);
    const gathered = gather(this.#graph, thread, { input: this.#input, outputs: sources });
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
    const result = evaluateTransform(this.#graph, thread, inputs, this.#input);
    const failure = 'failure' in result ? result.failure : checkOutput(this.#graph, thread, result.output);
    if (failure) return this.apply([{ type: 'failed', thread, attempt, failure }]);

    const { output } = result as { output: unknown };
    await this.#board.give(state, output);
    await this.apply([{ type: 'completed', thread, attempt, output }]);
  }

  #begin(ready: ThreadState, fedBy: readonly string[], jobId: string | null): ThreadState {
    const { run, state, event } = start(this.#graph, this.#run, ready);
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
    let needed = reach(this.#graph, this.#run, news);
    for (let round = 0; round < ROUNDS; round += 1) {
      if (needed === 'UNFINISHED') await this.#board.knowUnfinished();
      else await this.#board.know(needed);
      const circumstances = { input: this.#input, now: this.#now };
      const advanced = advance(this.#graph, this.#run, this.#board.states, news, circumstances);
      if (!('needed' in advanced)) return advanced;
      needed = advanced.needed;
    }
    throw new Error(`A cascade asked for threads ${ROUNDS} times.`);
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
