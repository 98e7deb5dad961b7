import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceVersion } from '../../src/services/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const LATENCY =
  'legacy { requests sessions p50Ms p95Ms p99Ms } candidate { requests sessions p95Ms } improvementP50 improvementP95';
const REPORT = `query($feature: FeatureName!, $since: DateTime, $until: DateTime, $language: ReportLanguage! = EN) {
  comparisonReport(feature: $feature, since: $since, until: $until, language: $language) {
    feature since until
    responseTime { ${LATENCY} } firstText { improvementP95 }
    errorRate { legacy candidate improvement }
    memoryUsage { legacyBytes candidateBytes improvement }
    recommendation { status action message issues { rule message evidence } reasons }
    details markdown text
  }
}`;

const noon = new Date('2026-03-01T12:00:00Z');

/** 600 calls of each service in the hour before noon, six of each session. */
function record(gateway: TestGateway, version: ServiceVersion, durationMs: number, errors: number): void {
  const { calls } = gateway.gateway.migration;
  for (let place = 0; place < 600; place += 1)
    calls.record({
      feature: 'CHAT',
      version,
      sessionId: `${version} ${Math.floor(place / 6)}`,
      at: new Date(noon.getTime() - 3_600_000 + place * 5_000),
      durationMs: durationMs + (place % 10),
      firstTextMs: null,
      outcome: place % 6 === 0 && place / 6 < errors ? 'error' : 'ok',
      fellBack: false,
      error: null,
      share: 0.5,
    });
}

describe('the comparison report', () => {
  let gateway: TestGateway;
  const report = async (variables: object = {}) => {
    const { data, errors } = await gateway.ask(REPORT, { feature: 'CHAT', ...variables });
    expect(errors).toBeUndefined();
    return data.comparisonReport;
  };
  beforeAll(async () => {
    gateway = await startGateway({ now: () => noon });
    record(gateway, 'LEGACY', 100, 0);
    record(gateway, 'NEW', 300, 40);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('tells of the last day what users had of both services, and what to do', async () => {
    const found = await report();
    expect(found).toMatchObject({
      feature: 'CHAT',
      since: '2026-02-28T12:00:00.000Z',
      until: '2026-03-01T12:00:00.000Z',
      responseTime: { legacy: { requests: 600, sessions: 100 }, candidate: { requests: 600, sessions: 100 } },
      errorRate: { legacy: 0, improvement: null },
      memoryUsage: { legacyBytes: null, candidateBytes: null, improvement: null },
      recommendation: {
        status: 'NOT_READY',
        action: 'ROLLBACK',
        issues: [
          { rule: 'RESPONSE_TIME', evidence: 'CONFIRMED' },
          { rule: 'ERROR_RATE', evidence: 'CONFIRMED' },
        ],
      },
    });
    expect(found.errorRate.candidate).toBeCloseTo(40 / 600);
    expect(found.responseTime.improvementP50).toBeLessThan(-150);
    expect(found.details.evidence.errors.peak).toBeGreaterThan(60);
    expect(found.markdown).toContain('<svg');
    expect(found.text).toContain('ROLLBACK: go back to the legacy service');
  });

  it('speaks the legacy system’s own words where it is asked to', async () => {
    const { recommendation } = await report({ language: 'JA' });
    expect(recommendation.message).toBe('以下の問題を解決してください');
    expect(recommendation.issues.map(({ message }: { message: string }) => message)).toEqual([
      'レスポンスタイムが10%以上劣化',
      'エラー率が増加',
    ]);
  });

  it('never passes without data, and refuses a period that is none', async () => {
    const empty = await report({ feature: 'WATCH' });
    expect(empty.recommendation).toMatchObject({
      status: 'NOT_READY',
      action: 'HOLD',
      issues: [{ rule: 'SAMPLE_SIZE', evidence: 'INSUFFICIENT_DATA' }],
    });
    expect(empty.responseTime.legacy).toEqual({
      requests: 0,
      sessions: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
    });
    const { errors } = await gateway.ask(REPORT, { feature: 'CHAT', since: noon, until: noon });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('must be after since'),
      extensions: { code: 'INVALID_INPUT' },
    });
  });
});
