import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../store/index.ts';
import type { Grant, Ledger } from './ledger.ts';
import { fullLevels, type Levels, type Limits, take } from './limits.ts';

/** A call whose process has not been heard of for so long does not count any more. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 20_000;
/** Nobody tells this process when a call of another one ends. */
const POLL_MS = 100;

interface Needs {
  db: Db;
  /** Who shares the limits: processes that give the same name. */
  name: string;
  limits: Limits;
  onTrouble: (error: unknown) => void;
}

/**
 * The ledger of several processes on one database. The row of the name is locked while one of them asks, and the
 * database's clock counts, so the limits hold for all together.
 */
export class SharedLedger implements Ledger {
  readonly #needs: Needs;
  readonly #holder = randomUUID();
  readonly #underWay = new Set<string>();
  #renewal: NodeJS.Timeout | undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async ask(tokens: number): Promise<Grant | { waitMs: number }> {
    const { db, name, limits } = this.#needs;
    const id = randomUUID();

    const waitMs = await db.transaction().execute(async (trx) => {
      const { now, ...before } = await this.#lock(trx);
      const inFlight = await countUnderWay(trx, name, now);
      const verdict = take(before, limits, { tokens, inFlight }, now);
      if (verdict.waitMs > 0) return verdict.waitMs;

      const { levels } = verdict;
      await sql`
        with call as (
          insert into model_calls (id, limit_name, holder, expires_ms)
          values (${id}, ${name}, ${this.#holder}, ${now + LEASE_MS})
        )
        update model_limits
        set requests = ${levels.requests}, tokens = ${levels.tokens}, refilled_ms = ${levels.refilledAt},
          paused_until_ms = ${levels.pausedUntil}
        where name = ${name}
      `.execute(trx);
      return 0;
    });
    if (waitMs > 0) return { waitMs: Number.isFinite(waitMs) ? waitMs : POLL_MS };

    this.#underWay.add(id);
    this.#renewal ??= setInterval(() => this.#renew(), RENEW_EVERY_MS).unref();
    return { id, tokens };
  }

  async settle(grant: Grant, used: number | null): Promise<void> {
    const { db, name, onTrouble } = this.#needs;
    if (!this.#underWay.delete(grant.id)) return;
    if (this.#underWay.size === 0) {
      clearInterval(this.#renewal);
      this.#renewal = undefined;
    }
    // Where the database is away the lease ends by itself.
    await sql`
      with call as (delete from model_calls where id = ${grant.id})
      update model_limits set tokens = tokens + ${used === null ? 0 : grant.tokens - used} where name = ${name}
    `
      .execute(db)
      .catch(onTrouble);
  }

  async pause(ms: number): Promise<void> {
    const { db, name, onTrouble } = this.#needs;
    await sql`
      update model_limits set paused_until_ms = greatest(paused_until_ms, ${databaseNow} + ${ms}) where name = ${name}
    `
      .execute(db)
      .catch(onTrouble);
  }

  async #lock(trx: Db): Promise<Levels & { now: number }> {
    const { name, limits } = this.#needs;
    const select = sql<Levels & { now: number }>`
      select requests, tokens, refilled_ms as "refilledAt", paused_until_ms as "pausedUntil", ${databaseNow} as now
      from model_limits where name = ${name} for update
    `;
    const { rows } = await select.execute(trx);
    if (rows[0]) return rows[0];

    const { requests, tokens } = fullLevels(limits, 0);
    await sql`
      insert into model_limits (name, requests, tokens, refilled_ms, paused_until_ms)
      values (${name}, ${requests}, ${tokens}, ${databaseNow}, 0)
      on conflict (name) do nothing
    `.execute(trx);
    return (await select.execute(trx)).rows[0]!;
  }

  #renew(): void {
    const { db, onTrouble } = this.#needs;
    sql`update model_calls set expires_ms = ${databaseNow} + ${LEASE_MS} where holder = ${this.#holder}`
      .execute(db)
      .catch(onTrouble);
  }
}

const databaseNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::double precision`;

/** A statement of its own behind the lock, so that it sees what the lock's last holder wrote. */
async function countUnderWay(trx: Db, name: string, now: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with dead as (delete from model_calls where limit_name = ${name} and expires_ms <= ${now})
    select count(*)::int as count from model_calls where limit_name = ${name} and expires_ms > ${now}
  `.execute(trx);
  return rows[0]?.count ?? 0;
}
