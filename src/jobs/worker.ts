import type { Logger } from 'pino';
import { newId } from '../ids.ts';
import { isUnavailable, type Store } from '../store/index.ts';
import { CANCEL_CHANNEL, lockJob } from './cancelling.ts';
import { end, type Outcome } from './ending.ts';
import { AttemptStopped, JobFailure, type StopReason } from './errors.ts';
import { append, type Fence } from './log.ts';
import type { Queue, TakenUp, UseTicket } from './queue.ts';
import { giveBack } from './requeueing.ts';
import { toJob } from './rows.ts';
import { type JobKind, Run } from './run.ts';
import type { Job, JobError } from './types.ts';
import type { Undelivered } from './undelivered.ts';

/** Work that has not ended this long after its signal fired is left behind; the fence keeps it from writing. */
export const GRACE_MS = 5_000;

export interface WorkerNeeds {
  store: Store;
  queue: Queue;
  kinds: ReadonlyMap<string, JobKind>;
  undelivered: Undelivered;
  log: Logger;
  graceMs?: number;
}

interface Running {
  stop: AbortController;
  over: Promise<void>;
  /** True from when the job's row says that it runs here. */
  ours: boolean;
}

/** A job that this process made its own. */
interface Claim {
  job: Job;
  fence: Fence;
  /** Outputs of the steps that earlier attempts completed. */
  completed: Map<string, unknown>;
}

/** Takes jobs up and runs them, in this process. */
export class Worker {
  /** Marks the rows of the jobs that run here; another each time the process starts. */
  readonly id = newId('worker');
  readonly #needs: WorkerNeeds;
  readonly #running = new Map<string, Running>();
  #cancels: { close(): Promise<void> } | undefined;
  #stopping = false;

  constructor(needs: WorkerNeeds) {
    this.#needs = needs;
  }

  get runningJobs(): string[] {
    return [...this.#running.keys()];
  }

  /** Those of them that were taken up for certain. */
  get jobsTakenUp(): string[] {
    return [...this.#running].flatMap(([jobId, { ours }]) => (ours ? [jobId] : []));
  }

  async start(): Promise<void> {
    const { store, queue, kinds } = this.#needs;
    await store.db.insertInto('workers').values({ id: this.id }).execute();
    this.#cancels = await store.listen(
      CANCEL_CHANNEL,
      (jobId) => this.stopRun(jobId, 'cancelled'),
      () => void this.hearCancels(),
    );
    for (const { kind, concurrency } of kinds.values())
      await queue.work(kind, concurrency, (...ticket) => this.#takeUp(...ticket));
  }

  /** Reads which of the jobs here were cancelled while nobody listened. Never throws. */
  async hearCancels(): Promise<void> {
    const { store, log } = this.#needs;
    try {
      const cancelled = await store.db
        .selectFrom('jobs')
        .select('id')
        .where('worker', '=', this.id)
        .where('status', '=', 'CANCELLING')
        .execute();
      for (const { id } of cancelled) this.stopRun(id, 'cancelled');
    } catch (error) {
      log.warn({ err: error }, 'cannot read which jobs were cancelled');
    }
  }

  stopRun(jobId: string, reason: StopReason): void {
    this.#running.get(jobId)?.stop.abort(new AttemptStopped(reason));
  }

  /** Stops every run and gives its job back to the queue, for another process or for this one's next start. */
  async stop(): Promise<void> {
    const { queue, store, log } = this.#needs;
    this.#stopping = true;
    const rested = queue
      .rest()
      .catch((error: unknown) => log.warn({ err: error }, 'tickets were left in our hands'));
    const attempts = [...this.#running.values()];
    for (const { stop } of attempts) stop.abort(new AttemptStopped('handed over'));
    await Promise.all(attempts.map(({ over }) => over));
    try {
      await rested;
      await this.#cancels?.close();
      await store.db.deleteFrom('workers').where('id', '=', this.id).execute();
    } catch (error) {
      log.warn({ err: error }, 'cannot sign off; others will find out by the missing heartbeat');
    }
  }

  /**
   * Takes up a job whose ticket was drawn, if it still waits for that, and lets it run. Never throws.
   *
   * @returns When it is over; null where the ticket is as good as before.
   */
  async #takeUp(jobId: string, useTicket: UseTicket): Promise<TakenUp | null> {
    const { log } = this.#needs;
    if (this.#stopping || this.#running.has(jobId)) return null;

    // Known before the job is ours, so that a cancel right behind our commit finds what to stop.
    const stop = new AbortController();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const running: Running = { stop, over, ours: false };
    this.#running.set(jobId, running);
    const end = () => {
      this.#running.delete(jobId);
      resolve();
    };
    try {
      const claim = await this.#claim(jobId, useTicket);
      running.ours = claim !== null;
      if (claim)
        this.#run(claim, stop)
          .catch((error: unknown) =>
            log.error({ err: error, jobId }, 'a job could not be run; recovery will see to it'),
          )
          .finally(end);
      else end();
      return { over };
    } catch (error) {
      // Where the claim did commit, its ticket is gone and recovery finds the job among the orphans.
      log.error({ err: error, jobId }, 'a job could not be taken up; its ticket is handed out again');
      end();
      return null;
    }
  }

  /** Makes the job RUNNING and ours, and its ticket used, in one transaction. */
  async #claim(jobId: string, useTicket: UseTicket): Promise<Claim | null> {
    const { store } = this.#needs;
    return store.db.transaction().execute(async (trx) => {
      await useTicket(trx);
      const waiting = await lockJob(trx, jobId);
      if (waiting?.status !== 'STARTED' || waiting.worker) return null;

      const attempt = waiting.attempt + 1;
      const startedAt = waiting.started_at ?? new Date();
      await trx
        .updateTable('jobs')
        .set({ status: 'RUNNING', worker: this.id, attempt, started_at: startedAt })
        .where('id', '=', jobId)
        .execute();
      const lastSeq = await append(trx, { jobId, events: [{ type: 'JobStatusChanged', status: 'RUNNING' }] });
      const steps = await trx
        .selectFrom('job_steps')
        .select(['name', 'output'])
        .where('job_id', '=', jobId)
        .execute();

      return {
        job: {
          ...toJob({ ...waiting, status: 'RUNNING', attempt, started_at: startedAt }),
          lastSeq: lastSeq ?? waiting.last_seq,
        },
        fence: { worker: this.id, attempt },
        completed: new Map(steps.map(({ name, output }) => [name, output])),
      };
    });
  }

  /** Works, and ends the job in a state that is true. Never throws. */
  async #run({ job, fence, completed }: Claim, stop: AbortController): Promise<void> {
    const { store, kinds, graceMs = GRACE_MS } = this.#needs;
    const kind = kinds.get(job.kind);
    if (!kind) throw new Error(`Nobody here runs jobs of the kind ${job.kind}.`);

    const run = new Run(job, { db: store.db, fence, completed, stop });
    const timer = setTimeout(() => stop.abort(new AttemptStopped('timed out')), kind.timeoutMs);
    let outcome: Outcome | AttemptStopped;
    try {
      const output = await withinGrace(kind.work(run), stop.signal, graceMs);
      await run.close();
      outcome = { status: 'COMPLETED', output };
    } catch (error) {
      await run.close().catch(() => {});
      outcome = this.#judge(error, run);
    } finally {
      clearTimeout(timer);
    }
    await this.#settle(job, fence, outcome);
  }

  /** What became of an attempt whose work threw. */
  #judge(error: unknown, { job, signal, currentStep: step }: Run): Outcome | AttemptStopped {
    const stopped = signal.aborted ? signal.reason : error;
    if (stopped instanceof AttemptStopped) {
      if (stopped.reason === 'cancelled') return { status: 'CANCELLED' };
      if (stopped.reason !== 'timed out') return stopped;
      return failed({ code: 'TIMEOUT', message: 'The job took longer than it may.', step, retryable: true });
    }
    if (error instanceof JobFailure)
      return failed({ code: error.code, message: error.message, step, retryable: error.retryable });

    return this.#unexpected(error, job, step);
  }

  #unexpected(error: unknown, job: Job, step: string | null): Outcome {
    const errorId = newId('error');
    this.#needs.log.error({ err: error, jobId: job.id, step, errorId }, 'a job failed unexpectedly');
    return failed({ code: 'INTERNAL', message: `Unexpected error ${errorId}.`, step, retryable: false });
  }

  /** Writes down what became of an attempt. What cannot be written is kept as undelivered, and left to recovery. */
  async #settle(job: Job, fence: Fence, outcome: Outcome | AttemptStopped): Promise<void> {
    const { store, queue, log, undelivered } = this.#needs;
    const place = { id: job.id, lane: job.lane, session_id: job.sessionId };
    const lose = (cause: unknown) =>
      undelivered.keep({ owner: job.owner, sessionId: job.sessionId, jobId: job.id, cause });
    try {
      if (outcome instanceof AttemptStopped) {
        log.warn({ err: outcome, jobId: job.id, attempt: job.attempt }, 'an attempt stopped before its end');
        if (outcome.reason === 'handed over')
          await store.db.transaction().execute((trx) => giveBack(trx, queue, place, fence));
        return;
      }
      const ended = await store.db.transaction().execute((trx) => end(trx, queue, place, outcome, fence));
      if (ended) log.info({ jobId: job.id, kind: job.kind, status: outcome.status }, 'a job ended');
      else if (outcome.error) await lose(new Error(outcome.error.message));
    } catch (error) {
      // An output that no database takes would be computed again and again.
      const refused = 'status' in outcome && outcome.status === 'COMPLETED' && !isUnavailable(error);
      if (refused) return this.#settle(job, fence, this.#unexpected(error, job, null));
      await lose(
        outcome instanceof AttemptStopped || !outcome.error ? error : new Error(outcome.error.message),
      );
    }
  }
}

const failed = (error: JobError): Outcome => ({ status: 'FAILED', error });

/** The work's result; or, where it does not end in time after its signal fired, the signal's reason. */
async function withinGrace<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  graceMs: number,
): Promise<Result> {
  const { promise: abandoned, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const startGrace = () => {
    timer = setTimeout(() => reject(signal.reason), graceMs);
  };
  if (signal.aborted) startGrace();
  else signal.addEventListener('abort', startGrace, { once: true });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', startGrace);
  }
}
