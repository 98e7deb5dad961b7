import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EProcess } from '../../../src/migration/verdicts/e-process.ts';
import { ErrorProcess } from '../../../src/migration/verdicts/error-evidence.ts';
import type { Call } from '../../../src/migration/verdicts/index.ts';
import { P95Evidence } from '../../../src/migration/verdicts/p95-evidence.ts';
import { Split } from '../../../src/migration/verdicts/split.ts';

const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const errors = fc.array(fc.record({ isNew: fc.boolean(), share }), { maxLength: 40 });

const call = (change: Partial<Call>): Call => ({
  version: 'NEW',
  sessionId: 'session',
  at: new Date(0),
  durationMs: 100,
  firstTextMs: null,
  outcome: 'error',
  share: 0.1,
  ...change,
});

const errorsOf = (events: readonly { isNew: boolean; share: number }[]): ErrorProcess => {
  const process = new ErrorProcess();
  for (const [i, { isNew, share }] of events.entries())
    process.add(call({ version: isNew ? 'NEW' : 'LEGACY', sessionId: `session_${i}`, share }));
  return process;
};

describe('evidence of more errors', () => {
  it('is not expected to grow while both services are alike, wherever the ramp stands', () => {
    fc.assert(
      fc.property(errors, share, (before, rho) => {
        const now = errorsOf(before).eValue;
        const ifNew = errorsOf([...before, { isNew: true, share: rho }]).eValue;
        const ifLegacy = errorsOf([...before, { isNew: false, share: rho }]).eValue;
        expect((rho * ifNew + (1 - rho) * ifLegacy) / now).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is the same in another order, and its peak is never below it', () => {
    fc.assert(
      fc.property(errors, (events) => {
        const [forth, back] = [errorsOf(events), errorsOf(events.toReversed())];
        expect(back.eValue / forth.eValue).toBeCloseTo(1, 9);
        expect(forth.peak).toBeGreaterThanOrEqual(Math.max(forth.eValue, 1) * (1 - 1e-12));
      }),
    );
  });

  it('counts a session once, by its first error', () => {
    const process = new ErrorProcess();
    for (let i = 0; i < 50; i += 1) process.add(call({}));
    process.add(call({ version: 'LEGACY' }));
    expect(process.firstErrors).toEqual({ legacy: 0, candidate: 1 });
    expect(process.eValue).toBeLessThan(4);
  });

  it('hears neither of calls that went well, nor of cancelled ones, nor where one service has all the traffic', () => {
    const process = new ErrorProcess();
    process.add(call({ sessionId: 'a', outcome: 'ok' }));
    process.add(call({ sessionId: 'b', outcome: 'cancelled' }));
    process.add(call({ sessionId: 'c', share: 1 }));
    process.add(call({ sessionId: 'd', share: 0, version: 'LEGACY' }));
    expect(process.eValue).toBe(1);
    expect(process.firstErrors).toEqual({ legacy: 0, candidate: 0 });
  });

  it('goes on where the new service has all the traffic, and not by those whom a rule picked out before', () => {
    const everybody = new Date(1_000);
    const process = new ErrorProcess(undefined, ({ at }) => at >= everybody);
    const sessions = Array.from({ length: 300 }, (_, place) => `session_${place}`);
    for (const sessionId of sessions) process.add(call({ version: 'LEGACY', sessionId, outcome: 'ok' }));
    for (const sessionId of sessions) process.add(call({ sessionId: `tester_${sessionId}`, share: 1 }));
    expect(process.eValue).toBe(1);
    expect(process.alone).toBeNull();
    for (const sessionId of sessions) process.add(call({ sessionId, share: 1, at: everybody }));
    expect(process.eValue).toBeGreaterThan(1_000);
    expect(process.alone?.candidate).toEqual({ sessions: 300, failed: 300 });
  });

  it('is a mixture: the mean over the ratios of how much likelier they make what was seen', () => {
    const ratios = [1.25, 1.5, 2, 3, 5, 10];
    const expected =
      ratios.reduce((sum, r) => sum + (r / (0.1 * r + 0.9)) ** 2 / (0.5 * r + 0.5), 0) / ratios.length;
    const found = errorsOf([
      { isNew: true, share: 0.1 },
      { isNew: false, share: 0.5 },
      { isNew: true, share: 0.1 },
    ]);
    expect(found.eValue).toBeCloseTo(expected, 10);
  });

  it('stays a number that JSON can hold', () => {
    const process = new EProcess([10]);
    for (let i = 0; i < 1_000; i += 1) process.add((r) => r);
    expect(process.value).toBe(1e100);
  });
});

describe('evidence of a slower p95', () => {
  const evidenceOf = (outcomes: readonly boolean[], scale = 1): number => {
    const evidence = new P95Evidence();
    for (let i = 1; i <= 200; i += 1) evidence.addLegacy(scale * i);
    for (const slower of outcomes) evidence.addCandidate(scale * (slower ? 1_000 : 1));
    return evidence.eValue;
  };

  it('is not expected to grow while 5 % of the new calls are above the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (before) => {
        const expected = 0.05 * evidenceOf([...before, true]) + 0.95 * evidenceOf([...before, false]);
        expect(expected / evidenceOf(before)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('does not depend on the unit of time', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (outcomes) => {
        expect(evidenceOf(outcomes, 0.001)).toBe(evidenceOf(outcomes));
      }),
    );
  });

  it('waits until 200 legacy calls are known, and then judges by 1.1 times their upper limit', () => {
    const evidence = new P95Evidence();
    for (let i = 1; i <= 199; i += 1) evidence.addLegacy(i);
    evidence.addCandidate(1_000);
    expect(evidence.judged).toBe(0);
    evidence.addLegacy(200);
    // Rank ceil(0.95 n + 1.645 sqrt(0.0475 n)) of 200 is 196.
    evidence.addCandidate(1.1 * 196);
    expect(evidence).toMatchObject({ judged: 1, slower: 0 });
    evidence.addCandidate(1.1 * 196 + 0.001);
    expect(evidence).toMatchObject({ judged: 2, slower: 1 });
  });
});

describe('the split', () => {
  const splitOf = (candidates: number, sessions: number, expectedShare: number | null, share = 0.1) => {
    const split = new Split(expectedShare);
    for (let i = 0; i < sessions; i += 1)
      for (const outcome of ['ok', 'error'] as const)
        split.add(
          call({ sessionId: `session_${i}`, version: i < candidates ? 'NEW' : 'LEGACY', share, outcome }),
        );
    return split.check();
  };

  it('counts sessions, and is sound where chance explains it', () => {
    expect(splitOf(115, 1_000, null)).toMatchObject({ sessions: 1_000, candidate: 115 });
    expect(splitOf(115, 1_000, null).expected).toBeCloseTo(100, 9);
    expect(splitOf(115, 1_000, null).pValue).toBeCloseTo(0.1138, 4);
    expect(splitOf(131, 1_000, null)).toMatchObject({ sound: true });
  });

  it('is not where chance would do it less than once in a thousand times', () => {
    expect(splitOf(132, 1_000, null)).toMatchObject({ sound: false });
    expect(splitOf(50, 1_000, null)).toMatchObject({ sound: false });
    expect(splitOf(115, 1_000, 0.2)).toMatchObject({ sound: false });
    expect(splitOf(115, 1_000, 0.2).expected).toBeCloseTo(200, 9);
  });

  it('says nothing where one service gets everything, or where hardly any session is expected', () => {
    expect(splitOf(1_000, 1_000, 1)).toMatchObject({ pValue: null, sound: true, sessions: 0 });
    expect(splitOf(1_000, 1_000, null, 1)).toMatchObject({ pValue: null, sound: true, sessions: 0 });
    expect(splitOf(4, 40, null)).toMatchObject({ pValue: null, sound: true });
  });

  it('adds up the shares of a flag that moves', () => {
    const split = new Split(null);
    for (let i = 0; i < 200; i += 1)
      split.add(
        call({ sessionId: `s${i}`, version: i % 10 < 3 ? 'NEW' : 'LEGACY', share: i < 100 ? 0.1 : 0.5 }),
      );
    const check = split.check();
    expect(check.expected).toBeCloseTo(60, 9);
    expect(check).toMatchObject({ candidate: 60, sound: true });
  });
});
