import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { isUnavailable, json, jsonText } from '../../src/store/index.ts';
import { describeOnStores } from '../support/stores.ts';

describeOnStores('a value that goes to the database and comes back', (create) => {
  it('is the same, or as near as Postgres can keep it', async () => {
    const database = await create();
    const store = await database.open();
    const roundTrip = async (value: unknown) =>
      (await sql<{ value: unknown }>`select ${json(value)} as value`.execute(store.db)).rows[0]?.value;

    for (const value of [
      null,
      '',
      0,
      1.5,
      -3,
      true,
      'null',
      [],
      {},
      [null, [1]],
      { a: { b: ['😀', '"\\'] } },
    ])
      expect(await roundTrip(value)).toEqual(value);
    expect(await roundTrip(undefined)).toBeNull();
    expect(await roundTrip(() => 1)).toBeNull();
    expect(await roundTrip({ a: undefined, b: Number.NaN, c: new Date(0) })).toEqual({
      b: null,
      c: '1970-01-01T00:00:00.000Z',
    });
    expect(await roundTrip('a\0b')).toBe('a\uFFFDb');
    expect(await roundTrip('\uD83D')).toBe('\uFFFD');
    // A backslash before the u is text, not an escape.
    expect(await roundTrip('\\u0000 \\ud800')).toBe('\\u0000 \\ud800');
    expect(await roundTrip({ 'k\0': [{ deep: '\uDC00', at: new Date(0) }] })).toEqual({
      'k\uFFFD': [{ deep: '\uFFFD', at: '1970-01-01T00:00:00.000Z' }],
    });
    expect(await roundTrip(JSON.parse('{"__proto__": "\\u0000"}'))).toEqual(
      JSON.parse('{"__proto__": "\uFFFD"}'),
    );
    await store.close();
    await database.drop();
  });

  it('is a number where Postgres says bigint', async () => {
    const database = await create();
    const store = await database.open();
    const { rows } = await sql`
      select 9007199254740991::bigint as big, count(*) as count from generate_series(1, 3)
    `.execute(store.db);
    expect(rows).toEqual([{ big: 9_007_199_254_740_991, count: 3 }]);
    await store.close();
    await database.drop();
  });
});

describe('a deep value with a refused character', () => {
  it('costs one pass', () => {
    let deep: unknown = '\0';
    for (let depth = 0; depth < 500; depth++) deep = { deep, filling: 'x'.repeat(100) };
    const began = performance.now();
    expect(jsonText(deep)).toContain('\uFFFD');
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('an error of the database', () => {
  it('is worth another try where the database was away, and not where it refused', () => {
    const failure = (code: string) => Object.assign(new Error(code), { code });
    for (const code of ['57P01', '08006', '40P01', '53300', 'ECONNREFUSED', 'ECONNRESET'])
      expect(isUnavailable(failure(code))).toBe(true);
    expect(isUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true);
    for (const code of ['23505', '22P05', '42P01']) expect(isUnavailable(failure(code))).toBe(false);
    expect(isUnavailable(new TypeError('Do not know how to serialize a BigInt'))).toBe(false);
  });
});
