/** Databases of a measurement's own, gone with it. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { say } from './harness.ts';
import { hold, letGo } from './held.ts';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface Database extends AsyncDisposable {
  name: 'PGlite' | 'Postgres';
  /** What leads a gateway to it. */
  environment: { DATA_DIR: string; DATABASE_URL?: string };
}

/** An empty embedded database. */
export function createEmbedded(): Database {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  return hold<Database>({
    name: 'PGlite',
    environment: { DATA_DIR: directory },
    async [Symbol.asyncDispose]() {
      letGo(this);
      rmSync(directory, { recursive: true, force: true });
    },
  });
}

/** An empty database on a server; null where none answers. */
export async function createOnServer(): Promise<Database | null> {
  const name = `signalbox_bench_${randomUUID().replaceAll('-', '')}`;
  try {
    await tell(`create database ${name}`);
  } catch (error) {
    say(`No Postgres answers, its lines are left out: ${(error as Error).message}`);
    return null;
  }
  const folder = createEmbedded();
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return hold<Database>({
    name: 'Postgres',
    environment: { ...folder.environment, DATABASE_URL: url.href },
    async [Symbol.asyncDispose]() {
      letGo(this);
      await folder[Symbol.asyncDispose]();
      await tell(`drop database if exists ${name} with (force)`);
    },
  });
}

/**
 * Outside the gateway's process, where there is a server: in it, the embedded database weighs more, and less evenly, than
 * what is looked for in its memory.
 */
export const createOutside = async (): Promise<Database> => (await createOnServer()) ?? createEmbedded();

/** One of each kind that there is, one after the other. */
export async function* eachStore(): AsyncGenerator<Database> {
  await using embedded = createEmbedded();
  yield embedded;
  await using server = await createOnServer();
  if (server) yield server;
}

async function tell(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end().catch(() => {});
  }
}
