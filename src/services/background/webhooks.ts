import { sql } from 'kysely';
import type { Db } from '../../store/index.ts';
import type { Webhook } from '../models/index.ts';
import { RESPONSES_CHANNEL } from './doorbell.ts';

/** Deliveries are remembered this long; a provider sends one again for hours at most. */
const REMEMBERED = '3 days';

interface Needs {
  db: Db;
  /** Checks the signature. @throws Where it does not hold. */
  read: (body: string, headers: Headers) => Promise<Webhook>;
}

/**
 * Providers' news of responses. A delivery is thin, may come twice, late and in any order: it says no more than that a
 * response is worth asking for again, and whoever waits for it asks.
 */
export class Webhooks {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @throws {InvalidWebhookError} The signature does not hold. */
  async receive(body: string, headers: Headers): Promise<void> {
    const { db, read } = this.#needs;
    const { id, responseId } = await read(body, headers);
    await db.transaction().execute(async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('webhook_deliveries')
        .values({ id })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows === 0n || !responseId) return;
      await sql`select pg_notify(${RESPONSES_CHANNEL}, ${responseId})`.execute(trx);
    });
  }

  /** Forgets old deliveries. @returns How many. */
  async sweep(): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from webhook_deliveries where received_at < now() - ${REMEMBERED}::interval
    `.execute(this.#needs.db);
    return Number(numAffectedRows ?? 0);
  }
}
