import type { Trx } from '../store/index.ts';
import { cancelLocked, lockJob } from './cancelling.ts';
import type { Desk } from './desk.ts';
import { end, type Outcome } from './ending.ts';
import { lockLane } from './lanes.ts';
import { append } from './log.ts';
import { type JobRow, toJob } from './rows.ts';
import { type Start, start } from './starting.ts';
import type { EventBody, Job, JobError, JobStatus, Progress } from './types.ts';

/** A child that is over. */
export interface EndedChild {
  id: string;
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  error: JobError | null;
}

/**
 * One turn of a coordinated job: a transaction that holds its session's row, its lane and its own row, in that order,
 * so that turns of one job follow each other whatever process has them. What is said here commits together.
 */
export class Turn {
  readonly trx: Trx;
  /** As it stood when the turn began. */
  readonly job: Job;
  readonly #desk: Desk;
  readonly #row: JobRow;
  #status: JobStatus;
  #events: EventBody[] = [];
  #progress: Progress | undefined;
  #wakeAt: Date | undefined;

  constructor(trx: Trx, desk: Desk, row: JobRow) {
    this.trx = trx;
    this.job = toJob(row);
    this.#desk = desk;
    this.#row = row;
    this.#status = this.job.status;
  }

  /** When the next turn is wanted at the latest; undefined: when something happens. */
  get wakeAt(): Date | undefined {
    return this.#wakeAt;
  }

  /** The job has not had a turn before. */
  get isFirst(): boolean {
    return this.job.startedAt === null;
  }

  /** Somebody asked the job to stop. */
  get isCancelled(): boolean {
    return this.job.cancelRequestedAt !== null;
  }

  /** Adds an event to the job's log. */
  say(event: EventBody): void {
    this.#events.push(event);
  }

  progress(progress: Progress): void {
    this.#progress = progress;
    this.#events.push({ type: 'JobProgressed', progress });
  }

  /** RUNNING, or WAITING for a person. A job that is being cancelled stays CANCELLING. */
  async stand(status: 'RUNNING' | 'WAITING'): Promise<void> {
    if (this.#status === status || this.#status === 'CANCELLING') return;
    this.#status = status;
    await this.trx
      .updateTable('jobs')
      .set({ status, ...(this.isFirst && { started_at: new Date(), attempt: 1 }) })
      .where('id', '=', this.job.id)
      .execute();
    this.say({ type: 'JobStatusChanged', status });
  }

  /** Starts a child, in the job's session and for its owner. */
  async start(request: Omit<Start, 'owner' | 'sessionId' | 'parentId'>): Promise<Job> {
    const { id, owner, sessionId } = this.job;
    return start(this.trx, this.#desk, { ...request, owner, parentId: id, ...(sessionId && { sessionId }) });
  }

  /** Asks a child to stop. */
  async cancel(childId: string): Promise<void> {
    const place = await this.trx
      .selectFrom('jobs')
      .select(['id', 'lane', 'session_id'])
      .where('id', '=', childId)
      .where('parent_id', '=', this.job.id)
      .executeTakeFirst();
    if (!place) return;
    if (place.lane) await lockLane(this.trx, place.lane);
    await cancelLocked(this.trx, this.#desk, place);
  }

  /** Those of the children that are over. One that is missing was deleted. */
  async ended(childIds: readonly string[]): Promise<EndedChild[]> {
    if (childIds.length === 0) return [];
    const rows = await this.trx
      .selectFrom('jobs')
      .select(['id', 'status', 'error'])
      .where('id', 'in', childIds)
      .where('parent_id', '=', this.job.id)
      .where('finished_at', 'is not', null)
      .execute();
    return rows.map(({ id, status, error }) => ({
      id,
      status: status as EndedChild['status'],
      error: error as JobError | null,
    }));
  }

  /** What jobs returned, by id. */
  async outputs(ids: readonly string[]): Promise<Map<string, unknown>> {
    if (ids.length === 0) return new Map();
    const rows = await this.trx.selectFrom('jobs').select(['id', 'output']).where('id', 'in', ids).execute();
    return new Map(rows.map(({ id, output }) => [id, output]));
  }

  /** Asks for a turn at `at`, whatever happens until then. */
  async wake(at: Date): Promise<void> {
    this.#wakeAt = at;
    await this.#desk.queue.issue(this.trx, this.job.kind, this.job.id, at);
  }

  /** Asks for a turn right behind this one. */
  async again(): Promise<void> {
    await this.#desk.queue.issue(this.trx, this.job.kind, this.job.id);
  }

  /** Ends the job. None of its children may be running. */
  async end(outcome: Outcome): Promise<void> {
    await this.write();
    await end(this.trx, this.#desk, this.#row, outcome);
  }

  /** Writes down what was said; the engine calls it when the turn is over. */
  async write(): Promise<void> {
    const events = this.#events;
    if (events.length === 0) return;
    this.#events = [];
    await append(this.trx, { jobId: this.job.id, events, progress: this.#progress });
  }
}

/**
 * Takes a turn of a job in the caller's transaction.
 *
 * @returns Null, and nothing done, where the job is over, gone, or run by a worker.
 */
export async function takeTurn(
  trx: Trx,
  desk: Desk,
  jobId: string,
  take: (turn: Turn) => Promise<void>,
): Promise<Turn | null> {
  const row = await lockWhole(trx, jobId);
  if (!row || row.finished_at || row.worker) return null;
  const turn = new Turn(trx, desk, row);
  await take(turn);
  await turn.write();
  return turn;
}

/** Everything that a turn may change hangs on these: session, lane, job, in the order that everybody keeps. */
export async function lockWhole(trx: Trx, jobId: string): Promise<JobRow | undefined> {
  const place = await trx
    .selectFrom('jobs')
    .select(['session_id', 'lane'])
    .where('id', '=', jobId)
    .executeTakeFirst();
  if (place?.session_id)
    await trx
      .selectFrom('sessions')
      .select('id')
      .where('id', '=', place.session_id)
      .forNoKeyUpdate()
      .execute();
  if (place?.lane) await lockLane(trx, place.lane);
  return place && lockJob(trx, jobId);
}
