import { describe, expect, it } from 'vitest';
import { MemorySampler, Reports } from '../../../src/migration/measuring/index.ts';
import { ServiceCalls } from '../../../src/migration/routing/index.ts';
import type { Call } from '../../../src/migration/verdicts/index.ts';
import { failing, raw, startProvider } from '../../support/provider.ts';
import { createEmbedded, silent } from '../../support/stores.ts';

const noon = new Date('2026-03-01T12:00:00Z');
const exposition = (bytes: number) => `# HELP app_memory_usage_bytes Memory usage in bytes
# TYPE app_memory_usage_bytes gauge
app_memory_usage_bytes{pid="1"} ${bytes / 2}
app_memory_usage_bytes{pid="2"} ${bytes / 2}
process_start_time_seconds ${noon.getTime() / 1_000 - 3_600}
`;

describe('the memory of the services', () => {
  it('is sampled from both, and compared where there are samples enough', async () => {
    await using legacy = await startProvider(raw('text/plain', exposition(1e6)));
    const database = await createEmbedded();
    const store = await database.open();
    let at = noon.getTime();
    const now = () => new Date(at);
    const needs = { db: store.db, now, log: silent };
    const sampler = new MemorySampler({ ...needs, legacyUrl: legacy.url });
    const reports = new Reports({ ...needs, calls: new ServiceCalls(needs) });

    await sampler.sample();
    expect(
      await store.db
        .selectFrom('memory_samples')
        .select(['version', 'bytes', 'uptime_seconds'])
        .orderBy('version')
        .execute(),
    ).toEqual([
      { version: 'LEGACY', bytes: 1e6, uptime_seconds: 3_600 },
      { version: 'NEW', bytes: expect.any(Number), uptime_seconds: expect.any(Number) },
    ]);
    // As if this process had run for longer than the warm-up.
    for (let place = 0; place < 40; place += 1) {
      at += 10_000;
      await sampler.sample();
    }
    await store.db
      .updateTable('memory_samples')
      .set({ uptime_seconds: 4_000 })
      .where('version', '=', 'NEW')
      .execute();
    at += 1;
    const { memoryUsage, evidence } = await reports.compare('CHAT');
    expect(memoryUsage.legacyBytes).toBe(1e6);
    expect(memoryUsage.candidateBytes).toBeGreaterThan(1e7);
    expect(evidence.memory).toMatchObject({ evidence: 'UNCONFIRMED', longestRun: 1 });

    at += 8 * 86_400_000;
    expect(await sampler.sweep()).toBe(82);
    await sampler.stop();
    await store.close();
    await database.drop();
  });

  it('is not sampled of one service alone', async () => {
    await using legacy = await startProvider(
      failing(503),
      raw('text/plain', 'unrelated 1\n'),
      raw('text/plain', exposition(1e6)),
    );
    const database = await createEmbedded();
    const store = await database.open();
    const sampler = new MemorySampler({ db: store.db, legacyUrl: legacy.url, now: () => noon, log: silent });
    const samples = async () => (await store.db.selectFrom('memory_samples').select('id').execute()).length;
    await sampler.sample();
    await sampler.sample();
    expect(await samples()).toBe(0);
    await sampler.sample();
    expect(await samples()).toBe(2);
    await sampler.stop();
    await store.close();
    await database.drop();
  });
});

describe('a comparison of very many calls', () => {
  it('takes the newest, and says since when', async () => {
    const database = await createEmbedded();
    const store = await database.open();
    const now = () => noon;
    const calls = new ServiceCalls({ db: store.db, now, log: silent });
    const record = (place: number, version: Call['version']) =>
      calls.record({
        feature: 'CHAT',
        version,
        sessionId: `session_${place}`,
        at: new Date(noon.getTime() - 1_000 * (place + 1)),
        durationMs: 100,
        firstTextMs: null,
        outcome: 'ok',
        fellBack: false,
        error: null,
        share: 0.5,
      });
    for (let place = 0; place < 500; place += 1) record(place, place % 2 === 0 ? 'NEW' : 'LEGACY');
    const needs = { db: store.db, calls, now };
    const whole = await new Reports(needs).compare('CHAT');
    expect(whole.since).toEqual(new Date(noon.getTime() - 86_400_000));
    expect(whole.responseTime.legacy.requests).toBe(250);

    const cut = await new Reports({ ...needs, mostCalls: 100 }).compare('CHAT');
    expect(cut.since).toEqual(new Date(noon.getTime() - 100_000));
    expect(cut.responseTime).toMatchObject({ legacy: { requests: 50 }, candidate: { requests: 50 } });
    await expect(
      new Reports(needs).compare('CHAT', {}, AbortSignal.abort(new Error('left'))),
    ).rejects.toThrow('left');
    await store.close();
    await database.drop();
  });
});
