import { expect, it } from 'vitest';
import { Reports } from '../../../src/migration/measuring/index.ts';
import { ServiceCalls } from '../../../src/migration/routing/index.ts';
import { type Call, Comparison } from '../../../src/migration/verdicts/index.ts';
import { type createEmbedded, describeOnStores, silent } from '../../support/stores.ts';
import { since, traffic } from '../verdicts/traffic.ts';

const after = (ms: number) => new Date(since.getTime() + ms);
const signal = new AbortController().signal;

async function startRecorder(create: typeof createEmbedded, kept: number) {
  const database = await create();
  const store = await database.open();
  const calls = new ServiceCalls({ db: store.db, now: () => since, log: silent });
  const reports = new Reports({ db: store.db, calls, now: () => since, kept, mostCalls: kept });
  return {
    reports,
    record(these: readonly Call[]) {
      for (const call of these)
        calls.record({ ...call, feature: 'CHAT', fellBack: call.outcome === 'error', error: null });
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await database.drop();
    },
  };
}

const plan = {
  requests: 3_000,
  legacy: { errors: 0.02, sigma: 0.6 },
  candidate: { errors: 0.04, sigma: 0.6, ms: 900 },
};

describeOnStores('calls that are followed', (create) => {
  it('count once each, however many looks there are and however few of them are kept', async () => {
    await using recorder = await startRecorder(create, 200);
    const calls = traffic(plan);
    const followed = recorder.reports.follow('CHAT', since, 3);
    const hour = 3_600_000;
    const began = after(3 * hour);
    const within = (from: number, to: number) =>
      calls.filter(({ at }) => at >= after(from) && at < after(to));
    for (let at = 0; at < 3; at += 0.5) {
      recorder.record(within(at * hour, (at + 0.5) * hour));
      await followed.look(after((at + 0.5) * hour), signal);
    }
    followed.beginStep(began, 100);
    recorder.record(within(3 * hour, 6 * hour));
    await followed.look(after(5 * hour), signal);
    const look = await followed.look(after(6 * hour), signal);

    const of = (version: Call['version'], from: Date) =>
      calls.filter((call) => call.version === version && call.at >= from).length;
    const all = new Comparison({ expectedShare: null, most: 200, judgesAlone: true });
    for (const call of calls) all.add(call);
    const { evidence, responseTime } = look.whole;
    const asked = {
      feature: 'CHAT',
      since,
      until: after(6 * hour),
      memory: [],
      steps: 3,
      language: 'en',
    } as const;
    expect(evidence).toEqual(all.report(asked).evidence);
    expect(responseTime.legacy.requests).toBe(of('LEGACY', since));
    expect(look.step.responseTime.candidate.requests).toBe(of('NEW', began));

    const again = recorder.reports.follow('CHAT', since, 3);
    again.beginStep(began, 100);
    expect(await again.look(after(6 * hour), signal)).toEqual(look);
  });

  it('count as well where they end long after they began', async () => {
    await using recorder = await startRecorder(create, 200);
    const calls = traffic({ requests: 400 });
    const late = calls.filter((_, place) => place % 7 === 0);
    const minute = 60_000;
    const close = (these: readonly Call[]) =>
      these.map((call) => ({ ...call, at: after((call.at.getTime() - since.getTime()) / 360) }));
    recorder.record(close(calls.filter((call) => !late.includes(call))));
    const followed = recorder.reports.follow('CHAT', since, 3);
    await followed.look(after(2 * minute), signal);
    recorder.record(close(late));
    const { responseTime } = (await followed.look(after(10 * minute), signal)).whole;
    expect(responseTime.legacy.requests + responseTime.candidate.requests).toBe(400);
  });
});
