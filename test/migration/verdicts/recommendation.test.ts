import { describe, expect, it } from 'vitest';
import { recommend } from '../../../src/migration/verdicts/recommendation.ts';
import { memorySamples, report, traffic } from './traffic.ts';

const good = report(traffic({ requests: 8_000 }), { memory: memorySamples(60, () => 2 ** 27) });

type Pair = readonly [legacy: number | null, candidate: number | null];

interface Figures {
  p95?: Pair;
  errors?: Pair;
  bytes?: Pair;
}

/** A good comparison, but for the figures that the legacy dashboard looked at. */
const judged = (figures: Figures) => {
  const { p95 = [100, 100], errors = [0.01, 0.01], bytes = [100, 100] } = figures;
  const { legacy, candidate } = good.responseTime;
  return recommend(
    {
      responseTime: {
        ...good.responseTime,
        legacy: { ...legacy, p95Ms: p95[0] },
        candidate: { ...candidate, p95Ms: p95[1] },
      },
      errorRate: { legacy: errors[0], candidate: errors[1], improvement: null },
      memoryUsage: { legacyBytes: bytes[0], candidateBytes: bytes[1], improvement: null },
      evidence: good.evidence,
    },
    'ja',
  );
};

describe('the three rules of the legacy dashboard', () => {
  it('recommend the new service while it is within all of them, up to their very limits', () => {
    const ready = {
      status: 'READY',
      action: 'PROMOTE',
      message: '新サービスへの移行を推奨します',
      issues: [],
    };
    expect(judged({})).toMatchObject(ready);
    expect(judged({ p95: [100, 1.1 * 100], errors: [0.01, 0.01], bytes: [100, 120] })).toMatchObject(ready);
  });

  it.each<{ rule: string; figures: Figures; words: string }>([
    {
      rule: 'RESPONSE_TIME',
      figures: { p95: [100, 110.1] },
      words: 'レスポンスタイムが10%以上劣化',
    },
    { rule: 'ERROR_RATE', figures: { errors: [0.01, 0.010_001] }, words: 'エラー率が増加' },
    { rule: 'ERROR_RATE', figures: { errors: [0, 0.001] }, words: 'エラー率が増加' },
    { rule: 'MEMORY_USAGE', figures: { bytes: [100, 120.1] }, words: 'メモリ使用量が20%以上増加' },
  ])('find $rule just beyond its limit: $figures', ({ rule, figures, words }) => {
    const found = judged(figures);
    expect(found).toMatchObject({
      status: 'NOT_READY',
      action: 'HOLD',
      message: '以下の問題を解決してください',
    });
    expect(found.issues.map(({ rule, message }) => [rule, message])).toEqual([[rule, words]]);
  });

  it('are all named where all are broken, in their order', () => {
    const { issues } = judged({ p95: [100, 200], errors: [0, 1], bytes: [100, 200] });
    expect(issues.map(({ message }) => message)).toEqual([
      'レスポンスタイムが10%以上劣化',
      'エラー率が増加',
      'メモリ使用量が20%以上増加',
    ]);
  });

  it('find nothing where a figure is unknown', () => {
    expect(judged({ p95: [null, 100], errors: [null, 1], bytes: [null, 100] }).issues).toEqual([]);
    expect(judged({ p95: [100, null], errors: [0, null], bytes: [100, null] }).issues).toEqual([]);
  });
});

describe('a comparison of which nothing else is wrong', () => {
  it('passes neither without enough data, nor while a slower response time is not ruled out', () => {
    const { evidence } = good;
    const unclear = { ...evidence.responseTime, evidence: 'UNCONFIRMED' as const };
    expect(recommend(good, 'en')).toMatchObject({ status: 'READY', action: 'PROMOTE' });
    expect(recommend({ ...good, evidence: { ...evidence, enoughData: false } }, 'en')).toMatchObject({
      status: 'NOT_READY',
      action: 'HOLD',
      issues: [{ rule: 'SAMPLE_SIZE', evidence: 'INSUFFICIENT_DATA' }],
    });
    expect(recommend({ ...good, evidence: { ...evidence, responseTime: unclear } }, 'en')).toMatchObject({
      status: 'READY',
      action: 'HOLD',
    });
  });
});
