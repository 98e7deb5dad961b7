import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { Listening } from './listen.ts';
import { RememberingDialect } from './lost.ts';
import { migrate } from './migrate.ts';
import { hangUpWhenSilent } from './silent.ts';
import type { Store, StoreSettings } from './store.ts';
import type { Tables } from './tables.ts';
import { UrgentConnection } from './urgent.ts';

/** `bigint` as a number: ours count rows, bytes and tokens, far below 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** A query that runs longer is a fault: nothing here reads more than a page. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Later than the server's own word on it: a connection on which nothing was heard by then is dead. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 5_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Opens a Postgres server for this process. */
export async function openServer(settings: StoreSettings & { databaseUrl: string }): Promise<Store> {
  const { databaseUrl, backend = 'postgres', connections = 10, silenceMs = SILENCE_MS, log } = settings;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'signalbox',
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: silenceMs,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that the server closed is replaced at the next query; without a listener it would end us.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));

  // The same for one that is in somebody's hands between two statements; the next statement tells its holder.
  pool.on('connect', (client) => {
    client.on('error', () => {});
    hangUpWhenSilent(client);
  });

  const listening = new Listening(databaseUrl, log);
  const urgent = new UrgentConnection(databaseUrl, log);
  const db = new Kysely<Tables>({ dialect: new RememberingDialect({ pool }) });
  try {
    const schemaVersion = await migrate(db);
    return {
      db,
      kind: backend,
      exclusive: false,
      schemaVersion,
      queueDatabase: {
        executeSql: async (text, values) => {
          // Several statements without parameters give one result each; the queue wants the rows of all.
          const result: pg.QueryResult | pg.QueryResult[] = await pool.query(text, values);
          return { rows: Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows };
        },
        listen: (channel, onPayload, onReconnect) => listening.listen({ channel, onPayload, onReconnect }),
      },
      async version() {
        const { rows } = await sql<{ version: string }>`select version()`.execute(db);
        return rows[0]?.version ?? 'unknown';
      },
      listen: (channel, onPayload, onReconnect, onLost) =>
        listening.listen({ channel, onPayload, onReconnect, onLost }),
      within: (ms, work) => urgent.within(ms, work),
      async close() {
        await Promise.all([db.destroy(), urgent.close()]);
      },
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}
