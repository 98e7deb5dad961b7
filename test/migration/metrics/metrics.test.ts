import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Figure, Metrics } from '../../../src/migration/metrics/metrics.ts';
import type { ServiceCall } from '../../../src/migration/routing/index.ts';
import { silent } from '../../support/stores.ts';

const call: ServiceCall = {
  feature: 'CHAT',
  version: 'NEW',
  sessionId: 'session_1',
  at: new Date(),
  durationMs: 1_500,
  firstTextMs: 20,
  outcome: 'error',
  fellBack: true,
  error: 'gone',
  share: 0.1,
};

describe('a figure', () => {
  it('that cannot be read is left out, and logged once, and the others stay', async () => {
    const lines: string[] = [];
    const metrics = new Metrics(pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }));
    const away: Figure = {
      name: 'signalbox_away',
      help: 'Gone.',
      kind: 'gauge',
      read: async () => Promise.reject(new Error('the database is away')),
    };
    metrics.watch([
      away,
      { name: 'signalbox_here', help: 'Here.', kind: 'total', read: () => [{ value: 3 }] },
    ]);
    const { body } = await metrics.text();
    expect(body).toContain('signalbox_here 3');
    expect(body).not.toMatch(/^signalbox_away/m);
    await metrics.text();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the database is away');
  });

  it('is read once, however many ask at a time', async () => {
    let reads = 0;
    const metrics = new Metrics(silent);
    const read = async () => [{ value: ++reads }];
    metrics.watch([{ name: 'signalbox_reads', help: 'Reads.', kind: 'gauge', read }]);
    const bodies = await Promise.all(Array.from({ length: 20 }, () => metrics.text()));
    expect(new Set(bodies.map(({ body }) => /^signalbox_reads (\d+)$/m.exec(body)?.[1]))).toEqual(
      new Set(['1']),
    );
  });
});

describe('a routed call', () => {
  it('counts for its feature and the service that its session was given', async () => {
    const metrics = new Metrics(silent);
    metrics.call(call);
    metrics.call({ ...call, version: 'LEGACY', outcome: 'cancelled', fellBack: false });
    const { body } = await metrics.text();
    expect(body).toContain('app_requests_total{endpoint="chat",method="reply",status="error"} 1');
    expect(body).toContain('app_requests_total{endpoint="chat",method="reply",status="cancelled"} 1');
    expect(body).toContain(
      'app_request_duration_seconds_bucket{le="1",endpoint="chat",service_version="new"} 0',
    );
    expect(body).toContain(
      'app_request_duration_seconds_bucket{le="2.5",endpoint="chat",service_version="new"} 1',
    );
  });
});
