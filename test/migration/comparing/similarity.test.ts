import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarityOf } from '../../../src/migration/comparing/index.ts';
import { Chance } from '../verdicts/chance.ts';

describe('the similarity of two texts', () => {
  it('is the share of characters that need no change', () => {
    expect(similarityOf('kitten', 'sitting')).toBeCloseTo(1 - 3 / 7, 9);
    expect(similarityOf('今日は晴れです', '今日は雨です')).toBeCloseTo(1 - 2 / 7, 9);
    expect(similarityOf('abc', 'xyz')).toBe(0);
  });

  it('counts characters, not code units, and composed ones as one', () => {
    expect(similarityOf('👍👍', '👍👎')).toBe(0.5);
    expect(similarityOf('が', 'か\u3099')).toBe(1);
  });

  it('is 1 for texts that are equal, or both empty, and 0 where only one is empty', () => {
    expect(similarityOf('', ' \n')).toBe(1);
    expect(similarityOf('', 'word')).toBe(0);
  });

  it('is symmetric, from 0 to 1, and 1 for what is the same', () => {
    const any = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.string({ minLength: 1_990, maxLength: 2_100 }),
    );
    fc.assert(
      fc.property(any, any, (a, b) => {
        const found = similarityOf(a, b);
        expect(found).toBe(similarityOf(b, a));
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
        expect(similarityOf(a, a)).toBe(1);
      }),
    );
  });

  const words = (chance: Chance, from: readonly string[], count: number, between: string) =>
    Array.from({ length: count }, () => from[Math.floor(chance.next() * from.length)]).join(between);

  it.each([
    {
      language: 'English',
      between: ' ',
      from: ['rain', 'sun', 'cloud', 'wind', 'storm', 'is', 'was', 'never', 'blue'],
    },
    {
      language: 'Japanese',
      between: '',
      from: ['雨', '晴れ', '雲', '風', '嵐', 'です', 'でした', '決して', '青い'],
    },
  ])('of long texts in $language falls with what is changed', ({ from, between }) => {
    const chance = new Chance(5);
    const long = words(chance, from, 1_500, between);
    const quarter = Math.floor(long.length / 4);
    const other = words(new Chance(6), ['lorem', 'ipsum', 'dolor', 'χψω'], 1_500, between);
    const little = similarityOf(long, `${long.slice(0, -50)}${other.slice(0, 50)}`);
    const much = similarityOf(long, long.slice(0, quarter) + other.slice(quarter));
    const nothing = similarityOf(long, other);
    expect(little).toBeGreaterThan(0.95);
    expect(much).toBeLessThan(0.6);
    expect(much).toBeGreaterThan(nothing + 0.1);
    expect(nothing).toBeLessThan(0.05);
  });

  it('takes bounded time, however long they are', () => {
    const [a, b] = ['ab'.repeat(2_000_000), 'ba'.repeat(2_000_000)];
    similarityOf(a, b);
    const began = performance.now();
    similarityOf(a, b);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
