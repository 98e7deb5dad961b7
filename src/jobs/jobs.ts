import { sql } from 'kysely';
import { InvalidStateError, NotFoundError } from '../errors.ts';
import { couldBeId } from '../ids.ts';
import type { Db, Trx } from '../store/index.ts';
import { cancel } from './cancelling.ts';
import type { JobChanges } from './changes.ts';
import type { Desk } from './desk.ts';
import type { HotJobs } from './hot.ts';
import type { Follower, Following, Hub } from './hub.ts';
import { lockSessionsJobs } from './lanes.ts';
import { announceGone, read } from './log.ts';
import { type LogRange, lastIn, readRanges, streamedIn } from './pages.ts';
import type { JobPage, JobReader, PageWanted } from './reader.ts';
import { isNew, type Start, start } from './starting.ts';
import { type Turn, takeTurn } from './turn.ts';
import type { Job, JobEvent, JobFilter } from './types.ts';
import type { Undelivered } from './undelivered.ts';

export interface JobsNeeds {
  db: Db;
  desk: Desk;
  hub: Hub;
  reader: JobReader;
  hot: HotJobs;
  changes: JobChanges;
  undelivered: Undelivered;
  /** Lets this process take a job up ahead of its ticket. */
  offer: (job: Job) => void;
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
    return start(trx, this.#needs.desk, request);
  }

  /** Lets this process take up a job whose acceptance has just committed, without its way through the queue. */
  offer(job: Job): void {
    this.#needs.offer(job);
  }

  /** Whether `start` accepted the job that it gave; false where the idempotency key led to an earlier one. */
  isNew(job: Job): boolean {
    return isNew(job);
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

  /**
   * In no order; those that do not exist, or are somebody else's, are missing. What is asked for often is kept for a
   * moment, and is never older than what this process has shown of the job before.
   */
  findMany(owner: string, ids: readonly string[]): Promise<Job[]> {
    return this.#needs.hot.findMany(owner, ids);
  }

  /** The same as the store has them now, for those who were told that something has happened. */
  readMany(owner: string, ids: readonly string[]): Promise<Job[]> {
    return this.#needs.reader.getMany(owner, ids);
  }

  /** `findMany` for one, without waiting; undefined where the store has to be asked. */
  peek(owner: string, id: string): Job | undefined {
    return this.#needs.hot.peek(owner, id);
  }

  list(owner: string, filter: JobFilter, first: number, before?: number): Promise<JobPage> {
    return this.#needs.reader.list(owner, filter, first, before);
  }

  /** Several pages in one statement. */
  listMany(owner: string, wanted: readonly PageWanted[]): Promise<JobPage[]> {
    return this.#needs.reader.listMany(owner, wanted);
  }

  async count(owner: string, filter: JobFilter): Promise<number> {
    const [count = 0] = await this.countMany(owner, [filter]);
    return count;
  }

  /** How many match each filter, in one statement. */
  countMany(owner: string, filters: readonly JobFilter[]): Promise<number[]> {
    return this.#needs.reader.countMany(owner, filters);
  }

  load(): ReturnType<JobReader['load']> {
    return this.#needs.reader.load();
  }

  /** What the job's work returned; null before it COMPLETED. */
  async output(job: Pick<Job, 'id'>): Promise<unknown> {
    const outputs = await this.#needs.reader.outputs([job.id]);
    return outputs.get(job.id) ?? null;
  }

  /** The same of several, in their order and in one statement; none where no job is COMPLETED. */
  async outputs(jobs: readonly Job[]): Promise<unknown[]> {
    const completed = jobs.filter(({ status }) => status === 'COMPLETED');
    const outputs = await this.#needs.reader.outputs(completed.map(({ id }) => id));
    return jobs.map(({ id, status }) => (status === 'COMPLETED' ? (outputs.get(id) ?? null) : null));
  }

  /** The text of a stream of each job, as its followers have it now. */
  streamed(jobs: readonly Pick<Job, 'id'>[], stream: string): Promise<string[]> {
    return streamedIn(
      this.#needs.db,
      jobs.map(({ id }) => id),
      stream,
    );
  }

  /** The newest event of a type in each job's log. */
  last<Type extends JobEvent['type']>(
    jobs: readonly Pick<Job, 'id'>[],
    type: Type,
  ): Promise<(Extract<JobEvent, { type: Type }> | null)[]> {
    return lastIn(
      this.#needs.db,
      jobs.map(({ id }) => id),
      type,
    );
  }

  /** The log's events with seq greater than `after`, at most `first`. */
  events(job: Job, after: number, first: number): Promise<JobEvent[]> {
    return read(this.#needs.db, job.id, after, Math.min(first, MAX_EVENTS));
  }

  /** The same for several at once, each at most `MAX_EVENTS`. */
  eventsOfMany(ranges: readonly LogRange[]): Promise<JobEvent[][]> {
    return readRanges(this.#needs.db, ranges);
  }

  /**
   * A job's log from behind `after`: what is stored, then live, until JobFinished.
   *
   * @throws {NotFoundError} At once, before the first event.
   */
  async follow(owner: string, id: string, after: number, follower: Follower): Promise<Following> {
    const { hub } = this.#needs;
    if (!couldBeId(id) || (await hub.owner(id, after, follower)) !== owner)
      throw new NotFoundError('job', id);
    return hub.follow(id, after, follower);
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
    await cancel(this.#needs.db, this.#needs.desk, id);
    return this.get(owner, id);
  }

  /**
   * Takes a turn of a coordinated job here and now, for what somebody waits for.
   *
   * @returns False where there is none to take: the job is over.
   * @throws {NotFoundError}
   */
  async turn(owner: string, id: string, take: (turn: Turn) => Promise<void>): Promise<boolean> {
    await this.get(owner, id);
    const { db, desk } = this.#needs;
    const turn = await db.transaction().execute((trx) => takeTurn(trx, desk, id, take));
    return turn !== null;
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
   * Deletes a job that is over, with its log and all that it is made of.
   *
   * @throws {NotFoundError}
   * @throws {InvalidStateError} It is not over yet, or part of another one.
   */
  async delete(owner: string, id: string): Promise<void> {
    if (!couldBeId(id)) throw new NotFoundError('job', id);
    await this.#needs.db.transaction().execute(async (trx) => {
      const parts = await trx.selectFrom('jobs').select('id').where('parent_id', '=', id).execute();
      const gone = await trx
        .deleteFrom('jobs')
        .where('id', '=', id)
        .where('owner', '=', owner)
        .where('finished_at', 'is not', null)
        .where('parent_id', 'is', null)
        .executeTakeFirst();
      if (gone.numDeletedRows > 0n) return announceGone(trx, [id, ...parts.map((part) => part.id)]);

      const job = await trx
        .selectFrom('jobs')
        .select(['status', 'finished_at'])
        .where('id', '=', id)
        .where('owner', '=', owner)
        .executeTakeFirst();
      if (!job) throw new NotFoundError('job', id);
      if (job.finished_at)
        throw new InvalidStateError('The job is part of another one and is deleted with it.', job.status);
      throw new InvalidStateError(`The job is ${job.status}; cancel it first.`, job.status);
    });
  }

  /**
   * Deletes jobs that ended before, each with all that it is made of, the oldest first: a few hundred at a time, or one
   * that is made of more.
   *
   * @returns How many, not counting what they were made of.
   */
  async deleteFinishedBefore(at: Date): Promise<number> {
    return this.#needs.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: string }>`
        with old as (
          select id, finished_at from jobs
          where finished_at < ${at}
            and parent_id is null
            and not exists (select from jobs as child where child.parent_id = jobs.id and child.finished_at is null)
          order by finished_at
          limit ${DELETED_AT_ONCE}
        ), counted as (
          select id, coalesce(
            sum(1 + (select count(*) from jobs as child where child.parent_id = old.id)) over (
              order by finished_at, id rows between unbounded preceding and 1 preceding
            ), 0
          ) as before
          from old
        )
        select id from counted where before < ${DELETED_AT_ONCE}
      `.execute(trx);
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) return 0;
      const parts = await trx.selectFrom('jobs').select('id').where('parent_id', 'in', ids).execute();
      await trx.deleteFrom('jobs').where('id', 'in', ids).execute();
      await announceGone(trx, [...ids, ...parts.map((part) => part.id)]);
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
