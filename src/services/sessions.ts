import { type Selectable, sql } from 'kysely';
import type { Logger } from 'pino';
import { InvalidStateError, NotFoundError, RateLimitedError } from '../errors.ts';
import { couldBeId, newId } from '../ids.ts';
import type { Jobs } from '../jobs/index.ts';
import { type Db, json, type Tables, type Trx } from '../store/index.ts';
import { InputCheck } from './input.ts';
import type { Viewer } from './viewer.ts';

/** Live sessions of one owner. A bound against runaway clients, far above what people open. */
const SESSIONS_PER_OWNER = 20_000;
const LONGEST_NAME = 200;
const LONGEST_PREFERENCES = 64 * 1024;
/** An owner who only looks moves the expiry at most this often. */
const TOUCH_SECONDS = 1;
/** Expired sessions that one sweep deletes. */
const SWEEP_BATCH = 100;
const LONGEST_WAIT_SECONDS = 60;
const LONGEST_HISTORY = 1_000;
/** Times that closing a session cancels what was started meanwhile. */
const CLOSING_ROUNDS = 5;

export interface Session {
  id: string;
  owner: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  chatModel: string | null;
  selectedVoice: string | null;
  currentScenario: string | null;
  preferences: Record<string, unknown>;
}

export type Conversation = 'CHAT' | 'SCENARIO' | 'WATCH';

export interface Message {
  role: 'SYSTEM' | 'USER' | 'ASSISTANT';
  content: string;
  at: Date;
  servedBy: 'LEGACY' | 'NEW' | null;
}

/** Null forgets a setting, undefined leaves it. */
export interface SessionSettings {
  chatModel?: string | null | undefined;
  selectedVoice?: string | null | undefined;
  currentScenario?: string | null | undefined;
  preferences?: unknown;
}

interface Needs {
  db: Db;
  jobs: Jobs;
  ttlSeconds: number;
  now: () => Date;
  log: Logger;
}

/**
 * Users' working spaces. A session lives `ttlSeconds` from its last use; a job that is not over keeps it alive.
 */
export class Sessions {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * @throws {InvalidInputError}
   * @throws {RateLimitedError} The owner has too many.
   */
  async create(viewer: Viewer, settings: SessionSettings): Promise<Session> {
    check(settings);
    const { db, now, ttlSeconds } = this.#needs;
    const at = now();

    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count
      from (select from sessions where owner = ${viewer.owner} limit ${SESSIONS_PER_OWNER}) as held
    `.execute(db);
    if ((rows[0]?.count ?? 0) >= SESSIONS_PER_OWNER)
      throw new RateLimitedError(`${SESSIONS_PER_OWNER} sessions are open; close some.`, 60);

    const row = await db
      .insertInto('sessions')
      .values({
        id: newId('session'),
        owner: viewer.owner,
        created_at: at,
        last_seen_at: at,
        expires_at: after(at, ttlSeconds),
        chat_model: settings.chatModel ?? null,
        selected_voice: settings.selectedVoice ?? null,
        current_scenario: settings.currentScenario ?? null,
        preferences: json(settings.preferences ?? {}),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toSession(row);
  }

  /** Looking at a session is using it. */
  async find(viewer: Viewer, id: string): Promise<Session | null> {
    const { db, now } = this.#needs;
    const [session] = await this.findMany(viewer, [id]);
    if (!session) return null;
    const seenJustNow = now().getTime() - session.lastSeenAt.getTime() < TOUCH_SECONDS * 1_000;
    return seenJustNow ? session : ((await this.#touch(db, viewer, id)) ?? null);
  }

  /** In no order; those that do not exist, have expired, or are somebody else's, are missing. */
  async findMany(viewer: Viewer, ids: readonly string[]): Promise<Session[]> {
    const { db, now } = this.#needs;
    const possible = ids.filter(couldBeId);
    if (possible.length === 0) return [];
    const rows = await db
      .selectFrom('sessions')
      .selectAll()
      .where('id', 'in', possible)
      .where('owner', '=', viewer.owner)
      .where('expires_at', '>', now())
      .execute();
    return rows.map(toSession);
  }

  /**
   * Uses a session in a transaction: moves its expiry, and holds its lock until the transaction ends, so that it
   * cannot be closed meanwhile.
   *
   * @throws {NotFoundError}
   */
  async use(trx: Trx, viewer: Viewer, id: string): Promise<Session> {
    const session = await this.#touch(trx, viewer, id);
    if (!session) throw new NotFoundError('session', id);
    return session;
  }

  /** @throws {InvalidInputError | NotFoundError} */
  async update(viewer: Viewer, id: string, settings: SessionSettings): Promise<Session> {
    check(settings);
    const { chatModel, selectedVoice, currentScenario, preferences } = settings;
    return this.#needs.db.transaction().execute(async (trx) => {
      const session = await this.use(trx, viewer, id);
      const changes = {
        ...(chatModel !== undefined && { chat_model: chatModel }),
        ...(selectedVoice !== undefined && { selected_voice: selectedVoice }),
        ...(currentScenario !== undefined && { current_scenario: currentScenario }),
        ...(preferences !== undefined && { preferences: json(preferences ?? {}) }),
      };
      if (Object.keys(changes).length === 0) return session;
      const row = await trx
        .updateTable('sessions')
        .set(changes)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toSession(row);
    });
  }

  /**
   * Forgets conversations; jobs and datasets stay.
   *
   * @param conversations Which; absent or empty: all, and the preferences too.
   * @throws {NotFoundError}
   */
  async clear(viewer: Viewer, id: string, conversations: readonly Conversation[] = []): Promise<Session> {
    return this.#needs.db.transaction().execute(async (trx) => {
      const session = await this.use(trx, viewer, id);
      const all = conversations.length === 0;
      await trx
        .deleteFrom('messages')
        .where('session_id', '=', id)
        .$if(!all, (query) => query.where('conversation', 'in', conversations))
        .execute();
      if (!all) return session;
      await trx
        .updateTable('sessions')
        .set({ preferences: json({}) })
        .where('id', '=', id)
        .execute();
      return { ...session, preferences: {} };
    });
  }

  /** The newest `last` messages of a conversation, oldest first; at most 1,000. */
  async history(session: Session, conversation: Conversation, last: number): Promise<Message[]> {
    const rows = await this.#needs.db
      .selectFrom('messages')
      .selectAll()
      .where('session_id', '=', session.id)
      .where('conversation', '=', conversation)
      .orderBy('number', 'desc')
      .limit(Math.min(Math.max(last, 0), LONGEST_HISTORY))
      .execute();
    return rows.reverse().map(({ role, content, at, served_by }) => ({
      role: role as Message['role'],
      content,
      at,
      servedBy: served_by as Message['servedBy'],
    }));
  }

  /**
   * Cancels what still runs, waits for it to stop, and deletes the session with all that it owns; or, where a job
   * does not stop in time, deletes nothing.
   *
   * @param waitSeconds 0 to 60.
   * @returns How many jobs were cancelled.
   * @throws {NotFoundError}
   * @throws {InvalidStateError} A job would not stop.
   */
  async close(
    viewer: Viewer,
    id: string,
    waitSeconds: number,
  ): Promise<{ id: string; cancelledJobs: number }> {
    const { db, jobs } = this.#needs;
    const signal = AbortSignal.timeout(1_000 * Math.min(Math.max(waitSeconds, 0), LONGEST_WAIT_SECONDS));
    let cancelledJobs = 0;

    for (let round = 0; round < CLOSING_ROUNDS; round += 1) {
      // Newest first: a job that ends gives its place to the next, which is cancelled already.
      const running = await db.transaction().execute(async (trx) => {
        await this.use(trx, viewer, id);
        const unfinished = await jobs.unfinishedIn(trx, id);
        if (unfinished.length === 0) await this.#delete(trx, id);
        return unfinished;
      });
      if (running.length === 0) return { id, cancelledJobs };

      for (const jobId of running) await jobs.cancel(viewer.owner, jobId);
      const ended = await Promise.all(running.map((jobId) => jobs.finished(viewer.owner, jobId, signal)));
      cancelledJobs += ended.filter(({ finishedAt }) => finishedAt).length;
      const stubborn = ended.find(({ finishedAt }) => !finishedAt);
      if (stubborn)
        throw new InvalidStateError(
          `The job ${stubborn.id} did not stop within ${waitSeconds} s; nothing was deleted.`,
          stubborn.status,
        );
    }
    throw new InvalidStateError(
      'New jobs keep being started in the session; nothing was deleted.',
      'STARTED',
    );
  }

  /** Deletes sessions that nobody used for their time to live. @returns How many. */
  async sweep(): Promise<number> {
    const { db, now, ttlSeconds, log } = this.#needs;
    const at = now();
    const working = sql<boolean>`exists (
      select from jobs where jobs.session_id = sessions.id and jobs.finished_at is null
    )`;

    // A job that is not over is a use: its owner may be waiting for it with no page open.
    await db
      .updateTable('sessions')
      .set({ last_seen_at: at, expires_at: after(at, ttlSeconds) })
      .where('expires_at', '<', after(at, ttlSeconds / 2))
      .where(working)
      .execute();

    const deleted = await db.transaction().execute(async (trx) => {
      const expired = await trx
        .selectFrom('sessions')
        .select('id')
        .where('expires_at', '<=', at)
        .where(sql<boolean>`not ${working}`)
        .orderBy('expires_at')
        .limit(SWEEP_BATCH)
        .forNoKeyUpdate()
        .skipLocked()
        .execute();
      for (const { id } of expired) await this.#delete(trx, id);
      return expired.length;
    });
    if (deleted > 0) log.info({ sessions: deleted }, 'expired sessions were deleted');
    return deleted;
  }

  async #touch(db: Db | Trx, viewer: Viewer, id: string): Promise<Session | undefined> {
    if (!couldBeId(id)) return undefined;
    const at = this.#needs.now();
    const row = await db
      .updateTable('sessions')
      .set({ last_seen_at: at, expires_at: after(at, this.#needs.ttlSeconds) })
      .where('id', '=', id)
      .where('owner', '=', viewer.owner)
      .where('expires_at', '>', at)
      .returningAll()
      .executeTakeFirst();
    return row && toSession(row);
  }

  /** Files go after the commit: their keys are noted in it. */
  async #delete(trx: Trx, id: string): Promise<void> {
    await this.#needs.jobs.announceGoneWith(trx, id);
    await sql`
      with gone as (delete from datasets where session_id = ${id} returning storage_key)
      insert into discarded_files (storage_key) select storage_key from gone
    `.execute(trx);
    await trx.deleteFrom('sessions').where('id', '=', id).execute();
  }
}

function check({ chatModel, selectedVoice, currentScenario, preferences }: SessionSettings): void {
  const isObject = typeof preferences === 'object' && !Array.isArray(preferences);
  new InputCheck()
    .text('chatModel', chatModel, LONGEST_NAME)
    .text('selectedVoice', selectedVoice, LONGEST_NAME)
    .text('currentScenario', currentScenario, LONGEST_NAME)
    .require(preferences === undefined || isObject, 'preferences', 'must be an object')
    .require(
      JSON.stringify(preferences ?? {}).length <= LONGEST_PREFERENCES,
      'preferences',
      `must have at most ${LONGEST_PREFERENCES} characters of JSON`,
    )
    .done();
}

const after = (at: Date, seconds: number): Date => new Date(at.getTime() + 1_000 * seconds);

function toSession(row: Selectable<Tables['sessions']>): Session {
  return {
    id: row.id,
    owner: row.owner,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    chatModel: row.chat_model,
    selectedVoice: row.selected_voice,
    currentScenario: row.current_scenario,
    preferences: row.preferences,
  };
}
