import { open } from 'node:fs/promises';
import { DatasetTooLargeError, NotATableError } from '../errors.ts';
import type { DatasetFormat, DatasetLimits } from '../types.ts';
import { literal } from './names.ts';

/** The first bytes, enough to tell what a file is and how its rows are separated. */
export async function head(path: string, bytes = 256 * 1024): Promise<Buffer> {
  for await (const piece of pieces(path, bytes)) return piece;
  throw new NotATableError('The file is empty.');
}

/** The file piece by piece. The buffer is used again for the next piece. */
export async function* pieces(path: string, bytes = 1024 * 1024): AsyncIterable<Buffer> {
  await using file = await open(path);
  const buffer = Buffer.alloc(bytes);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, bytes);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The path as an SQL string that means this one file: DuckDB takes paths for patterns. */
export const fileLiteral = (path: string): string => literal(path.replace(/[*?[]/g, '[$&]'));

export function refuse(limit: keyof DatasetLimits, limits: DatasetLimits, found: number): void {
  if (found > limits[limit]) throw new DatasetTooLargeError(limit, limits[limit], found);
}

const signatures: [bytes: string, what: string][] = [
  ['PAR1', 'a Parquet file'],
  ['PK\x03\x04', 'a ZIP archive or an Excel workbook'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook'],
  ['\x1f\x8b', 'a gzip archive'],
  ['BZh', 'a bzip2 archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive'],
  ['%PDF-', 'a PDF document'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['SQLite format 3', 'an SQLite database'],
];

/** Recognises what people upload by mistake, so that they hear what it is rather than how it does not parse. */
export function refuseForeignFormats(beginning: Buffer, format: DatasetFormat): void {
  if (format === 'PARQUET') return;
  const start = beginning.toString('latin1', 0, 16);
  const found = signatures.find(([bytes]) => start.startsWith(bytes));
  if (found) throw new NotATableError(`This is ${found[1]}, not ${format}.`);

  const wide = 'The file is encoded as UTF-16; save it as UTF-8.';
  if (start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')) throw new NotATableError(wide);
  const zeros = beginning.subarray(0, 4096).filter((byte) => byte === 0).length;
  if (zeros > Math.min(beginning.length, 4096) / 3) throw new NotATableError(wide);
  if (zeros > 0) throw new NotATableError('The file is binary, not text.', placeOfByte(beginning, 0));
}

function placeOfByte(bytes: Buffer, wanted: number) {
  const before = bytes.subarray(0, bytes.indexOf(wanted)).toString('utf8');
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
