import { type Selectable, sql } from 'kysely';
import type { Logger } from 'pino';
import { NotFoundError, RateLimitedError } from '../errors.ts';
import { couldBeId, newId } from '../ids.ts';
import type { Jobs } from '../jobs/index.ts';
import { type Db, json, type Tables, type Trx } from '../store/index.ts';
import { InputCheck } from './input.ts';
import type { ConversationKind, ConversationMemory } from './memory/index.ts';
import { SessionClosing, tellLegacy } from './session-closing.ts';
import type { Viewer } from './viewer.ts';

/** Live sessions of one owner. A bound against runaway clients, far above what people open. */
const SESSIONS_PER_OWNER = 20_000;
const LONGEST_NAME = 200;
const LONGEST_PREFERENCES = 64 * 1024;
/** Lists and objects in each other. A session of the legacy application, which has them too, takes 200 in all. */
const DEEPEST_PREFERENCES = 100;
/** An owner who only looks moves the expiry at most this often. */
const TOUCH_SECONDS = 1;
/** Expired sessions that one sweep deletes. */
const SWEEP_BATCH = 100;

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
  memory: ConversationMemory;
  ttlSeconds: number;
  now: () => Date;
  log: Logger;
}

/**
 * Users' working spaces. A session lives `ttlSeconds` from its last use; a job that is not over keeps it alive.
 */
export class Sessions {
  readonly #needs: Needs;
  readonly #closing: SessionClosing;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#closing = new SessionClosing({ ...needs, hold: (...session) => this.use(...session) });
  }

  /**
   * @param settings.legacyId A session of the legacy application, whose conversations go on in this one.
   * @throws {InvalidInputError}
   * @throws {RateLimitedError} The owner has too many.
   */
  async create(
    viewer: Viewer,
    { legacyId, ...settings }: SessionSettings & { legacyId?: string | null | undefined },
  ): Promise<Session> {
    check(settings);
    const { db, memory, now, ttlSeconds } = this.#needs;
    const at = now();

    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count
      from (select from sessions where owner = ${viewer.owner} limit ${SESSIONS_PER_OWNER}) as held
    `.execute(db);
    if ((rows[0]?.count ?? 0) >= SESSIONS_PER_OWNER)
      throw new RateLimitedError(`${SESSIONS_PER_OWNER} sessions are open; close some.`, 60);

    const insert = async (trx: Db | Trx) =>
      trx
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
    if (legacyId == null) return toSession(await insert(db));
    return db.transaction().execute(async (trx) => {
      const session = toSession(await insert(trx));
      await memory.adopt(trx, session.id, legacyId);
      return session;
    });
  }

  /** The same as `findMany`; looking at sessions is using them. */
  async visit(viewer: Viewer, ids: readonly string[]): Promise<Session[]> {
    const sessions = await this.findMany(viewer, ids);
    const seenBefore = this.#needs.now().getTime() - TOUCH_SECONDS * 1_000;
    const unseen = sessions.filter(({ lastSeenAt }) => lastSeenAt.getTime() <= seenBefore);
    if (unseen.length === 0) return sessions;
    const visited = await this.#touchFree(unseen.map(({ id }) => id));
    return sessions.map((session) => visited.get(session.id) ?? session);
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

  /** Notes what a session has chosen on the way, for a caller that holds its lock. */
  async choose(trx: Trx, id: string, { chatModel }: { chatModel: string }): Promise<void> {
    await trx.updateTable('sessions').set({ chat_model: chatModel }).where('id', '=', id).execute();
  }

  /**
   * Forgets conversations; jobs and datasets stay.
   *
   * @param conversations Which; absent or empty: all, and the preferences too.
   * @throws {NotFoundError}
   */
  async clear(viewer: Viewer, id: string, conversations: readonly ConversationKind[] = []): Promise<Session> {
    const cleared = await this.#needs.db.transaction().execute(async (trx) => {
      const session = await this.use(trx, viewer, id);
      await this.#needs.memory.clear(trx, id, conversations);
      if (conversations.length > 0) return session;
      await trx
        .updateTable('sessions')
        .set({ preferences: json({}) })
        .where('id', '=', id)
        .execute();
      return { ...session, preferences: {} };
    });
    tellLegacy(() => this.#needs.memory.flush(id), this.#needs.log);
    return cleared;
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
  close(viewer: Viewer, id: string, waitSeconds: number): Promise<{ id: string; cancelledJobs: number }> {
    return this.#closing.close(viewer, id, waitSeconds);
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
      for (const { id } of expired) await this.#closing.delete(trx, id);
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

  /** Those that nobody holds: whoever holds one uses it, and waiting for several could be waiting for each other. */
  async #touchFree(ids: readonly string[]): Promise<Map<string, Session>> {
    const { db, now, ttlSeconds } = this.#needs;
    const at = now();
    const rows = await db
      .updateTable('sessions')
      .set({ last_seen_at: at, expires_at: after(at, ttlSeconds) })
      .where('id', 'in', (free) =>
        free
          .selectFrom('sessions')
          .select('id')
          .where('id', 'in', ids)
          .where('expires_at', '>', at)
          .forNoKeyUpdate()
          .skipLocked(),
      )
      .returningAll()
      .execute();
    return new Map(rows.map((row) => [row.id, toSession(row)]));
  }
}

function check({ chatModel, selectedVoice, currentScenario, preferences }: SessionSettings): void {
  const isObject = typeof preferences === 'object' && !Array.isArray(preferences);
  // What is too deep cannot be measured: writing it as JSON would run out of stack.
  const isFlat = isAtMostDeep(preferences, DEEPEST_PREFERENCES);
  new InputCheck()
    .text('chatModel', chatModel, LONGEST_NAME)
    .text('selectedVoice', selectedVoice, LONGEST_NAME)
    .text('currentScenario', currentScenario, LONGEST_NAME)
    .require(preferences === undefined || isObject, 'preferences', 'must be an object')
    .require(isFlat, 'preferences', `must be at most ${DEEPEST_PREFERENCES} lists and objects deep`)
    .require(
      !isFlat || JSON.stringify(preferences ?? {}).length <= LONGEST_PREFERENCES,
      'preferences',
      `must have at most ${LONGEST_PREFERENCES} characters of JSON`,
    )
    .done();
}

function isAtMostDeep(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const nested = level.filter((item) => typeof item === 'object' && item !== null);
    if (nested.length > 0 && depth === most) return false;
    level = nested.flatMap((item) => Object.values(item as object));
  }
  return true;
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
