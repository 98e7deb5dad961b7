import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differencesOf, type Json, TooLargeToCompareError } from '../../../src/migration/comparing/index.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const shuffled = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(shuffled).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item as Json)]),
  );
};

describe('what differs between an expected result and the actual one', () => {
  it('is nothing where they are equal', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(differencesOf(value, structuredClone(value))).toEqual([]);
        expect(differencesOf(value, structuredClone(value), { ignoreOrder: true })).toEqual([]);
      }),
    );
  });

  it('is named by its path: changed, missing or added', () => {
    expect(
      differencesOf(
        { reply: 'こんにちは', session: { keys: ['chat_history'], 'a b': 1 }, gone: null },
        { reply: 'こんばんは', session: { keys: ['chat_history', 'chat_model'], 'a b': 2 } },
      ),
    ).toEqual([
      { kind: 'CHANGED', path: 'reply', expected: 'こんにちは', actual: 'こんばんは' },
      { kind: 'ADDED', path: 'session.keys[1]', expected: null, actual: 'chat_model' },
      { kind: 'CHANGED', path: 'session["a b"]', expected: 1, actual: 2 },
      { kind: 'MISSING', path: 'gone', expected: null, actual: null },
    ]);
  });

  it('can be the whole, also of texts and of another type', () => {
    expect(differencesOf('a', 'b')).toEqual([{ kind: 'CHANGED', path: '', expected: 'a', actual: 'b' }]);
    expect(differencesOf([1], { 0: 1 })).toEqual([
      { kind: 'CHANGED', path: '', expected: [1], actual: { 0: 1 } },
    ]);
    expect(differencesOf(null, {})).toEqual([{ kind: 'CHANGED', path: '', expected: null, actual: {} }]);
  });

  it('is found under every key, also those that objects have of themselves', () => {
    const awkward: Json = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}');
    expect(differencesOf(awkward, {}).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'MISSING __proto__',
      'MISSING constructor',
      'MISSING toString',
    ]);
  });

  it('does not know 0 from -0', () => expect(differencesOf({ a: 0 }, { a: -0 })).toEqual([]));

  it('is as much one way as the other', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const paths = (found: { path: string }[]) => found.map(({ path }) => path).sort();
        expect(paths(differencesOf(a, b))).toEqual(paths(differencesOf(b, a)));
      }),
    );
  });
});

describe('the order of arrays', () => {
  it('matters, unless it is to be ignored, at every depth', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(differencesOf(value, shuffled(value), { ignoreOrder: true })).toEqual([]);
      }),
    );
    expect(differencesOf([1, 2], [2, 1])).toHaveLength(2);
  });

  it('ignored: an item counts as often as it is there', () => {
    expect(differencesOf([1, 1, 2], [2, 1, 2], { ignoreOrder: true })).toEqual([
      { kind: 'CHANGED', path: '[1]', expected: 1, actual: 2 },
    ]);
  });

  it('ignored: what is left is compared with what it has most in common with', () => {
    const expected = [
      { id: 1, name: 'one', price: 10 },
      { id: 2, name: 'two', price: 20 },
      { id: 3, name: 'three', price: 30 },
    ];
    const actual = [
      { id: 2, name: 'two', price: 21 },
      { id: 3, name: 'three', price: 30 },
      { id: 1, name: 'one', price: 11 },
    ];
    expect(differencesOf(expected, actual, { ignoreOrder: true })).toEqual([
      { kind: 'CHANGED', path: '[0].price', expected: 10, actual: 11 },
      { kind: 'CHANGED', path: '[1].price', expected: 20, actual: 21 },
    ]);
  });

  it('ignored: what is missing and what is too much are named', () => {
    expect(differencesOf(['a', 'b', 'c'], ['c', 'a'], { ignoreOrder: true })).toEqual([
      { kind: 'MISSING', path: '[1]', expected: 'b', actual: null },
    ]);
    expect(differencesOf(['a', 'c'], ['c', 'b', 'a'], { ignoreOrder: true })).toEqual([
      { kind: 'ADDED', path: '[2]', expected: null, actual: 'b' },
    ]);
  });

  it('ignored: large arrays take no longer than large ones must', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ id: i % 100, name: `n${i}` }));
    const changed = many.map((item) => ({ ...item, name: `${item.name}!` })).reverse();
    const began = performance.now();
    expect(differencesOf(many, changed, { ignoreOrder: true }).length).toBeGreaterThanOrEqual(20_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('what is not compared', () => {
  const recorded = {
    id: 'session_01h455vb4pex5vsknk084sn02q',
    at: '2026-05-01T12:00:00.123Z',
    messages: [{ id: '6f9619ff-8b86-d011-b42d-00c04fc964ff', text: 'Hi' }],
  };
  const replayed = {
    id: 'session_01k455vb4pex5vsknk084sn99z',
    at: '2026-06-11T08:30:00Z',
    messages: [{ id: '00000000-8b86-d011-b42d-00c04fc964ff', text: 'Hi' }],
  };

  it('are times and ids, which change by themselves', () => {
    expect(differencesOf(recorded, replayed)).toEqual([]);
    expect(differencesOf(recorded, replayed, { volatile: () => null })).toHaveLength(3);
  });

  it('but an id of another type is a difference, and so is a time that has gone', () => {
    const changed = { ...replayed, id: 'job_01k455vb4pex5vsknk084sn99z', at: 'yesterday' };
    expect(differencesOf(recorded, changed).map(({ path }) => path)).toEqual(['id', 'at']);
  });

  it('and words that only look long are words', () => {
    expect(
      differencesOf({ text: 'an_extraordinarilylongword' }, { text: 'an_extraordinarilylongname' }),
    ).toHaveLength(1);
  });

  it('are the paths that are named, with * for one step and ** for any number', () => {
    const changed = { id: 7, at: null, messages: [{ id: 8, text: 'Ho', timing: { ms: 3 } }] };
    const paths = (ignore: string[]) => differencesOf(recorded, changed, { ignore }).map(({ path }) => path);
    expect(paths([])).toEqual(['id', 'at', 'messages[0].id', 'messages[0].text', 'messages[0].timing']);
    expect(paths(['id', 'messages.*.timing'])).toEqual(['at', 'messages[0].id', 'messages[0].text']);
    expect(paths(['**.id', '**.timing.**', 'at'])).toEqual(['messages[0].text']);
    expect(paths(['**'])).toEqual([]);
  });

  it('also where they are there on one side only, and where order is ignored', () => {
    const options = { ignore: ['*.at'], ignoreOrder: true };
    expect(differencesOf([{ a: 1, at: 1 }, { a: 2 }], [{ a: 2, at: 9 }, { a: 1 }], options)).toEqual([]);
  });
});

describe('values without measure', () => {
  const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);

  it('are refused by name', () => {
    expect(() => differencesOf(nested(101), 1)).toThrow(TooLargeToCompareError);
    expect(() => differencesOf(1, Array(100_001).fill(0))).toThrow('more than 100000 values');
    expect(() => differencesOf('x'.repeat(10_000_001), '')).toThrow('more than 10000000 characters');
    expect(differencesOf(nested(100), nested(100), { ignoreOrder: true })).toEqual([]);
  });

  it('cannot make a pattern slow', () => {
    const began = performance.now();
    const deep = nested(90);
    differencesOf(deep, deep, { ignore: [`${'**.'.repeat(5)}x`] });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
