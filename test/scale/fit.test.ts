import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastSquares } from '../../bench/scale/fit.ts';
import { Chance } from '../../bench/scale/random.ts';

/** Mixtures of jobs, transactions and events, as they are measured. */
const mixtures = [
  { job: 1, batch: 0, event: 0 },
  { job: 1, batch: 5, event: 5 },
  { job: 1, batch: 60, event: 60 },
  { job: 1, batch: 10, event: 100 },
  { job: 1, batch: 30, event: 3_000 },
];

describe('telling costs apart', () => {
  it('finds what points were made of', () => {
    const cost = fc.double({ min: 1, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(cost, cost, cost, (job, batch, event) => {
        const points = mixtures.map((did) => ({
          did,
          took: did.job * job + did.batch * batch + did.event * event,
        }));
        const { costs, r2, worst } = leastSquares(points);
        expect(costs.job).toBeCloseTo(job, 2);
        expect(costs.batch).toBeCloseTo(batch, 2);
        expect(costs.event).toBeCloseTo(event, 2);
        expect(r2).toBeCloseTo(1, 6);
        expect(worst).toBeLessThan(1e-6);
      }),
    );
  });

  it('comes near where each measurement errs by a tenth, and says how well it fits', () => {
    const chance = new Chance(3);
    const points = Array.from({ length: 200 }, (_, i) => {
      const did = mixtures[i % mixtures.length]!;
      const exact = 4_000 * did.job + 500 * did.batch + 20 * did.event;
      return { did, took: exact * (0.9 + 0.2 * chance.uniform()) };
    });
    const { costs, r2, worst } = leastSquares(points);
    expect(costs.job).toBeGreaterThan(3_800);
    expect(costs.job).toBeLessThan(4_200);
    expect(costs.batch).toBeGreaterThan(470);
    expect(costs.batch).toBeLessThan(530);
    expect(costs.event).toBeGreaterThan(19);
    expect(costs.event).toBeLessThan(21);
    expect(r2).toBeGreaterThan(0.97);
    expect(r2).toBeLessThan(1);
    expect(worst).toBeGreaterThan(0.05);
    expect(worst).toBeLessThan(0.2);
  });

  it('gives no cost below zero: what would be is nothing', () => {
    const points = mixtures.map((did) => ({ did, took: 1_000 + 50 * did.batch - 0.01 * did.event }));
    const { costs } = leastSquares(points);
    expect(costs.event).toBe(0);
    expect(costs.batch).toBeGreaterThan(0);
  });

  it('refuses points that cannot tell', () => {
    expect(() => leastSquares([{ did: { job: 1, batch: 1 }, took: 5 }])).toThrow('cannot be told');
    const same = { did: { job: 1, batch: 2 }, took: 5 };
    expect(() => leastSquares([same, { ...same, took: 6 }])).toThrow('do not tell');
  });
});
