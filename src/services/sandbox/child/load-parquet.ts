import { NotATableError, ProgramError } from '../errors.ts';
import type { DatasetLimits, TableFile } from '../types.ts';
import type { Database } from './duckdb.ts';
import { fileLiteral, refuse } from './file.ts';

/** Parquet brings its types along and states its size before a row is read. */
export async function loadParquet(db: Database, file: TableFile, limits: DatasetLimits): Promise<void> {
  const path = fileLiteral(file.path);
  const from = `read_parquet(${path}, hive_partitioning = false)`;
  try {
    refuse('columns', limits, (await db.rows(`describe select * from ${from}`)).length);
    const [count] = await db.rows(`select sum(num_rows) from parquet_file_metadata(${path})`);
    refuse('rows', limits, Number(count![0]));
    await db.rows(`create table data as select * from ${from}`);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const reason = error.message.split('\n')[0]!.replaceAll(file.path, 'the file');
    throw new NotATableError(`The file cannot be read as Parquet: ${reason}`);
  }
}
