import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { fromPglite, PgBoss } from 'pg-boss';
import { migrate } from '../../src/store/migrate.ts';
import type { Tables } from '../../src/store/tables.ts';

/** An embedded database with our tables and the queue's, as `loadDataDir` takes it. */
export async function makeImage(): Promise<Uint8Array> {
  const pglite = await PGlite.create();
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  await migrate(db);
  const boss = new PgBoss({
    db: fromPglite(pglite),
    backend: 'pglite',
    schema: 'signalbox_queue',
    supervise: false,
  });
  await boss.start();
  await boss.stop({ graceful: false });
  const image = await pglite.dumpDataDir('none');
  await db.destroy();
  return new Uint8Array(await image.arrayBuffer());
}
