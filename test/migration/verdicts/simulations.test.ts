import { describe, expect, it } from 'vitest';
import { AloneErrors } from '../../../src/migration/verdicts/alone.ts';
import { clearanceOf } from '../../../src/migration/verdicts/clearing.ts';
import { normalTail } from '../../../src/migration/verdicts/distributions.ts';
import { ErrorProcess } from '../../../src/migration/verdicts/error-evidence.ts';
import { Comparison } from '../../../src/migration/verdicts/index.ts';
import { CONFIRMING } from '../../../src/migration/verdicts/levels.ts';
import { P95Evidence } from '../../../src/migration/verdicts/p95-evidence.ts';
import { median, p95 } from '../../../src/migration/verdicts/quantiles.ts';
import { Chance, shareOf, tolerance } from './chance.ts';
import { report, since, traffic, until } from './traffic.ts';

describe('the three rules alone, on two services that are alike', () => {
  it.each([
    { n: 100, sigma: 0.4, trips: 0.2 },
    { n: 100, sigma: 0.8, trips: 0.33 },
    { n: 1_000, sigma: 0.4, trips: 0.012 },
    { n: 1_000, sigma: 0.8, trips: 0.077 },
  ])(
    'say of $n calls each, sigma $sigma, that the p95 is worse in $trips of the cases',
    ({ n, sigma, trips }) => {
      const chance = new Chance(11);
      const runs = n === 100 ? 3_000 : 1_000;
      const found = shareOf(
        runs,
        () => p95(chance.lognormals(n, sigma))! > 1.1 * p95(chance.lognormals(n, sigma))!,
      );
      expect(Math.abs(found - trips)).toBeLessThan(tolerance(trips, runs) + 0.005);
    },
  );

  it.each([
    { legacy: 100, candidate: 100 },
    { legacy: 1_000, candidate: 1_000 },
    { legacy: 9_000, candidate: 1_000 },
  ])(
    'say of $legacy and $candidate calls that the error rate went up in 40 to 48 %',
    ({ legacy, candidate }) => {
      const chance = new Chance(12);
      const runs = legacy + candidate > 5_000 ? 1_000 : 3_000;
      const found = shareOf(
        runs,
        () => chance.count(candidate, 0.02) / candidate > chance.count(legacy, 0.02) / legacy,
      );
      expect(found).toBeGreaterThan(0.4 - tolerance(0.4, runs));
      expect(found).toBeLessThan(0.48 + tolerance(0.48, runs));
    },
  );

  it('would not be saved by a z-test, looked at every 100 calls', () => {
    const chance = new Chance(13);
    const runs = 3_000;
    const found = shareOf(runs, () => {
      let [before, after] = [0, 0];
      for (let look = 1; look <= 20; look += 1) {
        before += chance.count(90, 0.02);
        after += chance.count(10, 0.02);
        const pooled = (before + after) / (100 * look);
        const error = Math.sqrt(pooled * (1 - pooled) * (1 / (90 * look) + 1 / (10 * look)));
        if (normalTail((after / (10 * look) - before / (90 * look)) / error) < 0.05) return true;
      }
      return false;
    });
    expect(Math.abs(found - 0.27)).toBeLessThan(tolerance(0.27, runs) + 0.01);
  });
});

describe('evidence on two services that are alike, looked at after every call', () => {
  it.each([
    { what: 'at a steady 10 %', share: () => 0.1, callsPerSession: 4 },
    {
      what: 'while the ramp goes 10, 50, 90 %',
      share: (passed: number) => [0.1, 0.5, 0.9][Math.floor(3 * passed)]!,
      callsPerSession: 4,
    },
    { what: 'with one call per session', share: () => 0.5, callsPerSession: 1 },
  ])('confirms something in 5 % at most, $what', ({ share, callsPerSession }) => {
    const alike = { errors: 0.02, sigma: 0.6 };
    let seed = 100;
    const runs = 200;
    const found = shareOf(runs, () => {
      const calls = traffic({
        seed: seed++,
        requests: 3_000,
        share,
        callsPerSession,
        legacy: alike,
        candidate: alike,
      });
      const { evidence, recommendation } = report(calls);
      if (recommendation.action === 'ROLLBACK')
        expect(
          [evidence.errors, evidence.responseTime, evidence.firstText].map((one) => one?.evidence),
        ).toContain('CONFIRMED');
      return recommendation.action === 'ROLLBACK';
    });
    expect(found).toBeLessThanOrEqual(0.05);
  });

  it('is not deceived by sessions that fail again and again', () => {
    const chance = new Chance(21);
    const runs = 1_000;
    const found = shareOf(runs, () => {
      const process = new ErrorProcess();
      for (let session = 0; session < 1_000; session += 1) {
        if (!chance.happens(0.05)) continue;
        const version = chance.happens(0.1) ? 'NEW' : 'LEGACY';
        for (let again = 0; again < 10; again += 1)
          process.add({
            version,
            sessionId: `session_${session}`,
            at: new Date(0),
            durationMs: 1,
            firstTextMs: null,
            outcome: 'error',
            share: 0.1,
          });
      }
      return process.peak >= CONFIRMING;
    });
    expect(found).toBeLessThanOrEqual(0.05 / 3 + tolerance(0.05 / 3, runs) / 3);
  });

  it.each([{ sigma: 0.4 }, { sigma: 0.8 }])(
    'hardly ever calls a p95 of exactly 1.1 times the legacy one worse, sigma $sigma',
    ({ sigma }) => {
      const chance = new Chance(22);
      const found = shareOf(150, () => {
        const evidence = new P95Evidence();
        for (let i = 0; i < 6_000; i += 1)
          if (chance.happens(0.3)) evidence.addCandidate(chance.lognormal(sigma, 1.1));
          else evidence.addLegacy(chance.lognormal(sigma));
        return evidence.peak >= CONFIRMING;
      });
      expect(found).toBeLessThanOrEqual(0.05 / 3);
    },
  );
});

describe('evidence of very many calls, of which few are kept', () => {
  const alike = { errors: 0.04, sigma: 0.6 };

  it('confirms something in 5 % at most as well, though it goes on for 25 times as many', () => {
    let seed = 1_000;
    const runs = 60;
    const found = shareOf(runs, () => {
      const comparison = new Comparison({ expectedShare: null, most: 400 });
      const plan = { seed: seed++, requests: 10_000, share: () => 0.5, callsPerSession: 1 };
      for (const call of traffic({ ...plan, legacy: alike, candidate: alike })) comparison.add(call);
      const asked = { feature: 'CHAT', since, until, memory: [], steps: 1, language: 'en' } as const;
      const { evidence } = comparison.report(asked);
      return [evidence.errors, evidence.responseTime, evidence.firstText].some(
        (one) => one?.evidence === 'CONFIRMED',
      );
    });
    expect(found).toBeLessThanOrEqual(0.05);
  });

  it('would do so far more often if each look began anew with the newest calls', () => {
    const chance = new Chance(23);
    const anew = shareOf(100, () => {
      const errors = Array.from({ length: 4_000 }, (_, place) => ({
        version: chance.happens(0.5) ? ('NEW' as const) : ('LEGACY' as const),
        sessionId: `session_${place}`,
        at: since,
        durationMs: 1,
        firstTextMs: null,
        outcome: 'error' as const,
        share: 0.5,
      }));
      for (let end = 100; end <= errors.length; end += 20) {
        const process = new ErrorProcess();
        for (const call of errors.slice(end - 100, end)) process.add(call);
        if (process.peak >= CONFIRMING) return true;
      }
      return false;
    });
    expect(anew).toBeGreaterThan(0.2);
  });
});

describe('errors where the new service has all the traffic', () => {
  const call = (version: 'LEGACY' | 'NEW', place: number, failed: boolean) => ({
    version,
    sessionId: `${version}_${place}`,
    at: since,
    durationMs: 1,
    firstTextMs: null,
    outcome: failed ? ('error' as const) : ('ok' as const),
    share: version === 'NEW' ? 1 : 0.5,
  });
  /** @returns Sessions of the new service until it was confirmed. */
  const confirmed = (chance: Chance, before: number, now: number, most: number) => {
    const process = new ErrorProcess(undefined, true);
    for (let place = 0; place < 600; place += 1) process.add(call('LEGACY', place, chance.happens(before)));
    for (let place = 1; place <= most; place += 1) {
      process.add(call('NEW', place, chance.happens(now)));
      if (process.peak >= CONFIRMING) return place;
    }
    return Number.POSITIVE_INFINITY;
  };

  it('are confirmed in 1 of 60 at most where there are as many as before', () => {
    const chance = new Chance(24);
    const found = shareOf(300, () => confirmed(chance, 0.03, 0.03, 3_000) < Number.POSITIVE_INFINITY);
    expect(found).toBeLessThanOrEqual(0.05 / 3);
  });

  it('are confirmed soon where there are many more', () => {
    const chance = new Chance(25);
    const needed = Array.from({ length: 100 }, () => confirmed(chance, 0.01, 0.1, 3_000));
    expect(median(needed)).toBeLessThan(200);
    expect(confirmed(chance, 0.01, 1, 100)).toBeLessThan(10);
  });

  it('are told with a limit above what the legacy service may have', () => {
    const alone = new AloneErrors();
    for (let place = 0; place < 600; place += 1) alone.add(call('LEGACY', place, place < 12));
    expect(alone.found).toBeNull();
    for (let place = 0; place < 100; place += 1) alone.add(call('NEW', place, place < 5));
    expect(alone.found).toMatchObject({
      legacy: { sessions: 600, failed: 12 },
      candidate: { sessions: 100, failed: 5 },
    });
    expect(alone.found!.limit).toBeCloseTo(0.038, 2);
  });
});

describe('evidence of a service that is worse', () => {
  it('finds errors that rise from 1 % to 3 %, at 10 % of the traffic, after twice 282 calls at most', () => {
    const chance = new Chance(31);
    const needed = Array.from({ length: 300 }, () => {
      const process = new ErrorProcess();
      let calls = 0;
      for (let i = 0; process.peak < CONFIRMING; i += 1) {
        const version = chance.happens(0.1) ? 'NEW' : 'LEGACY';
        if (version === 'NEW') calls += 1;
        if (!chance.happens(version === 'NEW' ? 0.03 : 0.01)) continue;
        process.add({
          version,
          sessionId: `session_${i}`,
          at: new Date(0),
          durationMs: 1,
          firstTextMs: null,
          outcome: 'error',
          share: 0.1,
        });
      }
      return calls;
    });
    expect(median(needed)).toBeLessThan(2 * 282);
  });

  it.each([
    { sigma: 0.4, times: 1.5, calls: 200 },
    { sigma: 0.8, times: 1.5, calls: 800 },
    { sigma: 0.8, times: 2, calls: 200 },
  ])(
    'finds times $times as long, sigma $sigma, within $calls calls at 10 % of the traffic',
    ({ sigma, times, calls }) => {
      const chance = new Chance(32);
      const needed = Array.from({ length: 100 }, () => {
        const evidence = new P95Evidence();
        while (evidence.peak < CONFIRMING && evidence.judged < 20_000)
          if (chance.happens(0.1)) evidence.addCandidate(chance.lognormal(sigma, times));
          else evidence.addLegacy(chance.lognormal(sigma));
        return evidence.judged;
      });
      expect(median(needed)).toBeLessThan(calls);
    },
  );
});

describe('clearing', () => {
  const passes = (chance: Chance, legacy: number, candidate: number, sigma: number, times: number) => () => {
    const { pValue, threshold } = clearanceOf(
      chance.lognormals(legacy, sigma),
      chance.lognormals(candidate, sigma, times),
      1,
    )!;
    return pValue < threshold;
  };

  it.each([
    { legacy: 9_000, candidate: 1_000, sigma: 0.4, power: 0.88 },
    { legacy: 9_000, candidate: 1_000, sigma: 0.8, power: 0.39 },
    { legacy: 5_000, candidate: 5_000, sigma: 0.4, power: 1 },
    { legacy: 5_000, candidate: 5_000, sigma: 0.8, power: 0.85 },
  ])(
    'passes services alike, $legacy and $candidate calls, sigma $sigma, in $power of the cases',
    ({ legacy, candidate, sigma, power }) => {
      const runs = 200;
      const found = shareOf(runs, passes(new Chance(41), legacy, candidate, sigma, 1));
      expect(Math.abs(found - power)).toBeLessThan(tolerance(power, runs));
    },
  );

  it.each([
    { legacy: 9_000, candidate: 1_000, sigma: 0.8 },
    { legacy: 5_000, candidate: 5_000, sigma: 0.8 },
    { legacy: 2_000, candidate: 2_000, sigma: 0.4 },
  ])(
    'passes one that is 1.1 times as slow, $legacy and $candidate calls, in 4 % at most',
    ({ legacy, candidate, sigma }) => {
      const runs = 300;
      const found = shareOf(runs, passes(new Chance(42), legacy, candidate, sigma, 1.1));
      expect(found).toBeLessThan(0.04 + tolerance(0.04, runs) / 3);
    },
  );

  it('says how many more calls it takes: with them, about half of the services alike pass', () => {
    const chance = new Chance(43);
    const [legacy, candidate] = [chance.lognormals(1_500, 0.5), chance.lognormals(500, 0.5)];
    const { moreNeeded, pValue, threshold } = clearanceOf(legacy, candidate, 3)!;
    expect(pValue).toBeGreaterThan(threshold);
    const more = moreNeeded!;
    expect(more.legacy / more.candidate).toBeCloseTo(3, 1);
    const found = shareOf(150, () => {
      const all = clearanceOf(
        Float64Array.from([...legacy, ...chance.lognormals(more.legacy, 0.5)]).sort(),
        Float64Array.from([...candidate, ...chance.lognormals(more.candidate, 0.5)]).sort(),
        3,
      )!;
      return all.pValue < all.threshold;
    });
    expect(found).toBeGreaterThan(0.25);
  });
});
