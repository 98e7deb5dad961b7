import { NotATableError, ProgramError } from '../errors.ts';
import type { DatasetLimits, TableFile } from '../types.ts';
import type { Database } from './duckdb.ts';
import { fileLiteral, refuse } from './file.ts';
import { anyDate, inferColumns, selectList } from './infer.ts';
import { explainJson } from './json-fault.ts';
import { identifier } from './names.ts';

/**
 * An array of objects, one object per line, or one object, which is a table of one row. A column with values of
 * several types becomes text, and text that is dates throughout becomes dates; nested values stay nested.
 */
export async function loadJson(
  db: Database,
  file: TableFile,
  beginning: Buffer,
  limits: DatasetLimits,
): Promise<void> {
  const first = new TextDecoder('utf-8').decode(beginning).trimStart()[0];
  if (first === undefined) throw new NotATableError('The file is empty.');
  if (first !== '{' && (first !== '[' || file.format === 'NDJSON')) {
    throw await explainJson(file, 'The file cannot be read as JSON');
  }
  const format = first === '[' ? 'array' : file.format === 'NDJSON' ? 'newline_delimited' : 'unstructured';
  // DuckDB would guess what 05-03-24 means, `inferColumns` does not: so no text looks like a date to DuckDB here.
  const from = `read_json(${fileLiteral(file.path)}, format = '${format}', records = true, sample_size = -1,
    maximum_depth = 8, map_inference_threshold = -1, compression = 'uncompressed', hive_partitioning = false,
    dateformat = '@%Y', timestampformat = '@%Y')`;
  try {
    await db.rows(`create table raw as select * from ${from} limit ${limits.rows + 1}`);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const reason = /expected records, but got non-record/i.test(error.message)
      ? 'The rows have no columns.'
      : error.message.split('\n')[0]!.replaceAll(file.path, 'the file');
    throw await explainJson(file, reason);
  }
  const [count] = await db.rows('select count(*) from raw');
  refuse('rows', limits, Number(count![0]));

  const described = await db.rows('describe raw');
  refuse('columns', limits, described.length);
  const columns = described.map(([name, type]) => {
    const column = identifier(String(name));
    const text = type === 'JSON' ? `(${column} ->> '$')` : column;
    return { name: String(name), text, candidates: type === 'VARCHAR' || type === 'JSON' ? anyDate : [] };
  });
  const typed = await inferColumns(db, 'raw', columns);
  await db.rows(`create table data as select ${selectList(typed)} from raw; drop table raw`);
}
