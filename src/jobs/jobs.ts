import { sql } from 'kysely';
import { InvalidStateError, NotFoundError } from '../errors.ts';
import { couldBeId } from '../ids.ts';
import type { Db, Trx } from '../store/index.ts';
import { cancel } from './cancelling.ts';
import type { JobChanges } from './changes.ts';
import type { Hub } from './hub.ts';
import { lockSessionsJobs } from './lanes.ts';
import { announceGone, read } from './log.ts';
import type { Queue } from './queue.ts';
import type { JobPage, JobReader } from './reader.ts';
import { type Start, start } from './starting.ts';
import type { Job, JobEvent, JobFilter } from './types.ts';
import type { Undelivered } from './undelivered.ts';

export interface JobsNeeds {
  db: Db;
  queue: Queue;
  hub: Hub;
  reader: JobReader;
  changes: JobChanges;
  undelivered: Undelivered;
}

/** Events of one page of a log. */
export const MAX_EVENTS = 1_000;
const DELETED_AT_ONCE = 300;

/** What services do with jobs. A job of somebody else is a job that does not exist. */
export class Jobs {
  readonly #needs: JobsNeeds;

  constructor(needs: JobsNeeds) {
    this.#needs = needs;
  }

  get undelivered(): Undelivered {
    return this.#needs.undelivered;
  }

  /** Followers and watchers of this process. */
  get subscribers(): number {
    return this.#needs.hub.followers + this.#needs.changes.watchers;
  }

  /**
   * Accepts a job in the caller's transaction, which holds the session's row FOR NO KEY UPDATE where there is one.
   *
   * @throws {SessionBusyError | IdempotencyConflictError | RateLimitedError | InvalidInputError}
   */
  start(trx: Trx, request: Start): Promise<Job> {
    return start(trx, this.#needs.queue, request);
  }

  /** @throws {NotFoundError} */
  async get(owner: string, id: string): Promise<Job> {
    const job = await this.#needs.reader.get(owner, id);
    if (!job) throw new NotFoundError('job', id);
    return job;
  }

  find(owner: string, id: string): Promise<Job | null> {
    return this.#needs.reader.get(owner, id);
  }

  /** In no order; those that do not exist, or are somebody else's, are missing. */
  findMany(owner: string, ids: readonly string[]): Promise<Job[]> {
    return this.#needs.reader.getMany(owner, ids);
  }

  list(owner: string, filter: JobFilter, first: number, before?: number): Promise<JobPage> {
    return this.#needs.reader.list(owner, filter, first, before);
  }

  count(owner: string, filter: JobFilter): Promise<number> {
    return this.#needs.reader.count(owner, filter);
  }

  load(): ReturnType<JobReader['load']> {
    return this.#needs.reader.load();
  }

  /** What the job's work returned; null before it COMPLETED. */
  output(job: Pick<Job, 'id'>): Promise<unknown> {
    return this.#needs.reader.output(job.id);
  }

  /** The log's events with seq greater than `after`, at most `first`. */
  events(job: Job, after: number, first: number): Promise<JobEvent[]> {
    return read(this.#needs.db, job.id, after, Math.min(first, MAX_EVENTS));
  }

  /**
   * A job's log from behind `after`: what is stored, then live, until JobFinished.
   *
   * @throws {NotFoundError} At once, before the first event.
   */
  async follow(
    owner: string,
    id: string,
    after: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<JobEvent>> {
    await this.get(owner, id);
    return this.#needs.hub.follow(id, after, signal);
  }

  changes(owner: string, filter: JobFilter, signal: AbortSignal): AsyncGenerator<Job> {
    return this.#needs.changes.follow(owner, filter, signal);
  }

  /**
   * Asks a job to stop; one that is over comes back as it is.
   *
   * @throws {NotFoundError}
   */
  async cancel(owner: string, id: string): Promise<Job> {
    await this.get(owner, id);
    await cancel(this.#needs.db, this.#needs.queue, id);
    return this.get(owner, id);
  }

  /** Resolves when the job is over, with its final state; with its state by then where `signal` fires before. */
  async finished(owner: string, id: string, signal: AbortSignal): Promise<Job> {
    const { lastSeq } = await this.get(owner, id);
    for await (const _ of this.#needs.hub.followBatches(id, Math.max(0, lastSeq - 1), signal)) {
      // Only the end matters.
    }
    return this.get(owner, id);
  }

  /**
   * Deletes a job that is over, with its log.
   *
   * @throws {NotFoundError}
   * @throws {InvalidStateError} It is not over yet.
   */
  async delete(owner: string, id: string): Promise<void> {
    if (!couldBeId(id)) throw new NotFoundError('job', id);
    await this.#needs.db.transaction().execute(async (trx) => {
      const gone = await trx
        .deleteFrom('jobs')
        .where('id', '=', id)
        .where('owner', '=', owner)
        .where('finished_at', 'is not', null)
        .executeTakeFirst();
      if (gone.numDeletedRows > 0n) return announceGone(trx, [id]);

      const job = await trx
        .selectFrom('jobs')
        .select('status')
        .where('id', '=', id)
        .where('owner', '=', owner)
        .executeTakeFirst();
      if (!job) throw new NotFoundError('job', id);
      throw new InvalidStateError(`The job is ${job.status}; cancel it first.`, job.status);
    });
  }

  /** Deletes jobs that ended before, a few hundred at a time, the oldest first. @returns How many. */
  async deleteFinishedBefore(at: Date): Promise<number> {
    return this.#needs.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: string }>`
        select id from jobs
        where finished_at < ${at}
          and not exists (select from jobs as child where child.parent_id = jobs.id and child.finished_at is null)
        order by finished_at
        limit ${DELETED_AT_ONCE}
      `.execute(trx);
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) return 0;
      await trx.deleteFrom('jobs').where('id', 'in', ids).execute();
      await announceGone(trx, ids);
      return ids.length;
    });
  }

  /**
   * The session's jobs that are not over, for a caller that is about to delete the session and holds its lock:
   * what is over goes with it, and its followers are told at commit.
   */
  async unfinishedIn(trx: Trx, sessionId: string): Promise<string[]> {
    const rows = await trx
      .selectFrom('jobs')
      .select('id')
      .where('session_id', '=', sessionId)
      .where('finished_at', 'is', null)
      .orderBy('number', 'desc')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Jobs of the same owner and kind that were accepted earlier and are not over, for the transaction that accepts it. */
  async unfinishedBefore(trx: Trx, { owner, kind, number }: Job): Promise<number> {
    const { count } = await trx
      .selectFrom('jobs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('owner', '=', owner)
      .where('kind', '=', kind)
      .where('number', '<', number)
      .where('finished_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /**
   * Tells the followers of a session's jobs that these are about to go, and locks the session's lanes and jobs in the
   * order that everybody keeps. The caller holds the session's row FOR NO KEY UPDATE, and deletes it behind this.
   */
  async announceGoneWith(trx: Trx, sessionId: string): Promise<void> {
    await announceGone(trx, await lockSessionsJobs(trx, sessionId));
  }
}
