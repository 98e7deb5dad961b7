import type { Logger } from 'pino';
import { newId } from '../ids.ts';
import { isStoreLost, isUnavailable, type Store } from '../store/index.ts';
import type { Aftermath } from './aftermath.ts';
import type { Claim } from './claiming.ts';
import type { Desk } from './desk.ts';
import { end, type Outcome } from './ending.ts';
import { AttemptStopped, JobFailure } from './errors.ts';
import type { Fence } from './log.ts';
import { giveBack } from './requeueing.ts';
import { type JobKind, Run } from './run.ts';
import type { Job, JobError } from './types.ts';
import type { Undelivered } from './undelivered.ts';
import type { Writing } from './writer.ts';

/** Work that has not ended this long after its signal fired is left behind; the fence keeps it from writing. */
export const GRACE_MS = 5_000;

export interface AttemptNeeds {
  store: Store;
  desk: Desk;
  kinds: ReadonlyMap<string, JobKind>;
  undelivered: Undelivered;
  aftermath: Aftermath;
  log: Logger;
  /** Hears of each write to a log before it begins; see `Hub.writing`. */
  writing: Writing;
  graceMs?: number;
}

/** Runs jobs that are ours, each to an end that is true. */
export class Attempts {
  readonly #needs: AttemptNeeds;

  constructor(needs: AttemptNeeds) {
    this.#needs = needs;
  }

  /**
   * Works, and writes down what became of it.
   *
   * @throws {Error} Nobody here runs jobs of the kind.
   */
  async run({ job, fence, completed }: Claim, stop: AbortController): Promise<void> {
    const { store, kinds, writing, graceMs = GRACE_MS } = this.#needs;
    const kind = kinds.get(job.kind);
    if (!kind) throw new Error(`Nobody here runs jobs of the kind ${job.kind}.`);

    const run = new Run(job, { db: store.db, fence, completed, stop, writing });
    const timer = setTimeout(() => stop.abort(new AttemptStopped('timed out')), timeLeft(job, kind));
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
    if (isStoreLost(error)) return new AttemptStopped('store lost', { cause: error });
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
    const { store, desk, log, undelivered, aftermath } = this.#needs;
    const place = { id: job.id, lane: job.lane, session_id: job.sessionId };
    const lose = (cause: unknown) =>
      undelivered.keep({ owner: job.owner, sessionId: job.sessionId, jobId: job.id, cause });
    try {
      if (outcome instanceof AttemptStopped) {
        log.warn({ err: outcome, jobId: job.id, attempt: job.attempt }, 'an attempt stopped before its end');
        if (outcome.reason === 'handed over')
          await store.db.transaction().execute((trx) => giveBack(trx, desk, place, fence));
        return;
      }
      const ended = await store.db.transaction().execute((trx) => end(trx, desk, place, outcome, fence));
      if (ended) aftermath.of(job);
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

/** Milliseconds that an attempt may take: what the job was given, else what its kind takes at most. */
function timeLeft({ timeoutMs, startedAt }: Job, kind: JobKind): number {
  if (timeoutMs === null || !startedAt) return kind.timeoutMs;
  return Math.max(0, startedAt.getTime() + timeoutMs - Date.now());
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
