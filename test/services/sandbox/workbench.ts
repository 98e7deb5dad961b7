import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Database } from '../../../src/services/sandbox/child/duckdb.ts';
import { load } from '../../../src/services/sandbox/child/load.ts';
import { profile } from '../../../src/services/sandbox/child/profile.ts';
import {
  type DatasetFormat,
  defaultDatasetLimits,
  defaultLimits,
  type Execution,
  type Profile,
  Sandbox,
  type TableFile,
} from '../../../src/services/sandbox/index.ts';

export const never = new AbortController().signal;

/** A file that lives as long as the test. */
export async function fileOf(
  content: string | Uint8Array,
  format: DatasetFormat = 'CSV',
  name = 'table',
): Promise<TableFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, `${name}.${format.toLowerCase()}`);
  await writeFile(path, content);
  return { path, format };
}

/** A database with the content in `data`, in this process: a child per table would take the suite a minute. */
async function loaded(content: string | Uint8Array, format?: DatasetFormat): Promise<Database> {
  const db = await Database.open(defaultLimits);
  await load(db, await fileOf(content, format), defaultDatasetLimits);
  return db;
}

export async function profileOf(content: string | Uint8Array, format?: DatasetFormat): Promise<Profile> {
  return profile(await loaded(content, format));
}

export async function rowsOf(content: string | Uint8Array, format?: DatasetFormat): Promise<unknown[][]> {
  return (await loaded(content, format)).rows('from data');
}

const sandbox = new Sandbox();

export function run(code: string, file?: TableFile): Promise<Execution> {
  return sandbox.run(code, file, never);
}

/** What a program printed. */
export async function printed(code: string, file?: TableFile): Promise<string> {
  return (await run(code, file)).output.trimEnd();
}

/** Name and type of each column. */
export const typesOf = (profile: Profile): Record<string, string> =>
  Object.fromEntries(profile.columns.map(({ name, type }) => [name, type]));

/** The error that a promise ends in. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    (value) => {
      throw new Error(`It succeeded: ${JSON.stringify(value).slice(0, 500)}`);
    },
    (error) => error,
  );
}
