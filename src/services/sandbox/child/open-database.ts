import type { DatasetLimits, SandboxLimits, TableFile } from '../types.ts';
import { Database } from './duckdb.ts';
import { load } from './load.ts';

/** A locked database with the file in its table `data`, that stops whatever it is doing at the deadline. */
export async function openDatabase(
  file: TableFile | undefined,
  limits: SandboxLimits,
  datasetLimits: DatasetLimits,
  deadline: number,
): Promise<Database> {
  const db = await Database.open(limits);
  setTimeout(() => db.interrupt(), deadline - Date.now());
  if (file) {
    await load(db, file, datasetLimits);
    await db.compress();
  }
  await db.lock();
  return db;
}
