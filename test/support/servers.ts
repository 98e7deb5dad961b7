/** Real servers that some suites need. Where one does not answer, those suites are skipped by name; with CI=true they fail. */
import pg from 'pg';

export interface Servers {
  /** Connection string of a database in which databases may be created; null: no Postgres answers. */
  postgres: string | null;
}

const POSTGRES = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** @throws With CI=true where a server is missing. */
export async function findServers(): Promise<Servers> {
  const servers = { postgres: (await answers(POSTGRES)) ? POSTGRES : null };
  const missing = Object.entries(servers).flatMap(([name, address]) => (address ? [] : [name]));
  if (process.env.CI === 'true' && missing.length > 0)
    throw new Error(`CI needs these servers, and they do not answer: ${missing.join(', ')}`);
  return servers;
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
