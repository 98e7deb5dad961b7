import { describe, expect, it } from 'vitest';
import { eventsPerWrite, flowOf, type System, usualKind, usualSystem } from '../../bench/scale/load.ts';
import { limitOf, oneMore, resourcesOf } from '../../bench/scale/model.ts';
import { Chance } from '../../bench/scale/random.ts';
import { costs } from './costs.ts';

const system: System = { ...usualSystem, kinds: [usualKind] };
const shareOf = (name: string, of: System = system) =>
  resourcesOf(of, costs).find((resource) => resource.name === name)?.share ?? Number.NaN;
const times = (by: number, of: System = system): System => ({
  ...of,
  kinds: of.kinds.map((kind) => ({ ...kind, perSecond: kind.perSecond * by })),
});

describe('a load', () => {
  it('is made of the transactions, notifications and messages of its jobs', () => {
    const kinds = [{ ...usualKind, perSecond: 10, events: 0, seconds: 2, followers: 3 }];
    expect(flowOf({ ...system, gateways: 2, kinds })).toMatchObject({
      jobs: 10,
      batches: 0,
      notifications: 30,
      // On two gateways somebody follows each of them.
      reads: 60,
      prepared: 80,
      messages: 120,
      running: 20,
      followers: 60,
    });
  });

  it.each([5, 100, 250, 1_000])(
    'with %i events a second writes as many together as the writer would',
    (rate) => {
      const chance = new Chance(2);
      let now = 0;
      let wroteAt = -1;
      let writes = 0;
      const events = 50_000;
      for (let event = 0; event < events; event++) {
        now += chance.exponential(1 / rate);
        // What waits for a write that is planned shares it.
        if (now <= wroteAt) continue;
        writes += 1;
        wroteAt = Math.max(now, wroteAt + 0.004);
      }
      expect(eventsPerWrite({ events: rate, seconds: 1 })).toBeCloseTo(events / writes, 1);
    },
  );
});

describe('a system', () => {
  it('uses what its parts cost', () => {
    const quiet = {
      ...system,
      gateways: 2,
      workers: 4,
      kinds: [{ ...usualKind, perSecond: 10, events: 0, followers: 0 }],
    };
    expect(shareOf('a gateway’s processor', quiet)).toBeCloseTo(
      0.01 + (10 * 2_000) / 2 / 1e6 + (30 * 10) / 1e6,
    );
    expect(shareOf('NOTIFY’s lock', quiet)).toBeCloseTo((30 * 500) / 1e6);
    expect(shareOf('tickets drawn', quiet)).toBeCloseTo((10 * 5_000) / 4 / 1e6);
  });

  it('carries exactly so much that what ends first is used up', () => {
    const { bottleneck, times: carried } = limitOf(system, costs);
    const full = resourcesOf(times(carried), costs);
    expect(full.find(({ name }) => name === bottleneck)?.share).toBeCloseTo(1);
    expect(full.filter(({ name, share }) => name !== bottleneck && share > 1 + 1e-9)).toEqual([]);
  });

  it('carries more with one more of what ends first, and no more with one more of something else', () => {
    // Many followers are the gateways' work.
    const followed = { ...system, kinds: [{ ...usualKind, followers: 500 }] };
    const limits = oneMore(followed, costs);
    expect(limits['as it is']?.bottleneck).toBe('a gateway’s processor');
    expect(limits['one more gateway']!.times).toBeGreaterThan(limits['as it is']!.times);
    expect(limits['one more worker']!.times).toBeLessThanOrEqual(limits['as it is']!.times);
  });

  it('ends at the lock of commits, however many processes there are', () => {
    const large = { ...system, gateways: 8, workers: 40, postgresCores: 64, maxConnections: 5_000 };
    expect(limitOf(large, costs).bottleneck).toBe('NOTIFY’s lock');
  });

  it('names what is no matter of processors: places, sockets, connections, memory, one session', () => {
    const of = (change: Partial<System>) => limitOf({ ...system, ...change }, costs).bottleneck;
    expect(of({ kinds: [{ ...usualKind, perSecond: 1, seconds: 600 }] })).toBe('places of workers');
    expect(of({ maxSockets: 10 })).toBe('a gateway’s sockets');
    expect(of({ maxConnections: 40 })).toBe('Postgres’ connections');
    expect(of({ memory: 150 })).toBe('a worker’s memory');
    expect(of({ sessions: 1, kinds: [{ ...usualKind, events: 0 }] })).toBe('a session’s row');
    expect(of({ kinds: [{ ...usualKind, workSeconds: 5 }] })).toBe('work beside the workers');
  });
});
