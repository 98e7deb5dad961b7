import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { StoreSettings } from './store.ts';

const ANSWER_MS = 10_000;

/** Whether a gateway has ever used this database: opening one that is empty makes its tables. */
export async function storeExists({
  databaseUrl,
  dataDir,
}: Pick<StoreSettings, 'databaseUrl' | 'dataDir'>): Promise<boolean> {
  if (!databaseUrl) return existsSync(join(dataDir, 'postgres', 'PG_VERSION'));
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'signalbox',
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(`select to_regclass('features') is not null as found`);
    return rows[0].found;
  } finally {
    await client.end().catch(() => {});
  }
}
