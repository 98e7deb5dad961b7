import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialCdf, chiSquareTail, normalTail } from '../../../src/migration/verdicts/distributions.ts';

/** Agrees in nine digits, however small. */
const expectClose = (found: number, known: number) => expect(found / known).toBeCloseTo(1, 9);

describe('the binomial distribution', () => {
  // Exact fractions, summed.
  it.each([
    [2, 20, 0.9245163262115037],
    [0, 100, 0.005920529220334025],
    [30, 1_000, 0.0012770679174798373],
    [70, 1_000, 0.9976696994523914],
    [450, 10_000, 0.010688078131714102],
  ])('P[X <= %i] of %i at 0.05', (x, n, known) => expectClose(binomialCdf(x, n, 0.05), known));

  it('is nothing below 0, everything from n on, and certain where chance has no part', () => {
    expect(binomialCdf(-1, 10, 0.5)).toBe(0);
    expect(binomialCdf(10, 10, 0.5)).toBe(1);
    expect(binomialCdf(3, 10, 0)).toBe(1);
    expect(binomialCdf(3, 10, 1)).toBe(0);
  });

  it('rises, and is mirrored', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, p, part) => {
          const x = Math.floor(part * (n - 1));
          const below = binomialCdf(x, n, p);
          expect(binomialCdf(x + 1, n, p)).toBeGreaterThanOrEqual(below - 1e-12);
          expect(below + binomialCdf(n - x - 1, n, 1 - p)).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1.645, 0.04998490553912137],
    [2.9, 0.0018658133003840384],
    [3, 0.0013498980316300957],
    [3.1, 0.0009676032132183562],
    [5, 2.866515718791946e-7],
    [8, 6.220960574271819e-16],
  ])('P[Z > %d]', (z, known) => expectClose(normalTail(z), known));

  it('is symmetric', () => expect(normalTail(-1.96)).toBeCloseTo(1 - normalTail(1.96), 14));
});

describe('the chi-square distribution with one degree of freedom', () => {
  it.each([
    [1, 0.31731050786291404],
    [3.841458820694124, 0.05],
    [10.827566170662733, 0.001],
    [30, 4.320463057827492e-8],
  ])('P[X > %d]', (x, known) => expectClose(chiSquareTail(x), known));

  it('is certain at 0', () => expect(chiSquareTail(0)).toBe(1));
});
