import type { DatasetLimits, TableFile } from '../types.ts';
import type { Database } from './duckdb.ts';
import { head, refuseForeignFormats } from './file.ts';
import { loadCsv } from './load-csv.ts';
import { loadJson } from './load-json.ts';
import { loadParquet } from './load-parquet.ts';

/**
 * Reads the file into the table `data`.
 *
 * @throws {NotATableError} @throws {DatasetTooLargeError} @throws {SandboxLimitError}
 */
export async function load(db: Database, file: TableFile, limits: DatasetLimits): Promise<void> {
  const beginning = await head(file.path);
  refuseForeignFormats(beginning, file.format);

  switch (file.format) {
    case 'CSV':
    case 'TSV':
      return loadCsv(db, file, beginning, limits);
    case 'JSON':
    case 'NDJSON':
      return loadJson(db, file, beginning, limits);
    case 'PARQUET':
      return loadParquet(db, file, limits);
  }
}
