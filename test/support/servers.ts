/** Real servers that some suites need. Where one does not answer, those suites are skipped by name; with CI=true they fail. */
import { connect } from 'node:net';
import pg from 'pg';

export interface Servers {
  /** Connection string of a database in which databases may be created; null: no Postgres answers. */
  postgres: string | null;
  /** Null: no Redis answers. */
  redis: string | null;
}

const POSTGRES = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** @throws With CI=true where a server is missing. */
export async function findServers(): Promise<Servers> {
  const servers = {
    postgres: (await answers(POSTGRES)) ? POSTGRES : null,
    redis: (await listens(REDIS)) ? REDIS : null,
  };
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

/** Whether somebody takes connections there, and talks as Redis does. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: 2_000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => done(/^(\+PONG|-NOAUTH)/.test(String(data))));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}
