import type { Logger } from 'pino';
import { InvalidInputError, InvalidStateError } from '../../errors.ts';
import type { Db, Trx } from '../../store/index.ts';
import { PREFERENCES } from './appends.ts';
import { LegacySessionsUnavailableError } from './errors.ts';
import { Moving } from './moving.ts';
import { type Place, type Recent, readPlaces, readRecent, readWhole } from './reading.ts';
import { deleteKinds, hasTurn, lockMemory, marked, revived, writeAppend, writeMessages } from './rows.ts';
import type { LegacyStore } from './store.ts';
import {
  type ConversationKind,
  type ConversationName,
  KINDS,
  type MemoryPlace,
  type Message,
  type NewMessage,
} from './types.ts';

/** Messages that one reading gives. */
const LONGEST_HISTORY = 1_000;
/** Characters of a kind of conversation that an export holds: some thousand long messages. */
const LARGEST_EXPORT = 16 * 1024 * 1024;
/** A reader waits this long for the legacy store, whatever happens there. */
const SETTLE_MS = 15_000;
/** Sessions that one sweep flushes. */
const SWEEP_BATCH = 50;
/** Session ids of Flask-Session: 43 characters of URL-safe base64, or a UUID. */
const LEGACY_ID = /^[\w~-]{8,200}$/;
const OWN_ID = /^session_/i;

interface Needs {
  db: Db;
  /** Null: there is no legacy application, and our table has the truth of everything. */
  legacy: LegacyStore | null;
  ttlSeconds: number;
  now: () => Date;
  log: Logger;
  /** Where the truth of a session's conversations shall be: what the feature SESSION says. */
  chooses: (sessionId: string) => Promise<MemoryPlace>;
}

/** All that is known of a session's conversations. */
export interface ExportedMemory extends Place {
  /** Oldest first. */
  history: Record<ConversationKind, Message[]>;
  /** Of which only the newest 16 Mi characters are there. */
  truncated: ConversationKind[];
}

/**
 * What was said in sessions' conversations. Our table has all of it. Where the feature SESSION says LEGACY, the truth
 * is the legacy application's document, which holds the newest 50 messages of each conversation: every reading takes
 * over what was said there, and every turn of ours is written there. Where it says NEW, the document is left alone.
 */
export class ConversationMemory {
  readonly #needs: Needs;
  readonly #moving: Moving | null;

  constructor(needs: Needs) {
    this.#needs = needs;
    const { legacy } = needs;
    this.#moving = legacy && new Moving({ ...needs, legacy });
  }

  /**
   * The newest `last` messages, oldest first; at most 1,000. Moves the session's memory first, where the feature
   * says that it belongs elsewhere. Not to be awaited inside a transaction.
   *
   * @throws {LegacySessionsUnavailableError | LegacyDocumentError}
   */
  async recent(
    sessionId: string,
    conversation: ConversationName,
    last: number,
    signal?: AbortSignal,
  ): Promise<Message[]> {
    const [messages] = await this.recentOfMany([{ sessionId, conversation, last }], signal);
    if (messages instanceof Error) throw messages;
    return messages ?? [];
  }

  /** The same of several at once, in their order; in place of what cannot be read, why. */
  async recentOfMany(wanted: readonly Recent[], signal?: AbortSignal): Promise<(Message[] | Error)[]> {
    const failed = await this.#settle(
      wanted.map(({ sessionId }) => sessionId),
      signal,
    );
    const messages = await readRecent(
      this.#needs.db,
      wanted.map(({ last, ...one }) => ({ ...one, last: Math.min(Math.max(last, 0), LONGEST_HISTORY) })),
    );
    return wanted.map(({ sessionId }, place) => failed.get(sessionId) ?? messages[place]!);
  }

  /**
   * Enters a turn into its conversation, in the transaction that ends it; call `flush` after the commit. A turn that
   * is in it already changes nothing. Several messages of one role are kept apart by their order.
   */
  async append(
    trx: Trx,
    sessionId: string,
    conversation: ConversationName,
    turn: string,
    messages: readonly NewMessage[],
  ): Promise<void> {
    if (messages.length === 0) return;
    const { legacy, now } = this.#needs;
    const said = marked(conversation, turn, messages, now());
    const { memory } = await lockMemory(trx, sessionId);
    if (memory === 'NEW') {
      await writeMessages(trx, sessionId, said);
      return;
    }
    if (await hasTurn(trx, sessionId, conversation, turn)) return;
    await writeAppend(trx, sessionId, conversation, turn, said);
    if (!legacy) await unplug(trx, sessionId);
  }

  /**
   * Writes to the legacy application what it was not told of yet.
   *
   * @throws {LegacySessionsUnavailableError | LegacyDocumentError} It stays for the next time.
   */
  async flush(sessionId: string, signal?: AbortSignal): Promise<void> {
    const waiting = await this.#needs.db
      .selectFrom('legacy_appends')
      .select('number')
      .where('session_id', '=', sessionId)
      .limit(1)
      .executeTakeFirst();
    if (waiting) await this.#move(sessionId, null, signal);
  }

  /**
   * Flushes some of the sessions that have something to be told.
   *
   * @returns How many were flushed.
   * @throws {LegacySessionsUnavailableError}
   */
  async flushAll(): Promise<number> {
    const { db, legacy, log } = this.#needs;
    if (!legacy) return 0;
    // At random, so that documents that cannot be written do not keep the others waiting for ever.
    const sessions = await db
      .selectFrom(db.selectFrom('legacy_appends').select('session_id').distinct().as('waiting'))
      .select('session_id')
      .orderBy((at) => at.fn('random'))
      .limit(SWEEP_BATCH)
      .execute();
    let flushed = 0;
    for (const { session_id: sessionId } of sessions)
      try {
        await this.flush(sessionId);
        flushed += 1;
      } catch (error) {
        if (error instanceof LegacySessionsUnavailableError) throw error;
        log.warn({ err: error, sessionId }, 'the legacy application cannot be told of a session’s turns');
      }
    return flushed;
  }

  /**
   * Forgets conversations, here and, with the next flush, in the legacy application; for a caller that holds the
   * session's lock.
   *
   * @param kinds Which; empty: all, and the document's preferences too.
   */
  async clear(trx: Trx, sessionId: string, kinds: readonly ConversationKind[] = []): Promise<void> {
    const all = kinds.length === 0;
    const cleared = all ? KINDS : kinds;
    const { isShared } = await lockMemory(trx, sessionId);
    await deleteKinds(trx, sessionId, cleared);
    if (!isShared || !this.#needs.legacy) return;
    for (const kind of cleared) await writeAppend(trx, sessionId, kind, null, null);
    if (all) await writeAppend(trx, sessionId, PREFERENCES, null, null);
  }

  /**
   * Joins a session that was just created to one that the legacy application has.
   *
   * @throws {InvalidInputError | InvalidStateError}
   */
  async adopt(trx: Trx, sessionId: string, legacyId: string): Promise<void> {
    const problem = problemOf(legacyId);
    if (problem) throw new InvalidInputError([{ path: 'input.legacyId', message: problem }]);
    if (!this.#needs.legacy)
      throw new InvalidStateError('The sessions of a legacy application are not configured.', 'UNAVAILABLE');
    const adopted = await trx
      .insertInto('session_memory')
      .values({ session_id: sessionId, memory: 'LEGACY', legacy_id: legacyId })
      .onConflict((conflict) => conflict.doNothing())
      .returning('session_id')
      .executeTakeFirst();
    if (!adopted)
      throw new InvalidStateError(
        'The legacy application’s session belongs to a session already.',
        'ADOPTED',
      );
  }

  /** Everything that is kept of each session, in their order; in place of what cannot be read, why. */
  async exported(sessionIds: readonly string[], signal?: AbortSignal): Promise<(ExportedMemory | Error)[]> {
    const failed = await this.#settle(sessionIds, signal);
    const places = await readPlaces(this.#needs.db, sessionIds);
    const wanted = sessionIds.flatMap((sessionId) =>
      KINDS.map((conversation) => ({ sessionId, conversation, last: LONGEST_HISTORY })),
    );
    const messages = await readRecent(this.#needs.db, wanted);
    const truncated = new Set<number>();
    // Few conversations are longer than one reading.
    for (const [at, { sessionId, conversation }] of wanted.entries()) {
      if (messages[at]!.length < LONGEST_HISTORY) continue;
      const all = await readWhole(this.#needs.db, sessionId, conversation, LARGEST_EXPORT);
      messages[at] = all.messages;
      if (!all.whole) truncated.add(at);
    }
    return sessionIds.map((sessionId, place) => {
      const history = KINDS.map((kind, at) => [kind, messages[place * KINDS.length + at]] as const);
      return (
        failed.get(sessionId) ?? {
          ...(places.get(sessionId) ?? NEVER_SHARED),
          history: Object.fromEntries(history) as ExportedMemory['history'],
          truncated: KINDS.filter((_, at) => truncated.has(place * KINDS.length + at)),
        }
      );
    });
  }

  /** Removes the document of a session that was deleted. One that the legacy application made stays its own. */
  async forget(sessionId: string, signal?: AbortSignal): Promise<void> {
    await inTime((limit) => this.#needs.legacy?.remove(sessionId, limit), signal);
  }

  async #move(sessionId: string, wanted: MemoryPlace | null, signal?: AbortSignal): Promise<void> {
    await inTime((limit) => this.#moving?.settle(sessionId, wanted, limit), signal);
  }

  /** Lets go of the legacy application's store. */
  async close(): Promise<void> {
    await this.#needs.legacy?.close();
  }

  /** @returns Why, of the sessions that cannot be settled. */
  async #settle(sessionIds: readonly string[], signal?: AbortSignal): Promise<Map<string, Error>> {
    const { db } = this.#needs;
    const wanted = [...new Set(sessionIds)];
    const known = await db
      .selectFrom('session_memory')
      .select(['session_id', 'memory'])
      .where('session_id', 'in', wanted)
      .execute();
    const memories = new Map(known.map(({ session_id, memory }) => [session_id, memory]));
    const failed = new Map<string, Error>();
    const settling = wanted.map((sessionId) =>
      this.#settleOne(sessionId, memories.get(sessionId) ?? 'NEW', signal).catch((error: Error) => {
        failed.set(sessionId, error);
      }),
    );
    await Promise.all(settling);
    return failed;
  }

  async #settleOne(sessionId: string, memory: string, signal: AbortSignal | undefined): Promise<void> {
    const { db, chooses } = this.#needs;
    if (!this.#moving) {
      if (memory === 'LEGACY') await db.transaction().execute((trx) => unplug(trx, sessionId));
      return;
    }
    const wanted = await chooses(sessionId);
    if (memory !== 'NEW' || wanted !== 'NEW') await this.#move(sessionId, wanted, signal);
  }
}

/** What a session of the legacy application cannot be called; null: it can. */
function problemOf(legacyId: string): string | null {
  // A session of ours keeps its document under its own id: whoever knows that would have somebody else's conversation.
  if (OWN_ID.test(legacyId)) return 'is the id of a session of this gateway, not of the legacy application';
  if (legacyId.includes('.'))
    return 'must be the bare session id: where the cookie is signed (SESSION_USE_SIGNER), what is before the dot';
  return LEGACY_ID.test(legacyId) ? null : 'is no session id of the legacy application';
}

const NEVER_SHARED: Place = { memory: 'NEW', legacyId: null, waiting: 0 };

/** The legacy store was taken out of the configuration: what waited for it enters our table, which has the truth now. */
async function unplug(trx: Trx, sessionId: string): Promise<void> {
  await lockMemory(trx, sessionId);
  const rows = await trx
    .deleteFrom('legacy_appends')
    .where('session_id', '=', sessionId)
    .returning(['number', 'messages'])
    .execute();
  const waiting = rows.toSorted((a, b) => a.number - b.number);
  for (const { messages } of waiting) await writeMessages(trx, sessionId, revived(messages));
  await trx
    .updateTable('session_memory')
    .set({ memory: 'NEW' })
    .where('session_id', '=', sessionId)
    .execute();
}

/** What takes too long is a service that is away. */
async function inTime(
  work: (signal: AbortSignal) => Promise<void> | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.timeout(SETTLE_MS);
  try {
    await work(signal ? AbortSignal.any([signal, limit]) : limit);
  } catch (error) {
    if (!limit.aborted || error !== limit.reason) throw error;
    throw new LegacySessionsUnavailableError('sessions', `there was no end within ${SETTLE_MS} ms.`, {
      cause: error,
    });
  }
}
