import { Flags, type FlagsNeeds } from '../../../src/migration/flags/index.ts';
import type { Store } from '../../../src/store/index.ts';
import { silent, type TestDatabase } from '../../support/stores.ts';

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
