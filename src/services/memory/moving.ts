import { sql } from 'kysely';
import type { Logger } from 'pino';
import { type Db, json, type Trx } from '../../store/index.ts';
import type { LegacyDocument } from './document.ts';
import { LegacySessionsUnavailableError } from './errors.ts';
import type { Forgotten } from './merge.ts';
import { type Held, isToRestore, type Plan, plan } from './plan.ts';
import { COMPARED } from './restoring.ts';
import {
  APPENDS_AT_ONCE,
  lockMemory,
  type MemoryState,
  readState,
  readUnsaid,
  readVersion,
  writeMessages,
  writeSettings,
} from './rows.ts';
import { canonical } from './settings.ts';
import type { LegacyStore } from './store.ts';
import type { MemoryPlace } from './types.ts';

/** Times that somebody else may come first; each time they got something done. */
const ROUNDS = 20;

interface Needs {
  db: Db;
  legacy: LegacyStore;
  ttlSeconds: number;
  now: () => Date;
  log: Logger;
}

interface Step {
  state: MemoryState;
  plan: Plan;
  target: MemoryPlace;
}

/**
 * Makes a session's document and our table equal, and so moves the truth from one to the other.
 *
 * First the document is changed, in one step of its store; then our table, in one transaction. Who dies in between
 * leaves a document that names each message of ours, so whoever comes next does the rest, and nothing twice. No
 * transaction waits for the legacy store: two that move the same session are told apart by the memory's version.
 */
export class Moving {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * @param wanted Where the truth shall be; null: where it is.
   * @throws {LegacySessionsUnavailableError | LegacyDocumentError}
   */
  async settle(sessionId: string, wanted: MemoryPlace | null, signal: AbortSignal): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const step = await this.#inDocument(sessionId, wanted, signal);
      if (!step) return;
      const done = isSettled(step) || (await this.#inTable(sessionId, step));
      if (done && step.target === (wanted ?? step.target) && step.state.appends.length < APPENDS_AT_ONCE)
        return;
    }
    throw new LegacySessionsUnavailableError(
      'sessions',
      'others kept changing the session at the same time.',
    );
  }

  /** Null where the session is gone. */
  async #inDocument(
    sessionId: string,
    wanted: MemoryPlace | null,
    signal: AbortSignal,
  ): Promise<Step | null> {
    const { db, legacy, ttlSeconds, now } = this.#needs;
    const known = await readState(db, sessionId);
    if (!known) return null;
    let step: Step | null = null;

    const change = async (found: LegacyDocument | null): Promise<LegacyDocument | null> => {
      // Read behind the document: what it has been given since is in our table by now, or still in the outbox.
      step = null;
      const held = await this.#held(sessionId, found, wanted, signal);
      if (!held) return found;
      const { state, unsaid, target } = held;
      step = { state, target, plan: plan(found, { ...state, unsaid }, target, now()) };
      return step.plan.document;
    };
    await legacy.change(known.legacyId ?? sessionId, change, { ttlSeconds }, signal);
    return step;
  }

  /** What our side knows, all of one moment: a plan of two would tell a document what came from it. */
  async #held(
    sessionId: string,
    found: LegacyDocument | null,
    wanted: MemoryPlace | null,
    signal: AbortSignal,
  ): Promise<{ state: MemoryState; unsaid: Held['unsaid']; target: MemoryPlace } | null> {
    const { db } = this.#needs;
    for (;;) {
      signal.throwIfAborted();
      const state = await readState(db, sessionId);
      if (!state) return null;
      const isFull = state.appends.length === APPENDS_AT_ONCE;
      const target = isFull ? state.memory : (wanted ?? state.memory);
      const unsaid = await this.#unsaid(sessionId, found, state, target);
      if ((await readVersion(db, sessionId)) === state.version) return { state, unsaid, target };
    }
  }

  /** What a document lacks of our table: where it is missing itself, all that it could hold. */
  async #unsaid(
    sessionId: string,
    found: LegacyDocument | null,
    state: MemoryState,
    target: MemoryPlace,
  ): Promise<Held['unsaid']> {
    const { db } = this.#needs;
    if (isToRestore(found, state, target)) return readUnsaid(db, sessionId, 0, COMPARED);
    if (target === 'NEW') return [];
    return readUnsaid(db, sessionId, found && state.seen ? state.seen.number : 0);
  }

  /** @returns False, and nothing changed, where the memory is not any more what the plan was made for. */
  async #inTable(sessionId: string, { state, plan: { seen, ...plan }, target }: Step): Promise<boolean> {
    const { db, log } = this.#needs;
    const moved = await db.transaction().execute(async (trx) => {
      const current = await trx
        .selectFrom('sessions')
        .select(['chat_model', 'selected_voice', 'current_scenario', 'preferences'])
        .where('id', '=', sessionId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!current) return true;
      const { version } = await lockMemory(trx, sessionId);
      if (version !== state.version + 1) return false;

      for (const one of plan.forgotten) await forget(trx, sessionId, one);
      const newest = await writeMessages(trx, sessionId, plan.imports);
      await writeSettings(trx, sessionId, plan.settings, current, state.settings);
      await trx
        .deleteFrom('legacy_appends')
        .where('session_id', '=', sessionId)
        .where('number', '<=', state.appends.at(-1)?.number ?? 0)
        .execute();
      await trx
        .updateTable('session_memory')
        .set({
          memory: target,
          legacy_seen: json(seen && { ...seen, number: Math.max(seen.number, newest) }),
        })
        .where('session_id', '=', sessionId)
        .execute();
      return true;
    });
    if (moved && state.memory !== target)
      log.info(
        { sessionId, from: state.memory, to: target, imported: plan.imports.length },
        'the memory of a session moved',
      );
    return moved;
  }
}

/** Nothing is left to do in our table. */
const isSettled = ({ state, plan, target }: Step): boolean =>
  state.memory === target &&
  state.appends.length === 0 &&
  plan.forgotten.length === 0 &&
  plan.imports.length === 0 &&
  Object.keys(plan.settings).length === 0 &&
  canonical(plan.seen) === canonical(state.seen);

async function forget(trx: Trx, sessionId: string, { conversation, whole }: Forgotten): Promise<void> {
  const name = whole ? sql<string>`split_part(conversation, ':', 1)` : sql<string>`conversation`;
  await trx
    .deleteFrom('messages')
    .where('session_id', '=', sessionId)
    .where(name, '=', conversation)
    .execute();
}
