import { Flags, type FlagsNeeds } from '../../../src/migration/flags/index.ts';
import type { Store } from '../../../src/store/index.ts';
import { ask, silent, type TestDatabase } from '../../support/stores.ts';

export const noon = new Date('2026-03-01T12:00:00Z');

export interface TestFlags extends AsyncDisposable {
  flags: Flags;
  store: Store;
}

/** The flags of one process on a database that others may use too. */
export async function joinFlags(database: TestDatabase, more: Partial<FlagsNeeds> = {}): Promise<TestFlags> {
  const store = await database.open();
  const flags = new Flags({ store, healthy: async () => true, now: () => noon, log: silent, ...more });
  await flags.start();
  return {
    flags,
    store,
    async [Symbol.asyncDispose]() {
      await flags.stop();
      await store.close();
    },
  };
}

/** The same on a database that is dropped behind it. */
export async function startFlags(database: TestDatabase, more: Partial<FlagsNeeds> = {}): Promise<TestFlags> {
  const joined = await joinFlags(database, more);
  return {
    ...joined,
    async [Symbol.asyncDispose]() {
      await joined[Symbol.asyncDispose]();
      await database.drop();
    },
  };
}

export const sessions = (count: number): string[] =>
  Array.from({ length: count }, (_, place) => `session_${place}`);

/** Cuts every connection to a server's database, and lets nobody in before it is restored. */
export async function takeAway({ url }: { url: string }): Promise<{ restore: () => Promise<void> }> {
  const name = new URL(url).pathname.slice(1);
  const server = new URL(url);
  server.pathname = '/postgres';
  await ask(server.href, `alter database ${name} allow_connections false`);
  await ask(server.href, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  return { restore: () => ask(server.href, `alter database ${name} allow_connections true`) };
}
