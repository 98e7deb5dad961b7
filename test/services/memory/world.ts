import { newId } from '../../../src/ids.ts';
import {
  ConversationMemory,
  type ConversationName,
  LegacySessionsUnavailableError,
  type LegacyStore,
  type MemoryPlace,
  type NewMessage,
} from '../../../src/services/memory/index.ts';
import type { Store } from '../../../src/store/index.ts';
import { silent, type TestDatabase } from '../../support/stores.ts';
import type { LegacyWorld } from './legacy.ts';

/** A gateway's conversations beside a legacy application, and the flag between them. */
export interface MemoryWorld extends AsyncDisposable {
  store: Store;
  memory: ConversationMemory;
  /** What the feature SESSION says. */
  choose(place: MemoryPlace): void;
  /** The same database behind another legacy store, or none. */
  over(legacy: LegacyStore | null): ConversationMemory;
  openSession(settings?: { chat_model?: string }): Promise<string>;
  /** A turn that ends: what was asked, and the answer. Not flushed. */
  turn(sessionId: string, text: string, conversation?: ConversationName, id?: string): Promise<void>;
  /** A turn that ends, and is written there. */
  flushed(sessionId: string, text: string): Promise<void>;
  /** Joins a session to one of the legacy application. */
  adopt(sessionId: string, legacyId: string): Promise<void>;
  append(
    sessionId: string,
    conversation: ConversationName,
    turn: string,
    messages: NewMessage[],
  ): Promise<void>;
  /** What the gateway tells, as texts. */
  told(sessionId: string, conversation?: ConversationName, last?: number): Promise<string[]>;
}

export async function startMemory(database: TestDatabase, legacy: LegacyWorld | null): Promise<MemoryWorld> {
  const store = await database.open();
  const { db } = store;
  let place: MemoryPlace = 'LEGACY';
  let turns = 0;
  const over = (other: LegacyStore | null) =>
    new ConversationMemory({
      db,
      legacy: other,
      ttlSeconds: 3_600,
      now: () => new Date(),
      log: silent,
      chooses: async () => place,
    });
  const memory = over(legacy?.store ?? null);
  const append: MemoryWorld['append'] = (sessionId, conversation, turn, messages) =>
    db.transaction().execute((trx) => memory.append(trx, sessionId, conversation, turn, messages));
  const turn: MemoryWorld['turn'] = (sessionId, text, conversation = 'CHAT', id = `job_${++turns}`) =>
    append(sessionId, conversation, id, [
      { role: 'USER', content: text, servedBy: null },
      { role: 'ASSISTANT', content: `re ${text}`, servedBy: 'NEW' },
    ]);
  return {
    store,
    memory,
    over,
    append,
    turn,
    async flushed(sessionId, text) {
      await turn(sessionId, text);
      await memory.flush(sessionId);
    },
    adopt: (sessionId, legacyId) => db.transaction().execute((trx) => memory.adopt(trx, sessionId, legacyId)),
    choose: (chosen) => {
      place = chosen;
    },
    async openSession(settings = {}) {
      const id = newId('session');
      const at = new Date();
      const times = { created_at: at, last_seen_at: at, expires_at: new Date(at.getTime() + 3_600_000) };
      const unset = { chat_model: null, selected_voice: null, current_scenario: null };
      await db
        .insertInto('sessions')
        .values({ id, owner: 'ada', ...times, ...unset, ...settings })
        .execute();
      return id;
    },
    async told(sessionId, conversation = 'CHAT', last = 1_000) {
      return (await memory.recent(sessionId, conversation, last)).map(({ content }) => content);
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await database.drop();
    },
  };
}

/** What the legacy application has in a list of messages. */
export const texts = (list: unknown): string[] =>
  ((list ?? []) as { content: string }[]).map(({ content }) => content);

/** A request in which the legacy application adds a message and keeps the newest 50, as its own code does. */
export const adding =
  (content: string, role = 'user') =>
  (session: Record<string, unknown>) => {
    session.chat_history = [...((session.chat_history as unknown[]) ?? []), { role, content }].slice(-50);
  };

/** A store whose process dies when a document was written, before anybody hears of it. */
export const dying = (store: LegacyStore): LegacyStore => ({
  read: (...asked) => store.read(...asked),
  touch: (...asked) => store.touch(...asked),
  remove: (...asked) => store.remove(...asked),
  close: () => store.close(),
  async change(...asked) {
    await store.change(...asked);
    throw new Error('killed');
  },
});

export const away: LegacyStore = {
  read: () => Promise.reject(new LegacySessionsUnavailableError('Redis', 'away.')),
  touch: () => Promise.reject(new LegacySessionsUnavailableError('Redis', 'away.')),
  remove: () => Promise.reject(new LegacySessionsUnavailableError('Redis', 'away.')),
  change: () => Promise.reject(new LegacySessionsUnavailableError('Redis', 'away.')),
  close: async () => {},
};
