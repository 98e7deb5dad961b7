import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { Sandbox } from '../../../src/services/sandbox/index.ts';
import { failureOf, fileOf, never, printed, profileOf, rowsOf, typesOf } from './workbench.ts';

describe('a JSON file', () => {
  it('is a table of its objects, whatever names each of them has', async () => {
    expect(await rowsOf('[{"a":1,"b":"x"},{"b":null,"c":true},{"a":2.5}]', 'JSON')).toEqual([
      [1, 'x', null],
      [null, null, true],
      [2.5, null, null],
    ]);
  });

  it('is one row where it is one object', async () => {
    expect(await rowsOf('{"a":1,\n "b":[1,2]}', 'JSON')).toEqual([[1, [1, 2]]]);
  });

  it('may start with a byte order mark', async () => {
    expect(await rowsOf('\ufeff[{"a":1}]', 'JSON')).toEqual([[1]]);
  });

  it('keeps a column of several types as text', async () => {
    const text = `[${'{"a":1},'.repeat(30_000)}{"a":"x"}]`;
    const profile = await profileOf(text, 'JSON');
    expect(profile.columns[0]).toMatchObject({ type: 'VARCHAR', distinctCount: 2, max: 'x' });
  });

  it('recognises dates, and leaves those alone that could mean two days', async () => {
    const profile = await profileOf(
      '[{"iso":"2024-01-02","at":"2024-01-02T10:00:00Z","us":"12/31/2024","either":"05-03-24"}]',
      'JSON',
    );
    expect(typesOf(profile)).toEqual({
      iso: 'DATE',
      at: 'TIMESTAMP WITH TIME ZONE',
      us: 'DATE',
      either: 'VARCHAR',
    });
  });

  it('leaves texts that spell numbers texts', async () => {
    expect(await rowsOf('[{"zip":"12345"}]', 'JSON')).toEqual([['12345']]);
  });

  it('keeps nested values', async () => {
    const file = await fileOf('[{"who":{"name":"Ann","tags":["x","y"]}}]', 'JSON');
    expect(await printed(`print(sql('select who.name, who.tags[2] as t from data')[0])`, file)).toBe(
      '{"name":"Ann","t":"y"}',
    );
  });

  it('survives thousands of brackets', async () => {
    const text = `[{"a":${'['.repeat(900)}${']'.repeat(900)}}]`;
    expect((await profileOf(text, 'JSON')).rowCount).toBe(1);
  });
});

describe('an NDJSON file', () => {
  it('is a table of its lines', async () => {
    expect(await rowsOf('{"a":1}\n\n{"a":2}\r\n{"a":3}', 'NDJSON')).toEqual([[1], [2], [3]]);
  });
});

describe('a Parquet file', () => {
  async function parquet(sql: string) {
    const file = await fileOf('', 'PARQUET');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`copy (${sql}) to '${file.path}' (format parquet)`);
    return file;
  }

  it('keeps its types', async () => {
    const file = await parquet(
      `select 1::tinyint as i, 2.50::decimal(9,2) as d, date '2024-01-02' as day, [1, 2] as list, 'ab'::blob as b`,
    );
    expect(typesOf(await new Sandbox().profile(file, never))).toEqual({
      i: 'TINYINT',
      d: 'DECIMAL(9,2)',
      day: 'DATE',
      list: 'INTEGER[]',
      b: 'BLOB',
    });
  });

  it('is refused before it is read where it has too many rows', async () => {
    const file = await parquet('select 1 as a from range(20000000)');
    expect(await failureOf(new Sandbox().profile(file, never))).toMatchObject({
      code: 'DATASET_TOO_LARGE',
      limit: 'rows',
      found: 20_000_000,
    });
  });

  it('is counted approximately beyond a million rows', async () => {
    const file = await parquet('select range as id, range % 7 as w from range(2000000)');
    const { rowCount, columns } = await new Sandbox().profile(file, never);
    expect(rowCount).toBe(2_000_000);
    expect(columns[0]!.distinctCount / 2_000_000).toBeCloseTo(1, 0);
    expect(columns[1]!.distinctCount).toBe(7);
  });
});
