import { describe, expect, it } from 'vitest';
import { type DatasetFormat, NotATableError, Sandbox } from '../../../src/services/sandbox/index.ts';
import { failureOf, fileOf, never, profileOf } from './workbench.ts';

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('a file that is not a table', () => {
  const table: [
    what: string,
    format: DatasetFormat,
    content: string | Uint8Array,
    message: RegExp,
    place: object,
  ][] = [
    ['empty', 'CSV', '', /empty/, {}],
    ['empty', 'JSON', '', /empty/, {}],
    ['empty', 'PARQUET', '', /empty/, {}],
    ['blank', 'CSV', '\n \n\n', /no lines with text/, {}],
    [
      'short of a field',
      'CSV',
      'a,b\n1,2\n3\n4,5\n',
      /Line 3 has 1 field, but the first line has 2/,
      { line: 3 },
    ],
    ['long of a field', 'CSV', 'a,b\n1,"x\ny"\n3,4,5\n', /Line 4 has 3 fields/, { line: 4 }],
    [
      'ragged late',
      'CSV',
      `a,b\n${'1,2\n'.repeat(200_000)}3\n`,
      /Line 200002 has 1 field/,
      { line: 200_002 },
    ],
    [
      'without its last quote',
      'CSV',
      'a,b\n1,"x\n2,y\n',
      /Line 2, column 3: .*never closed/,
      { line: 2, column: 3 },
    ],
    [
      'with text behind a quote',
      'CSV',
      'a,b\n1,"x"y\n',
      /Line 2, column 6: Text follows/,
      { line: 2, column: 6 },
    ],
    [
      'Latin-1',
      'CSV',
      Buffer.from('a,b\n1,caf\xe9\n', 'latin1'),
      /Line 2, column 6 is not UTF-8 \(byte 0xE9\)/,
      { line: 2, column: 6 },
    ],
    [
      'Shift_JIS',
      'CSV',
      Buffer.from([0x61, 0x0a, 0x93, 0xfa, 0x96, 0x7b, 0x0a]),
      /Line 2, column 1 is not UTF-8/,
      { line: 2, column: 1 },
    ],
    ['UTF-16', 'CSV', utf16('a,b\n1,2\n'), /UTF-16/, {}],
    ['UTF-16 without a mark', 'CSV', utf16('a,b\n1,2\n').subarray(2), /UTF-16/, {}],
    ['UTF-16', 'JSON', utf16('[{"a":1}]'), /UTF-16/, {}],
    ['binary', 'CSV', Buffer.from('a,b\n1,\0x\n'), /binary/, { line: 2, column: 3 }],
    ['an Excel workbook', 'CSV', Buffer.from('PK\x03\x04rest'), /Excel workbook, not CSV/, {}],
    ['a Parquet file', 'CSV', 'PAR1....PAR1', /Parquet file, not CSV/, {}],
    ['gzip', 'CSV', Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/, {}],
    ['no Parquet', 'PARQUET', 'a,b\n1,2\n', /Parquet/, {}],
    ['half a Parquet file', 'PARQUET', 'PAR1xxxxxxxxxxxxxxxxPAR1', /Parquet/, {}],
    [
      'a name without a value',
      'JSON',
      '[{"a":1},\n {"a":}]',
      /Line 2, column 7: a value is expected/,
      { line: 2, column: 7 },
    ],
    ['cut off', 'JSON', '[{"a":1},{"a":2}', /ends before its \[ is closed/, { line: 1 }],
    [
      'with a comma too many',
      'JSON',
      '[{"a":1,,"b":2}]',
      /Line 1, column 9: a name in double quotes/,
      { column: 9 },
    ],
    ['with single quotes', 'JSON', "[{'a':1}]", /Line 1, column 3: this is not JSON/, { column: 3 }],
    ['not JSON', 'JSON', 'a,b\n1,2\n', /Line 1, column 1: this is not JSON/, { line: 1 }],
    ['a list of numbers', 'JSON', '[1,2,3]', /Line 1, column 2: a row must be an object/, { column: 2 }],
    [
      'with one row that is no object',
      'JSON',
      '[{"a":1},\n[2]]',
      /Line 2, column 1: a row must be an object, this is an array/,
      { line: 2 },
    ],
    ['an empty list', 'JSON', '[]', /no columns/, {}],
    ['a list of empty objects', 'JSON', '[{},{}]', /no columns/, {}],
    ['with a name twice', 'JSON', '[{"a":1,"a":2}]', /duplicate/, {}],
    ['Latin-1', 'JSON', Buffer.from('[{"a":"caf\xe9"}]', 'latin1'), /not UTF-8/, { line: 1 }],
    ['broken on one line', 'NDJSON', '{"a":1}\n\n{"a":\n', /Line 3/, { line: 3 }],
    ['a JSON array', 'NDJSON', '[{"a":1}]\n', /Line 1, column 1: a row must be an object/, { line: 1 }],
  ];

  it.each(table)('is refused for being %s (%s)', async (_, format, content, message, place) => {
    const error = await failureOf(profileOf(content, format));
    expect(error).toBeInstanceOf(NotATableError);
    expect(error).toMatchObject({ code: 'NOT_A_TABLE', message: expect.stringMatching(message), ...place });
    expect(error.message).not.toContain('/tmp');
  });

  it('fails a program that wants it in the same way', async () => {
    const error = await failureOf(new Sandbox().run('print(1)', await fileOf('a,b\n1\n'), never));
    expect(error).toMatchObject({ code: 'NOT_A_TABLE', line: 2 });
  });

  it('is refused where it does not exist', async () => {
    const error = await failureOf(
      new Sandbox().profile({ path: '/nowhere/at-all.csv', format: 'CSV' }, never),
    );
    expect(error).toMatchObject({ code: 'SANDBOX_CRASHED' });
  });
});

describe('a table that is too large', () => {
  const small = new Sandbox({ datasetLimits: { rows: 3, columns: 2 } });
  const table: [what: string, format: DatasetFormat, content: string, facts: object][] = [
    ['rows', 'CSV', 'a\n1\n2\n3\n4\n', { limit: 'rows', allowed: 3, found: 4 }],
    ['columns', 'CSV', 'a,b,c\n1,2,3\n', { limit: 'columns', allowed: 2, found: 3 }],
    ['rows', 'NDJSON', '{"a":1}\n'.repeat(4), { limit: 'rows', allowed: 3, found: 4 }],
    ['columns', 'JSON', '[{"a":1,"b":2,"c":3}]', { limit: 'columns', allowed: 2, found: 3 }],
  ];

  it.each(table)('is refused for its %s (%s)', async (_, format, content, facts) => {
    const error = await failureOf(small.profile(await fileOf(content, format), never));
    expect(error).toMatchObject({ code: 'DATASET_TOO_LARGE', ...facts });
  });
});
