import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { fromPglite } from 'pg-boss';
import { lockDirectory } from './lock.ts';
import { migrate } from './migrate.ts';
import type { Store, StoreSettings } from './store.ts';
import type { Tables } from './tables.ts';

/**
 * Opens the Postgres that runs inside this process, and takes its folder for as long as it is open.
 *
 * It has one connection: a query on `db` that is awaited inside a transaction waits for ever.
 */
export async function openEmbedded({ dataDir }: StoreSettings, image?: Blob): Promise<Store> {
  const inMemory = dataDir === 'memory:';
  const unlock = inMemory ? () => {} : lockDirectory(dataDir);
  let pglite: PGlite | undefined;

  try {
    pglite = await PGlite.create({
      ...(inMemory ? {} : { dataDir: join(dataDir, 'postgres') }),
      ...(image ? { loadDataDir: image } : {}),
    });
    const postgres = pglite;
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: postgres }) });
    const schemaVersion = await migrate(db);

    return {
      db,
      kind: 'pglite',
      exclusive: true,
      schemaVersion,
      queueDatabase: fromPglite(postgres),
      async version() {
        const { rows } = await sql<{ version: string }>`select version()`.execute(db);
        return rows[0]?.version ?? 'unknown';
      },
      async listen(channel, onPayload) {
        const unlisten = await postgres.listen(channel, onPayload);
        return { close: () => unlisten() };
      },
      // Its connection is a call within this process: it cannot die, and closing it would close the database.
      within: (_, work) => work(db),
      async close() {
        try {
          await db.destroy();
        } finally {
          unlock();
        }
      },
    };
  } catch (error) {
    await pglite?.close().catch(() => {});
    unlock();
    throw error;
  }
}
