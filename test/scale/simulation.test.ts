import { describe, expect, it } from 'vitest';
import type { Costs } from '../../bench/scale/costs.ts';
import { type System, usualKind, usualSystem } from '../../bench/scale/load.ts';
import { limitOf, resourcesOf } from '../../bench/scale/model.ts';
import type { Plan } from '../../bench/scale/outcome.ts';
import { simulate } from '../../bench/scale/simulation.ts';
import { costs } from './costs.ts';

const plan: Plan = { seed: 1, seconds: 15, warmUp: 3, burst: 1 };
const system = (perSecond: number, change: Partial<System> = {}): System => ({
  ...usualSystem,
  kinds: [{ ...usualKind, perSecond }],
  ...change,
});
/** Tickets and places are also held by those who wait for something else. */
const HELD = ['tickets drawn', 'places of workers'];
const busiest = (shares: Record<string, number>, wanted: string) =>
  Object.entries(shares)
    .filter(([name]) => name === wanted || !HELD.includes(name))
    .reduce((most, one) => (one[1] > most[1] ? one : most))[0];

describe('a simulated system', () => {
  it('uses as much of everything as the model says', () => {
    const asked = system(30);
    const { utilisation } = simulate(asked, costs, plan);
    for (const { name, share } of resourcesOf(asked, costs)) {
      const simulated = utilisation[name];
      // The first seconds have fewer jobs; a ticket also waits for the commit of its job.
      if (simulated !== undefined && name !== 'tickets drawn')
        expect.soft(Math.abs(simulated - share), name).toBeLessThan(0.04);
    }
  });

  it.each<[string, Partial<System>, Partial<Costs['clock']>]>([
    ['NOTIFY’s lock', {}, {}],
    ['a gateway’s processor', { gateways: 1, kinds: [{ ...usualKind, followers: 200 }] }, {}],
    [
      'a worker’s processor',
      { workers: 1, kinds: [{ ...usualKind, followers: 1, places: 10_000 }] },
      { commit: 50, draw: 100 },
    ],
    ['Postgres’ processors', { postgresCores: 1 }, {}],
    ['tickets drawn', { kinds: [{ ...usualKind, events: 0, seconds: 0.1, followers: 0 }] }, { draw: 40_000 }],
    ['places of workers', { kinds: [{ ...usualKind, events: 0, seconds: 2, places: 40 }] }, {}],
  ])('ends where the model says: %s', (name, change, clock) => {
    const asked = system(10, { maxConnections: 5_000, ...change });
    const cost = { ...costs, clock: { ...costs.clock, ...clock } };
    const { bottleneck, times } = limitOf(asked, cost);
    expect(bottleneck).toBe(name);
    const full = (share: number): System => ({
      ...asked,
      kinds: asked.kinds.map((kind) => ({ ...kind, perSecond: kind.perSecond * times * share })),
    });
    const within = simulate(full(0.7), cost, plan);
    const beyond = simulate(full(1.5), cost, plan);
    expect(busiest(beyond.utilisation, name)).toBe(name);
    expect(beyond.utilisation[name]).toBeGreaterThan(0.9);
    expect(within.utilisation[name]).toBeLessThan(0.9);
    expect(beyond.takenUp.p95).toBeGreaterThan(1.5 * within.takenUp.p95);
  });

  it('loses no job', () => {
    for (const perSecond of [5, 50, 200]) {
      const { arrived, ended, inside } = simulate(system(perSecond), costs, { ...plan, seconds: 20 });
      expect(arrived).toBe(ended + inside);
      expect(arrived).toBeGreaterThan(0);
    }
  });

  it('waits longer the nearer it comes to its end, and where jobs come in bursts', () => {
    const { times } = limitOf(system(1), costs);
    const p95 = (share: number, burst = 1) =>
      simulate(system(times * share), costs, { ...plan, burst }).delivery.p95;
    expect(p95(0.9)).toBeGreaterThan(1.5 * p95(0.3));
    expect(p95(0.5, 30)).toBeGreaterThan(p95(0.5));
  });

  it('gives an empty system’s follower each event as fast as its parts are', () => {
    const { delivery, firstEvent } = simulate(system(0.5), costs, { ...plan, seconds: 200 });
    const parts =
      (costs.worker.batch +
        costs.postgres.batch +
        costs.clock.commit +
        costs.gateway.read +
        costs.postgres.read) /
      1_000;
    expect(delivery.p50).toBeGreaterThan(0.8 * parts);
    expect(delivery.p50).toBeLessThan(1.6 * parts);
    expect(firstEvent.p50).toBeGreaterThan(delivery.p50);
  });

  it('is the same whenever it is asked with the same seed', () => {
    expect(simulate(system(20), costs, plan)).toEqual(simulate(system(20), costs, plan));
    expect(simulate(system(20), costs, { ...plan, seed: 2 })).not.toEqual(simulate(system(20), costs, plan));
  });
});
