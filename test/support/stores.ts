import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { pino } from 'pino';
import { describe, inject } from 'vitest';
import { openEmbedded } from '../../src/store/embedded.ts';
import { openStore, type Store } from '../../src/store/index.ts';

export const silent = pino({ level: process.env.TEST_LOG ?? 'silent' });

/** A database of a test's own. */
export interface TestDatabase {
  /** Opens it; a server's can be opened several times, as several processes would. */
  open(): Promise<Store>;
  drop(): Promise<void>;
}

const databases: { name: string; missing: boolean; create: () => Promise<TestDatabase> }[] = [
  { name: 'PGlite', missing: false, create: createEmbedded },
  { name: 'Postgres', missing: inject('servers').postgres === null, create: createOnServer },
];

/** Describes a situation on the embedded store and on a server; without a server its suite is skipped by name. */
export function describeOnStores(
  situation: string,
  suite: (create: () => Promise<TestDatabase>) => void,
): void {
  for (const { name, missing, create } of databases)
    describe.skipIf(missing)(`${situation} (${name})`, () => suite(create));
}

/** The same where several processes share the database. */
export function describeOnServer(
  situation: string,
  suite: (create: () => Promise<TestDatabase>) => void,
): void {
  const server = databases[1];
  if (server) describe.skipIf(server.missing)(`${situation} (Postgres)`, () => suite(server.create));
}

/** In memory, from the prepared image. */
export async function createEmbedded(): Promise<TestDatabase> {
  return {
    open: () => openEmbedded({ dataDir: 'memory:', log: silent }, new Blob([readFileSync(inject('image'))])),
    drop: async () => {},
  };
}

/** Its address stands in the database's `url`. */
export async function createOnServer(): Promise<TestDatabase & { url: string }> {
  const server = inject('servers').postgres ?? '';
  const name = `signalbox_test_${randomUUID().replaceAll('-', '')}`;
  await ask(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    open: () => openStore({ databaseUrl: url.href, dataDir: '', connections: 10, log: silent }),
    drop: () => ask(server, `drop database if exists ${name} with (force)`),
  };
}

export async function ask(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
