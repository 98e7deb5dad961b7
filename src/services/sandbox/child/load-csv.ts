import { NotATableError, ProgramError } from '../errors.ts';
import type { DatasetLimits, TableFile } from '../types.ts';
import { CsvReader } from './csv-reader.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import type { Database } from './duckdb.ts';
import { fileLiteral, pieces, refuse } from './file.ts';
import { anyType, inferColumns, selectList } from './infer.ts';
import { distinctNames, literal } from './names.ts';
import { faultyByte } from './utf8.ts';

/**
 * Reads all fields as text, strictly, then gives every column the type that all of its values have.
 * DuckDB's own detection is not used: it may skip lines, take a header for data, or drop leading zeros.
 */
export async function loadCsv(
  db: Database,
  file: TableFile,
  beginning: Buffer,
  limits: DatasetLimits,
): Promise<void> {
  const { text, isWhole } = beginningText(beginning);
  const dialect = dialectOf(text, isWhole, file.format === 'TSV' ? '\t' : undefined);
  const width = dialect.first.length;
  if (width === 0) throw new NotATableError('The file has no lines with text.');
  refuse('columns', limits, width);

  const names = distinctNames(dialect.hasHeader ? dialect.first : dialect.first.map(() => ''));
  const columns = names.map((name, i) => ({ name, text: `c${i}`, candidates: anyType }));
  const store = async (from: string) => {
    const [count] = await db.rows(`select count(*) from ${from}`);
    refuse('rows', limits, Number(count![0]));
    const typed = await inferColumns(db, from, columns);
    await db.rows(`create table data as select ${selectList(typed)} from ${from}`);
  };

  try {
    await store(source(file.path, dialect, width, true));
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const fault = (await faultyByte(file.path)) ?? (await faultyRecord(file.path, dialect.delimiter, width));
    if (fault) throw fault;
    // Line ends of several kinds in one file: DuckDB takes them only when it is not strict, which is safe
    // now that every record is known to be right.
    try {
      await store(source(file.path, dialect, width, false));
    } catch (again) {
      throw again instanceof ProgramError ? unknownFault(again.message) : again;
    }
  }
}

function source(path: string, { delimiter, hasHeader }: Dialect, width: number, strict: boolean): string {
  const columns = Array.from({ length: width }, (_, i) => `c${i}: 'VARCHAR'`).join(', ');
  return `read_csv(${fileLiteral(path)}, auto_detect = false, delim = ${literal(delimiter)}, quote = '"',
    escape = '"', header = ${hasHeader}, nullstr = '', strict_mode = ${strict}, null_padding = false,
    compression = 'none', hive_partitioning = false, max_line_size = 4194304, buffer_size = 16777216, columns = {${columns}})`;
}

/** Cut where a character may be cut, without the byte order mark. */
function beginningText(beginning: Buffer): { text: string; isWhole: boolean } {
  const isWhole = beginning.length < 256 * 1024;
  return { text: new TextDecoder('utf-8').decode(beginning), isWhole };
}

async function faultyRecord(
  path: string,
  delimiter: string,
  width: number,
): Promise<NotATableError | undefined> {
  let ragged: NotATableError | undefined;
  const reader = new CsvReader(delimiter, ({ fields, line }) => {
    const isBlank = fields.length === 1 && fields[0] === '';
    const endsInDelimiter = fields.length === width + 1 && fields[width] === '';
    if (fields.length === width || isBlank || endsInDelimiter) return;
    const found = fields.length === 1 ? '1 field' : `${fields.length} fields`;
    ragged ??= new NotATableError(
      `Line ${line} has ${found}, but the first line has ${width}. Is a field that contains ${spoken(delimiter)} missing its quotes?`,
      { line },
    );
  });
  const decoder = new TextDecoder('utf-8');
  for await (const piece of pieces(path)) {
    reader.write(decoder.decode(piece, { stream: true }));
    if (ragged || reader.fault) break;
  }
  reader.end();
  if (ragged || !reader.fault) return ragged;
  const { message, line, column } = reader.fault;
  return new NotATableError(`Line ${line}, column ${column}: ${message}.`, { line, column });
}

const spoken = (delimiter: string): string =>
  ({ ',': 'a comma', ';': 'a semicolon', '|': 'a bar', '\t': 'a tab' })[delimiter] ?? delimiter;

function unknownFault(message: string): NotATableError {
  const line = /on Line: (\d+)/.exec(message)?.[1];
  if (/Maximum line size/i.test(message)) {
    return new NotATableError(`Line ${line} is longer than 4 MiB.`, { line: Number(line) });
  }
  return new NotATableError(
    `The file cannot be read as CSV: ${message.split('\n')[0]}`,
    line ? { line: Number(line) } : {},
  );
}
