import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Db } from './tables.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
const FILE = /^\d{4}-[a-z0-9-]+\.sql$/;

/** Any number that nothing else in the database uses as an advisory lock: the letters `sgbx`. */
const LOCK = 0x73_67_62_78;

interface Migration {
  name: string;
  text: string;
  checksum: string;
}

/** A migration differs from what this database was built with, so nobody can say what its tables look like. */
export class MigrationChangedError extends Error {
  override readonly name = 'MigrationChangedError';

  constructor(migration: string) {
    super(
      `The migration ${migration} was changed after it was applied to this database. Restore it, and add a new one.`,
    );
  }
}

/**
 * Brings the tables up to date, each migration in a transaction of its own. Several processes may do so at once:
 * an advisory lock lets one through, and the others find nothing left to do.
 *
 * Migrations that this version does not know are left alone: a newer process is taking over from this one.
 *
 * @returns The name of the newest migration applied.
 */
export async function migrate(db: Db, folder: URL = FOLDER): Promise<string> {
  const migrations = readMigrations(folder);

  for (const migration of migrations) {
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx);
      await sql`
        create table if not exists migrations (
          name text primary key,
          checksum text not null,
          applied_at timestamptz not null default now()
        )
      `.execute(trx);

      const { rows } = await sql<{ checksum: string }>`
        select checksum from migrations where name = ${migration.name}
      `.execute(trx);
      const applied = rows[0];
      if (applied && applied.checksum !== migration.checksum) throw new MigrationChangedError(migration.name);
      if (applied) return;

      for (const statement of statements(migration.text)) await sql.raw(statement).execute(trx);
      await sql`insert into migrations (name, checksum) values (${migration.name}, ${migration.checksum})`.execute(
        trx,
      );
    });
  }
  return migrations.at(-1)?.name ?? '';
}

function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((name) => FILE.test(name))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      return {
        name: file.replace('.sql', ''),
        text,
        checksum: createHash('sha256').update(text).digest('hex'),
      };
    });
}

/** Our migrations end each statement with a semicolon at a line's end and hold none elsewhere. */
function statements(text: string): string[] {
  return text
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
}
