import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/errors.ts';
import type { Call } from '../../../src/migration/verdicts/index.ts';
import { memorySamples, report, since, traffic, until } from './traffic.ts';

const MIB = 2 ** 20;
const rulesOf = ({ recommendation }: ReturnType<typeof report>) =>
  recommendation.issues.map(({ rule, evidence }) => `${rule} ${evidence}`);

describe('two services that are alike, after enough calls', () => {
  // No errors at all, so that chance does not make the error rate go up.
  const calls = traffic({ requests: 8_000 });

  it('are recommended, and promoted', () => {
    const { recommendation, evidence } = report(calls, { steps: 3 });
    expect(recommendation).toMatchObject({ status: 'READY', action: 'PROMOTE', issues: [] });
    expect(recommendation.reasons).toHaveLength(1);
    expect(evidence).toMatchObject({
      enoughData: true,
      missing: { legacy: { requests: 0, sessions: 0 }, candidate: { requests: 0, sessions: 0 } },
      responseTime: { evidence: 'CLEARED', clearance: { moreNeeded: { legacy: 0, candidate: 0 } } },
      errors: { evidence: 'UNCONFIRMED', eValue: 1, threshold: 60 },
      split: { sound: true },
      memory: null,
    });
  });

  it('have the legacy dashboard’s words in Japanese', () => {
    expect(report(calls, { language: 'ja' }).recommendation.message).toBe('新サービスへの移行を推奨します');
  });

  it('are described: calls, sessions, percentiles, and improvements in percent of the legacy value', () => {
    const { responseTime, errorRate, memoryUsage, firstText, feature } = report(calls);
    expect(feature).toBe('CHAT');
    const { legacy, candidate, improvementP95 } = responseTime;
    expect(legacy.requests + candidate.requests).toBe(8_000);
    expect(legacy.sessions + candidate.sessions).toBe(2_000);
    expect(improvementP95).toBeCloseTo((100 * (legacy.p95Ms! - candidate.p95Ms!)) / legacy.p95Ms!, 9);
    expect(legacy.p50Ms! < legacy.p95Ms! && legacy.p95Ms! < legacy.p99Ms!).toBe(true);
    expect(firstText.legacy.p95Ms).toBeCloseTo(legacy.p95Ms! / 4, 6);
    expect(errorRate).toEqual({ legacy: 0, candidate: 0, improvement: 0 });
    expect(memoryUsage).toEqual({ legacyBytes: null, candidateBytes: null, improvement: null });
  });

  it('are held back while the response time is not cleared, and it is said how many calls are missing', () => {
    const { recommendation, evidence } = report(traffic({ seed: 4, requests: 900, callsPerSession: 1 }));
    expect(recommendation).toMatchObject({ status: 'READY', action: 'HOLD', issues: [] });
    expect(evidence.responseTime.evidence).toBe('UNCONFIRMED');
    const more = evidence.responseTime.clearance!.moreNeeded!.candidate;
    expect(more).toBeGreaterThan(0);
    expect(recommendation.reasons).toEqual([expect.stringContaining(`about ${more} more calls`)]);
  });

  it('need stricter clearing the more steps the ramp has', () => {
    const few = report(calls, { steps: 1 }).evidence.responseTime.clearance!;
    const many = report(calls, { steps: 10 }).evidence.responseTime.clearance!;
    expect([few.threshold, many.threshold]).toEqual([0.05, 0.005]);
  });
});

describe('a service that is worse', () => {
  it('is rolled back when its errors are confirmed', () => {
    const found = report(
      traffic({ share: () => 0.1, legacy: { errors: 0.01 }, candidate: { errors: 0.2 } }),
      { language: 'ja' },
    );
    expect(found.recommendation).toMatchObject({
      status: 'NOT_READY',
      action: 'ROLLBACK',
      message: '以下の問題を解決してください',
      issues: [{ rule: 'ERROR_RATE', message: 'エラー率が増加', evidence: 'CONFIRMED' }],
    });
    expect(found.recommendation.reasons).toEqual([expect.stringContaining('エラー率が増加')]);
  });

  it('is rolled back at once when every call fails, however few there were', () => {
    const { recommendation, evidence } = report(
      traffic({ requests: 60, callsPerSession: 1, share: () => 0.1, candidate: { errors: 1 } }),
    );
    expect(evidence.enoughData).toBe(false);
    expect(recommendation.action).toBe('ROLLBACK');
    expect(recommendation.issues.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['ERROR_RATE', 'SAMPLE_SIZE']),
    );
  });

  it('is rolled back when it is slower for sure', () => {
    const found = report(traffic({ candidate: { ms: 1_600 } }), { language: 'ja' });
    expect(found.recommendation.action).toBe('ROLLBACK');
    expect(found.recommendation.issues).toEqual(
      expect.arrayContaining([
        { rule: 'RESPONSE_TIME', message: 'レスポンスタイムが10%以上劣化', evidence: 'CONFIRMED' },
      ]),
    );
  });

  it('is rolled back when only its first text comes later', () => {
    const found = report(traffic({ candidate: { firstText: 0.9 } }));
    expect(rulesOf(found)).toEqual(['TIME_TO_FIRST_TEXT CONFIRMED']);
    expect(found.recommendation.action).toBe('ROLLBACK');
    expect(found.evidence.responseTime.evidence).not.toBe('CONFIRMED');
  });

  it('is held where chance explains it: a rule is broken, and nothing is confirmed', () => {
    const found = report(
      traffic({ seed: 2, requests: 3_000, legacy: { errors: 0.02 }, candidate: { errors: 0.022 } }),
    );
    expect(rulesOf(found)).toEqual(['ERROR_RATE UNCONFIRMED']);
    expect(found.recommendation).toMatchObject({ status: 'NOT_READY', action: 'HOLD' });
    expect(found.recommendation.reasons[0]).toMatch(/^Chance can explain it \(evidence [\d.]+ of 60\)/);
  });

  it('stays confirmed when the calls after look better', () => {
    const [bad, good] = [
      traffic({ requests: 2_000, candidate: { errors: 0.2 } }),
      traffic({ seed: 9, requests: 20_000 }),
    ];
    const half = (until.getTime() - since.getTime()) / 2;
    const later = good.map((call) => ({
      ...call,
      sessionId: `later_${call.sessionId}`,
      at: new Date(since.getTime() + half + (call.at.getTime() - since.getTime()) / 2),
      outcome: call.version === 'LEGACY' && call.durationMs > 1_000 ? ('error' as const) : call.outcome,
    }));
    const earlier = bad.map((call) => ({
      ...call,
      at: new Date(since.getTime() + (call.at.getTime() - since.getTime()) / 2),
    }));
    const { evidence, errorRate } = report([...later, ...earlier]);
    expect(errorRate.candidate!).toBeLessThan(errorRate.legacy!);
    expect(evidence.errors.eValue).toBeLessThan(1);
    expect(evidence.errors).toMatchObject({ evidence: 'CONFIRMED', peak: expect.any(Number) });
  });
});

describe('too little data', () => {
  it('never passes: not without a call at all', () => {
    const found = report([]);
    expect(rulesOf(found)).toEqual(['SAMPLE_SIZE INSUFFICIENT_DATA']);
    expect(found.recommendation).toMatchObject({ status: 'NOT_READY', action: 'HOLD' });
    expect(found.evidence.missing.candidate).toEqual({ requests: 300, sessions: 50 });
    expect(found.responseTime.legacy).toEqual({
      requests: 0,
      sessions: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
    });
    expect(found.errorRate).toEqual({ legacy: null, candidate: null, improvement: null });
    expect(found.distribution).toEqual({ edgesMs: [], legacy: [], candidate: [] });
    expect(JSON.parse(JSON.stringify(found)).evidence.responseTime.eValue).toBe(1);
  });

  it('is fewer than 300 calls of one service, or 50 sessions', () => {
    const few = report(traffic({ requests: 2_000, share: () => 0.1 }));
    expect(rulesOf(few)).toContain('SAMPLE_SIZE INSUFFICIENT_DATA');
    expect(few.evidence.missing.legacy).toEqual({ requests: 0, sessions: 0 });
    expect(few.evidence.missing.candidate.requests).toBe(300 - few.responseTime.candidate.requests);

    const crowded = report(traffic({ requests: 4_000, callsPerSession: 100 }));
    expect(crowded.evidence.missing.candidate.requests).toBe(0);
    expect(crowded.evidence.missing.candidate.sessions).toBeGreaterThan(0);
    expect(crowded.recommendation.action).toBe('HOLD');
  });

  it('is what is left of one service when the other has all the traffic', () => {
    const found = report(traffic({ requests: 4_000, share: () => 1 }));
    expect(found.recommendation.action).toBe('HOLD');
    expect(found.evidence.errors.eValue).toBe(1);
  });
});

describe('what counts', () => {
  const calls = traffic({ requests: 2_000 });
  const counted = ({ responseTime, errorRate, evidence, recommendation }: ReturnType<typeof report>) => ({
    responseTime,
    errorRate,
    latency: evidence.responseTime,
    errors: evidence.errors,
    action: recommendation.action,
  });

  it('is not what was cancelled', () => {
    const cancelled = calls.map(
      (call): Call => ({ ...call, durationMs: 90_000, firstTextMs: null, outcome: 'cancelled' }),
    );
    expect(counted(report([...calls, ...cancelled]))).toEqual(counted(report(calls)));
  });

  it('is only the period: from its beginning, up to but not including its end', () => {
    const at = (at: Date): Call => ({ ...calls[0]!, outcome: 'error', at });
    const outside = [at(new Date(since.getTime() - 1)), at(until)];
    expect(counted(report([...outside, ...calls]))).toEqual(counted(report(calls)));
    expect(report([at(since)]).errorRate[calls[0]!.version === 'NEW' ? 'candidate' : 'legacy']).toBe(1);
  });

  it('does not depend on the order in which the calls were written down', () => {
    const distinct = calls.map((call, i) => ({ ...call, at: new Date(since.getTime() + 1_000 * i) }));
    expect(report(distinct.toReversed())).toEqual(report(distinct));
  });
});

describe('a split that is not as the flag says', () => {
  it('holds everything, even what looks confirmed, because the evidence rests on it', () => {
    const shifted = traffic({ share: () => 0.3, legacy: { errors: 0.05 }, candidate: { errors: 0.05 } }).map(
      (call) => ({ ...call, share: 0.1 }),
    );
    const found = report(shifted);
    expect(found.evidence.errors.evidence).toBe('CONFIRMED');
    expect(found.recommendation.action).toBe('HOLD');
    expect(rulesOf(found)).toContain('TRAFFIC_SPLIT CONFIRMED');
    expect(found.recommendation.reasons[0]).toContain('the flag promised');
  });

  it('is found against a share that is given, too', () => {
    expect(report(traffic(), { expectedShare: 0.5 }).evidence.split.sound).toBe(true);
    expect(report(traffic(), { expectedShare: 0.4 }).recommendation).toMatchObject({
      status: 'NOT_READY',
      action: 'HOLD',
    });
  });
});

describe('memory', () => {
  const calls = traffic({ requests: 8_000 });
  const bytes = (times: number) => (version: 'LEGACY' | 'NEW', i: number) =>
    (version === 'NEW' ? times : 1) * (200 + (i % 7)) * MIB;

  it('is compared by medians', () => {
    const found = report(calls, { memory: memorySamples(60, bytes(1.1)) });
    expect(found.memoryUsage.legacyBytes).toBe(203 * MIB);
    expect(found.memoryUsage.improvement).toBeCloseTo(-10, 9);
    expect(found.evidence.memory).toMatchObject({ evidence: 'UNCONFIRMED', longestRun: 0 });
    expect(found.evidence.memory?.windows).toHaveLength(2);
    expect(found.recommendation.action).toBe('PROMOTE');
  });

  it('that is 20 % more is an issue at once, and confirmed after three windows in a row', () => {
    const soon = report(calls, { memory: memorySamples(89, bytes(1.3)), language: 'ja' });
    expect(soon.recommendation).toMatchObject({
      action: 'HOLD',
      issues: [{ rule: 'MEMORY_USAGE', message: 'メモリ使用量が20%以上増加', evidence: 'UNCONFIRMED' }],
    });
    const later = report(calls, { memory: memorySamples(90, bytes(1.3)) });
    expect(rulesOf(later)).toEqual(['MEMORY_USAGE CONFIRMED']);
    expect(later.recommendation.action).toBe('ROLLBACK');
  });

  it('is not confirmed by windows with a good one between them', () => {
    const uneven = memorySamples(150, (version, i) => bytes(Math.floor(i / 30) === 2 ? 1 : 1.3)(version, i));
    expect(report(calls, { memory: uneven }).evidence.memory).toMatchObject({
      evidence: 'UNCONFIRMED',
      longestRun: 2,
    });
  });

  it('of the first five minutes, and of samples less than ten seconds apart, does not count', () => {
    const cold = memorySamples(60, bytes(2), 0);
    const warm = cold.filter(({ uptimeSeconds }) => uptimeSeconds >= 300);
    expect(report(calls, { memory: cold }).evidence.memory).toEqual(
      report(calls, { memory: warm }).evidence.memory,
    );
    const hurried = memorySamples(90, bytes(2)).map((sample, i) => ({
      ...sample,
      at: new Date(since.getTime() + 500 * i),
    }));
    expect(report(calls, { memory: hurried }).evidence.memory).toMatchObject({
      evidence: 'INSUFFICIENT_DATA',
      windows: [],
    });
  });

  it('holds the traffic until it was watched for long enough', () => {
    const found = report(calls, { memory: memorySamples(20, bytes(1)) });
    expect(found.evidence.memory?.evidence).toBe('INSUFFICIENT_DATA');
    expect(found.recommendation).toMatchObject({ status: 'READY', action: 'HOLD' });
    expect(found.recommendation.reasons).toEqual(['The memory has not been watched for long enough.']);
  });

  it('is unknown where it is known of one service only', () => {
    const half = memorySamples(60, bytes(1)).filter(({ version }) => version === 'NEW');
    const found = report(calls, { memory: half });
    expect(found.memoryUsage).toEqual({ legacyBytes: null, candidateBytes: null, improvement: null });
    expect(found.evidence.memory).toBeNull();
    expect(found.recommendation.action).toBe('PROMOTE');
  });
});

describe('the distribution', () => {
  it('counts every call in bins of equal ratio', () => {
    const { distribution, responseTime } = report(traffic({ requests: 5_000 }));
    const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
    expect(sum(distribution.legacy)).toBe(responseTime.legacy.requests);
    expect(sum(distribution.candidate)).toBe(responseTime.candidate.requests);
    expect(distribution.edgesMs).toHaveLength(distribution.legacy.length + 1);
    expect(distribution.edgesMs).toEqual(distribution.edgesMs.toSorted((a, b) => a - b));
  });

  it('has at most 40 bins, whatever the times are', () => {
    const calls = traffic({ requests: 400 }).map((call, i) => ({
      ...call,
      durationMs: i === 0 ? 0 : 10 ** (i % 8),
    }));
    const { distribution } = report(calls);
    expect(distribution.legacy.length).toBeLessThanOrEqual(40);
    expect([...distribution.legacy, ...distribution.candidate].reduce((a, b) => a + b)).toBe(400);
  });
});

describe('a hundred thousand calls', () => {
  it('are compared in less than a second', () => {
    const calls = traffic({ requests: 100_000, legacy: { errors: 0.02 }, candidate: { errors: 0.02 } });
    report(calls.slice(0, 10_000));
    // The quickest of three: others use this machine too.
    const durations = [0, 1, 2].map(() => {
      const began = performance.now();
      report(calls);
      return performance.now() - began;
    });
    expect(Math.min(...durations)).toBeLessThan(1_000);
  });
});

describe('nonsense', () => {
  const refused = (change: () => unknown, path: string) => {
    try {
      change();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInputError);
      return expect((error as InvalidInputError).issues.map((issue) => issue.path)).toContain(path);
    }
    return expect.fail(`${path} was taken`);
  };
  const [call] = traffic({ requests: 4 }) as [Call];

  it('is refused, and named', () => {
    refused(() => report([call, { ...call, durationMs: Number.NaN }]), 'calls[1]');
    refused(() => report([{ ...call, durationMs: -1 }]), 'calls[0]');
    refused(() => report([{ ...call, share: 10 }]), 'calls[0]');
    refused(() => report([{ ...call, at: new Date(Number.NaN) }]), 'calls[0]');
    refused(() => report([], { steps: 0 }), 'steps');
    refused(() => report([], { expectedShare: 50 }), 'expectedShare');
    refused(() => report([], { memory: memorySamples(1, () => Number.NaN) }), 'memory[0]');
    refused(() => report(Array(1_000_001).fill(call)), 'calls');
  });
});
