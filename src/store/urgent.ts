import { Kysely } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { RememberingDialect } from './lost.ts';
import { hangUp } from './silent.ts';
import type { Db, Tables } from './tables.ts';

/** The server gives up so late as well: what a lost connection began holds its locks no longer. */
const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * One connection of its own, for what must wait neither behind other work nor on a connection that died without a word.
 * A silent one is closed and replaced; the pool's own may be silent for as long as the operating system believes in them.
 */
export class UrgentConnection {
  readonly #db: Kysely<Tables>;
  /** In use: there is one at a time. */
  #client: pg.PoolClient | undefined;

  constructor(databaseUrl: string, log: Logger) {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'signalbox urgent',
      max: 1,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
    });
    pool.on('error', (error) => log.warn({ err: error }, 'the urgent database connection was lost'));
    pool.on('connect', (client) => client.on('error', () => {}));
    pool.on('acquire', (client) => {
      this.#client = client;
    });
    this.#db = new Kysely<Tables>({ dialect: new RememberingDialect({ pool }) });
  }

  /** The time begins when it has the connection, which takes 5 s at most. */
  within<Result>(ms: number, work: (db: Db) => Promise<Result>): Promise<Result> {
    return this.#db.connection().execute(async (db) => {
      const client = this.#client;
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        if (client) hangUp(client);
      }, ms);
      try {
        return await work(db);
      } catch (error) {
        throw late ? new Error(`The database did not answer within ${ms} ms.`, { cause: error }) : error;
      } finally {
        clearTimeout(timer);
      }
    });
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }
}
