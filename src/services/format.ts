import { extname } from 'node:path';
import type { DatasetFormat } from './sandbox/index.ts';

const BY_EXTENSION: Record<string, DatasetFormat> = {
  '.csv': 'CSV',
  '.tsv': 'TSV',
  '.tab': 'TSV',
  '.json': 'JSON',
  '.ndjson': 'NDJSON',
  '.jsonl': 'NDJSON',
  '.parquet': 'PARQUET',
};

const BY_TYPE: Record<string, DatasetFormat> = {
  'text/csv': 'CSV',
  'text/tab-separated-values': 'TSV',
  'application/json': 'JSON',
  'application/x-ndjson': 'NDJSON',
  'application/jsonl': 'NDJSON',
  'application/vnd.apache.parquet': 'PARQUET',
};

/**
 * Which format a file is in: as its name says, else its media type, else its first bytes.
 *
 * @param head The file's first bytes; a few hundred are plenty.
 */
export function detectFormat({ name, type }: { name: string; type: string }, head: Buffer): DatasetFormat {
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'PARQUET';
  const mediaType = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return BY_EXTENSION[extname(name).toLowerCase()] ?? BY_TYPE[mediaType] ?? guess(head.toString('utf8'));
}

function guess(head: string): DatasetFormat {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (text.startsWith('[')) return 'JSON';
  if (text.startsWith('{')) return /^\{.*\}[ \t]*\r?\n[ \t]*\{/.test(text) ? 'NDJSON' : 'JSON';
  const [header = ''] = text.split('\n');
  return header.includes('\t') && !header.includes(',') ? 'TSV' : 'CSV';
}
