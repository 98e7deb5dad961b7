import type { Logger } from 'pino';
import { newId } from '../ids.ts';
import { type Db, storable } from '../store/index.ts';

/** Failures that wait in memory for a database that is away. The log has them all. */
const KEPT_IN_MEMORY = 1_000;

export interface UndeliveredError {
  id: string;
  owner: string;
  sessionId: string | null;
  jobId: string | null;
  message: string;
  at: Date;
}

/** Failures that could not be written to their job's log: kept, so that nobody has to guess. */
export class Undelivered {
  readonly #db: Db;
  readonly #log: Logger;
  #pending: UndeliveredError[] = [];

  constructor(db: Db, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** Logs the failure and stores it; where the database is away, when `flush()` finds it again. Never throws. */
  async keep(failure: {
    owner: string;
    sessionId: string | null;
    jobId: string | null;
    cause: unknown;
  }): Promise<void> {
    const { owner, sessionId, jobId, cause } = failure;
    this.#log.error({ err: cause, sessionId, jobId }, 'a failure could not be written to its job');
    const message = storable(cause instanceof Error ? cause.message : String(cause));
    this.#pending.push({ id: newId('error'), owner, sessionId, jobId, message, at: new Date() });
    this.#pending = this.#pending.slice(-KEPT_IN_MEMORY);
    await this.flush();
  }

  /** Stores what waits in memory. Never throws. */
  async flush(): Promise<void> {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    try {
      await this.#db
        .insertInto('undelivered_errors')
        .values(
          pending.map(({ id, owner, sessionId, jobId, message, at }) => ({
            id,
            owner,
            session_id: sessionId,
            job_id: jobId,
            message,
            at,
          })),
        )
        // One that was stored though its acknowledgement was lost.
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    } catch (error) {
      this.#log.warn({ err: error }, 'undelivered errors wait for the database');
      this.#pending = [...pending, ...this.#pending].slice(-KEPT_IN_MEMORY);
    }
  }

  /** The newest of the owner's, newest first. */
  async list(owner: string, first: number): Promise<UndeliveredError[]> {
    const rows = await this.#db
      .selectFrom('undelivered_errors')
      .selectAll()
      .where('owner', '=', owner)
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(first)
      .execute();
    return rows.map(({ id, session_id, job_id, message, at }) => ({
      id,
      owner,
      sessionId: session_id,
      jobId: job_id,
      message,
      at,
    }));
  }

  /** @returns How many there were. */
  async clear(owner: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('undelivered_errors')
      .where('owner', '=', owner)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}
