import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { MigrationChangedError, migrate } from '../../src/store/migrate.ts';
import { newFolder } from '../support/folders.ts';
import { TestProcess } from '../support/processes.ts';
import { createOnServer, describeOnStores } from '../support/stores.ts';

const FILES = readdirSync(new URL('../../src/store/migrations/', import.meta.url)).sort();

describe.skipIf(inject('servers').postgres === null)(
  'several processes on an empty database (Postgres)',
  () => {
    it('apply each migration once', async () => {
      const database = await createOnServer();
      const processes = Array.from(
        { length: 4 },
        () => new TestProcess('./store-process.ts', { databaseUrl: database.url }),
      );
      await Promise.all(processes.map((process) => process.fact('open')));
      for (const process of processes) await process.kill();

      const store = await database.open();
      const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(
        store.db,
      );
      expect(rows.map(({ name }) => `${name}.sql`)).toEqual(FILES);
      await store.close();
      await database.drop();
    });
  },
);

describeOnStores('migrations', (create) => {
  it('are applied in order and once, and those of a newer version are left alone', async () => {
    const database = await create();
    const store = await database.open();
    const folder = newFolder();
    const url = pathToFileURL(`${folder}/`);
    writeFileSync(
      join(folder, '9001-birds.sql'),
      "-- For birds; and bees.\ncreate table birds (name text);\ninsert into birds values ('a;b');\n",
    );
    writeFileSync(join(folder, 'notes.txt'), 'not a migration');
    expect(await migrate(store.db, url)).toBe('9001-birds');
    writeFileSync(join(folder, '9002-more-birds.sql'), "insert into birds values ('c');");
    expect(await migrate(store.db, url)).toBe('9002-more-birds');
    expect(await migrate(store.db, url)).toBe('9002-more-birds');
    expect((await sql`select name from birds order by name`.execute(store.db)).rows).toEqual([
      { name: 'a;b' },
      { name: 'c' },
    ]);

    // This version's own are older than those, and nothing is wrong with that.
    expect(`${await migrate(store.db)}.sql`).toBe(FILES.at(-1));

    writeFileSync(join(folder, '9001-birds.sql'), 'create table birds (name text, wings integer);');
    await expect(migrate(store.db, url)).rejects.toThrow(MigrationChangedError);
    await store.close();
    await database.drop();
  });

  it('that fail leave nothing behind', async () => {
    const database = await create();
    const store = await database.open();
    const folder = newFolder();
    writeFileSync(join(folder, '9001-bad.sql'), 'create table half (a text);\ncreate nonsense;\n');
    await expect(migrate(store.db, pathToFileURL(`${folder}/`))).rejects.toThrow('syntax error');
    await expect(sql`select from half`.execute(store.db)).rejects.toThrow('does not exist');
    await store.close();
    await database.drop();
  });
});
