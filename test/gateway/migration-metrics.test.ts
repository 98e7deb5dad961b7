import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const token = 'token-of-ada-0123456';
const dashboard = JSON.parse(
  readFileSync(new URL('../../docs/grafana-dashboard.json', import.meta.url), 'utf8'),
) as { panels: { targets: { expr: string }[] }[] };

describe('the metrics', () => {
  let gateway: TestGateway;
  const metrics = async (authorization = `Bearer ${token}`) =>
    fetch(new URL('/metrics', gateway.url), { headers: { authorization } });
  beforeAll(async () => {
    gateway = await startGateway({
      listens: true,
      environment: { AUTH_TOKENS: `ada=${token}`, SHADOW_SAMPLE_PERCENT: 'watch=100' },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('tell requests, durations by service, sessions and memory, with the legacy system’s labels', async () => {
    const ask = (query: string, variables: object = {}) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      }).then((answer) => answer.json() as Promise<{ data: Record<string, { id: string }> }>);
    const { data } = await ask('mutation { createSession { ... on Session { id } } }');
    await ask(
      `mutation($id: ID!) { sendMessage(input: { sessionId: $id, message: "hello" }) { ... on ChatTurn { reply } } }`,
      { id: data.createSession?.id },
    );
    await fetch(new URL('/nothing/here', gateway.url));

    const answer = await metrics();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await answer.text();
    expect(text).toContain('app_requests_total{endpoint="chat",method="reply",status="success"} 1');
    expect(text).toContain('app_requests_total{endpoint="/graphql",method="POST",status="success"} 2');
    expect(text).toContain('app_requests_total{endpoint="other",method="GET",status="error"} 1');
    expect(text).toContain('app_request_duration_seconds_count{endpoint="chat",service_version="legacy"} 1');
    expect(text).toContain('app_active_sessions 1');
    expect(text).toMatch(/^app_memory_usage_bytes [1-9]\d{6,}$/m);
    expect(text).toContain('# TYPE signalbox_jobs gauge');
    expect(text).toMatch(/^signalbox_job_events [1-9]/m);
    expect(text).toContain('signalbox_breaker_state{feature="CHAT",state="closed"} 1');
    expect(text).toContain('signalbox_feature_rollout_percentage{feature="UTILS"} 100');
    expect(text).toContain('signalbox_service_calls_total{feature="CHAT",service_version="legacy"} 1');
    expect(text).toContain('signalbox_shadow_replies_total{outcome="queueFull"} 0');
  });

  it('are told to those who may call, and to nobody else', async () => {
    expect((await metrics('Bearer somebody-else-entirely')).status).toBe(401);
    const posted = await fetch(new URL('/metrics', gateway.url), { method: 'POST' });
    expect(posted.status).toBe(405);
  });

  it('have every name that the dashboard uses, and the dashboard uses every name', async () => {
    const text = await (await metrics()).text();
    const told = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const asked = new Set(
      dashboard.panels
        .flatMap(({ targets }) => targets)
        .flatMap(({ expr }) => expr.match(/\b(?:app|signalbox)_[a-z_]+/g) ?? [])
        .map((name) => name.replace(/_bucket$/, '')),
    );
    expect([...asked].filter((name) => !told.has(name))).toEqual([]);
    expect([...told].filter((name) => !asked.has(name ?? ''))).toEqual([]);
  });
});
