import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderStatistic } from '../../../src/migration/verdicts/order-statistic.ts';
import { countAbove, median, p50, p95, p99 } from '../../../src/migration/verdicts/quantiles.ts';

const sorted = (values: readonly number[]) => Float64Array.from(values).sort();
const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

describe('a percentile', () => {
  it.each([
    { values: [1, 2], p95: 2.85, p50: 1.5, p99: 2.97 },
    { values: [3, 1, 4, 1, 5, 9, 2, 6], p95: 10.65, p50: 3.5, p99: 11.73 },
    { values: Array.from({ length: 100 }, (_, i) => i + 1), p95: 95.95, p50: 50.5, p99: 99.99 },
    { values: Array.from({ length: 19 }, (_, i) => (i + 1) ** 2 / 10), p95: 36.1, p50: 10, p99: 39.06 },
  ])('of $values.length values is what Python’s statistics.quantiles says', ({ values, ...python }) => {
    expect(p95(sorted(values))).toBeCloseTo(python.p95, 10);
    expect(p50(sorted(values))).toBeCloseTo(python.p50, 10);
    expect(p99(sorted(values))).toBeCloseTo(python.p99, 10);
  });

  it('of one value is that value, and of none is nothing', () => {
    expect(p95([7])).toBe(7);
    expect(p95([])).toBeNull();
  });

  it('scales and shifts with the values, and stands at position 0.95 (n + 1) where that is inside', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
        const all = sorted(values);
        const found = p95(all)!;
        expect(p95(all.map((value) => factor * value + 3))).toBeCloseTo(factor * found + 3, 3);
        if (all.length < 20) return;
        const position = 0.95 * (all.length + 1);
        expect(found).toBeGreaterThanOrEqual(all[Math.floor(position) - 1]! - 1e-6);
        expect(found).toBeLessThanOrEqual(all[Math.min(Math.ceil(position), all.length) - 1]! + 1e-6);
      }),
    );
  });

  it('has its median between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([5, 1, 3])).toBe(3);
  });

  it('knows how many values are above a limit', () => {
    fc.assert(
      fc.property(times, fc.nat(299), (values, i) => {
        const limit = values[i % values.length]!;
        expect(countAbove(sorted(values), limit)).toBe(values.filter((value) => value > limit).length);
      }),
    );
  });
});

describe('a value at a rank that follows the number of values', () => {
  it('is that of the sorted list after every value', () => {
    const rankOf = (n: number) => Math.ceil(0.95 * n);
    fc.assert(
      fc.property(times, (values) => {
        const running = new OrderStatistic(rankOf);
        for (const [i, value] of values.entries()) {
          running.add(value);
          expect(running.value).toBe(sorted(values.slice(0, i + 1))[rankOf(i + 1) - 1]);
        }
      }),
    );
  });

  it('is the largest where the rank is beyond the values, and infinite before there are any', () => {
    const running = new OrderStatistic((n) => n + 5);
    expect(running.value).toBe(Number.POSITIVE_INFINITY);
    for (const value of [2, 9, 4]) running.add(value);
    expect(running.value).toBe(9);
  });
});
