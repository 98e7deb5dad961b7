import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/services/models/clients.ts';
import { monotonicClock } from '../../../src/services/models/clock.ts';
import { MemoryLedger } from '../../../src/services/models/ledger.ts';
import { Limiter } from '../../../src/services/models/limiter.ts';
import { fullLevels, type Limits, take } from '../../../src/services/models/limits.ts';
import { SharedLedger } from '../../../src/services/models/shared-ledger.ts';
import type { Store } from '../../../src/store/index.ts';
import { after, said, silence, startProvider } from '../../support/provider.ts';
import { describeOnServer, type TestDatabase } from '../../support/stores.ts';
import { generous, hastyClock, KEY, models, patient, request } from './models.ts';

/** The most that came in any stretch of time beyond what burst and rate allow; 0 or less: the limit held. */
function excess(
  times: number[],
  { requestsPerSecond, burst }: Pick<Limits, 'requestsPerSecond' | 'burst'>,
): number {
  const sorted = times.toSorted((a, b) => a - b);
  let worst = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < sorted.length; from += 1)
    for (let to = from; to < sorted.length; to += 1) {
      const allowed = burst + ((sorted[to]! - sorted[from]!) / 1000) * requestsPerSecond;
      worst = Math.max(worst, to - from + 1 - allowed);
    }
  return worst;
}

const limits = fc.record({
  requestsPerSecond: fc.double({ min: 0.05, max: 50, noNaN: true }),
  burst: fc.integer({ min: 1, max: 20 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  tokensPerMinute: fc.option(fc.integer({ min: 100, max: 10_000 })),
});

describe('the limits', () => {
  it('hold in every stretch of time, and waste nothing', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(limits, gaps, (bounds, waits) => {
        const tight = { ...bounds, tokensPerMinute: null };
        const granted: number[] = [];
        let now = 1_000;
        let levels = fullLevels(tight, now);
        for (const wait of waits) {
          now += wait;
          let verdict = take(levels, tight, { tokens: 0, inFlight: 0 }, now);
          if (verdict.waitMs > 0) {
            // More than a millisecond earlier would be too early; what it says is enough.
            const early = take(
              verdict.levels,
              tight,
              { tokens: 0, inFlight: 0 },
              now + verdict.waitMs - 1.001,
            );
            expect(early.waitMs).toBeGreaterThan(0);
            now += verdict.waitMs;
            verdict = take(verdict.levels, tight, { tokens: 0, inFlight: 0 }, now);
          }
          expect(verdict.waitMs).toBe(0);
          levels = verdict.levels;
          granted.push(now);
        }
        expect(excess(granted, tight)).toBeLessThan(1e-6);
      }),
    );
  });

  it('agree with a simple model of two buckets and a count', () => {
    const steps = fc.array(
      fc.record({ elapsed: fc.integer({ min: 0, max: 30_000 }), tokens: fc.integer({ min: 0, max: 500 }) }),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(limits, steps, (bounds, asks) => {
        const capacity = bounds.tokensPerMinute;
        let now = 0;
        let levels = fullLevels(bounds, now);
        const model = { requests: bounds.burst, tokens: capacity ?? 0, inFlight: 0 };
        for (const { elapsed, tokens } of asks) {
          now += elapsed;
          model.requests = Math.min(
            bounds.burst,
            model.requests + (elapsed / 1000) * bounds.requestsPerSecond,
          );
          model.tokens = Math.min(capacity ?? 0, model.tokens + (elapsed / 60_000) * (capacity ?? 0));
          const fits =
            model.inFlight < bounds.concurrency &&
            model.requests > 1 - 1e-9 &&
            (capacity === null || model.tokens > Math.min(tokens, capacity) - 1e-9);
          const verdict = take(levels, bounds, { tokens, inFlight: model.inFlight }, now);
          levels = verdict.levels;

          // Within a rounding error both are right.
          const close = Math.abs(model.requests - 1) < 1e-6 || Math.abs(model.tokens - tokens) < 1e-6;
          if (!close) expect(verdict.waitMs === 0).toBe(fits);
          if (verdict.waitMs > 0) continue;
          model.requests -= 1;
          if (capacity !== null) model.tokens -= tokens;
          model.inFlight = (model.inFlight + 1) % (bounds.concurrency + 1);
        }
      }),
    );
  });

  it('are not moved by a clock that jumps', () => {
    const bounds = { requestsPerSecond: 1, burst: 2, concurrency: 9, tokensPerMinute: null };
    const ask = { tokens: 0, inFlight: 0 };
    const spent = { ...fullLevels(bounds, 1_000_000), requests: 0 };

    const ahead = take(spent, bounds, ask, 1_000_000 + 86_400_000);
    expect(ahead.levels.requests).toBe(1);
    const back = take(spent, bounds, ask, 1_000_000 - 86_400_000);
    expect(back.waitMs).toBe(1_000);
    const paused = take({ ...spent, pausedUntil: 1_005_000 }, bounds, ask, 400_000);
    expect(paused.waitMs).toBe(5_000);
  });

  it('let a call through that is larger than a minute’s tokens, and pay it off', () => {
    const bounds = { requestsPerSecond: 10, burst: 10, concurrency: 9, tokensPerMinute: 600 };
    const first = take(fullLevels(bounds, 0), bounds, { tokens: 1_200, inFlight: 0 }, 0);
    expect(first.waitMs).toBe(0);
    expect(take(first.levels, bounds, { tokens: 1, inFlight: 0 }, 0).waitMs).toBe(60_100);
  });
});

describe('a provider within limits', () => {
  it('never sees more requests than its rate and burst', async () => {
    const bounds = { requestsPerSecond: 0.05, burst: 3 };
    const clock = hastyClock(86_400_000);
    const times: number[] = [];
    await using provider = await startProvider((exchange, response) => {
      times.push(clock.now());
      return said('fine')(exchange, response);
    });
    // One at a time, so that what is measured at the provider is not when sockets are opened.
    const model = models(provider.url, {
      ...bounds,
      clock,
      concurrency: 1,
      deadlineMs: 86_400_000,
    }).languageModel();
    await Promise.all(Array.from({ length: 30 }, () => model.text(request, patient())));

    expect(times).toHaveLength(30);
    // Three at once, then three a minute: nine minutes, of which hardly a second is real.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(27 * 20_000 - 1_000);
    expect(excess(times, bounds)).toBeLessThan(0.1);
  });

  it('sees them spread over real time too', async () => {
    await using provider = await startProvider(said('fine'));
    const model = models(provider.url, { requestsPerSecond: 40, burst: 5 }).languageModel();
    const began = performance.now();
    await Promise.all(Array.from({ length: 25 }, () => model.text(request, patient())));
    expect(performance.now() - began).toBeGreaterThan(490);
  });

  it('never sees more at a time than allowed', async () => {
    await using provider = await startProvider(after(5, said('fine')));
    const model = models(provider.url, { concurrency: 3 }).languageModel();
    await Promise.all(Array.from({ length: 30 }, () => model.text(request, patient())));

    expect(provider.mostAtOnce()).toBe(3);
    expect(provider.exchanges).toHaveLength(30);
  });

  it('is not asked by more than the queue holds', async () => {
    await using provider = await startProvider(silence);
    const layer = models(provider.url, { concurrency: 1, longestQueue: 2, requestsPerSecond: 0.5 });
    const caller = new AbortController();
    const ask = () => layer.languageModel().text(request, caller.signal);
    const first = ask();
    while (provider.exchanges.length === 0) await new Promise((next) => setTimeout(next, 5));
    const waiting = [first, ask(), ask()];
    for (const call of waiting) call.catch(() => {});
    await new Promise((next) => setTimeout(next, 20));

    expect(layer.waiting()).toBe(2);
    await expect(ask()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 4 });

    caller.abort(new Error('enough'));
    for (const call of waiting) await expect(call).rejects.toThrow('enough');
    expect(layer.waiting()).toBe(0);
    expect(provider.exchanges).toHaveLength(1);
  });

  it('that is slower than the caller’s patience refuses at once', async () => {
    await using provider = await startProvider(said('fine'));
    const model = models(provider.url, {
      requestsPerSecond: 0.05,
      burst: 1,
      deadlineMs: 5_000,
    }).languageModel();
    await model.text(request, patient());

    const began = performance.now();
    await expect(model.text(request, patient())).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 20,
    });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('sees no more tokens than its minute allows', async () => {
    await using provider = await startProvider(said('fine'));
    // Each reserves a little over 1,000 and is settled at 18.
    const model = models(provider.url, { tokensPerMinute: 1_100, deadlineMs: 5_000 }).languageModel();
    for (let i = 0; i < 5; i += 1) await model.text(request, patient());
    await expect(
      Promise.all(Array.from({ length: 3 }, () => model.text(request, patient()))),
    ).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('waiting in line', () => {
  it('is first come, first served, and giving up leaves no gap', async () => {
    const bounds: Limits = { requestsPerSecond: 100, burst: 1, concurrency: 1, tokensPerMinute: null };
    const ledger = new MemoryLedger(bounds, () => monotonicClock.now());
    const limiter = new Limiter({ ...bounds, ledger, clock: monotonicClock, longestQueue: 100 });
    const order: number[] = [];
    const impatient = new AbortController();
    const calls = Array.from({ length: 9 }, async (_, index) => {
      const permit = await limiter.enter(0, 5_000, index % 3 === 1 ? impatient.signal : patient());
      order.push(index);
      await permit.settle(0);
    });
    impatient.abort(new Error('enough'));

    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      true,
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(order).toEqual([0, 2, 3, 5, 6, 8]);
  });
});

describeOnServer('several processes on one database', (create) => {
  let database: TestDatabase;
  let stores: [Store, Store];
  beforeAll(async () => {
    database = await create();
    stores = [await database.open(), await database.open()];
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  it.each([
    ['burst', { requestsPerSecond: 0.001, burst: 7 }],
    ['calls at a time', { concurrency: 7 }],
    ['tokens', { tokensPerMinute: 7 }],
  ])('grant exactly as much together as one alone: %s', async (name, bounds) => {
    const ledgers = stores.map(
      ({ db }) =>
        new SharedLedger({
          db,
          name,
          limits: { ...generous, ...bounds },
          onTrouble: (error) => expect.unreachable(String(error)),
        }),
    );
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ledgers[index % 2]!.ask(1)));

    const grants = answers.filter((answer) => 'id' in answer);
    expect(grants).toHaveLength(7);
    await Promise.all(
      answers.map((answer, index) => 'id' in answer && ledgers[index % 2]!.settle(answer, 1)),
    );
  });

  it('keep the limits together', async () => {
    await using provider = await startProvider(after(20, said('fine')));
    const bounds = { requestsPerSecond: 40, burst: 4, concurrency: 3 };
    const layers = stores.map(({ db }) => models(provider.url, { ...bounds, db }));
    const calls = layers.flatMap((layer) =>
      Array.from({ length: 12 }, () => layer.languageModel().text(request, patient())),
    );
    const began = performance.now();
    await Promise.all(calls);

    // Four at once, then forty a second.
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(provider.exchanges).toHaveLength(24);
    expect(provider.mostAtOnce()).toBe(3);

    const { db } = stores[0];
    expect(await db.selectFrom('model_calls').selectAll().execute()).toEqual([]);
  });

  it('all hold back when one of them is told to', async () => {
    await using provider = await startProvider((exchange, response) => {
      response.writeHead(429, { 'retry-after-ms': '500' });
      response.end();
      exchange.at = performance.now();
    }, said('fine'));
    const [one, two] = stores.map(({ db }) => models(provider.url, { db }).languageModel());
    const first = one!.text(request, patient());
    while (provider.exchanges.length === 0) await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, 100));
    await Promise.all([first, two!.text(request, patient())]);

    const [refused, ...rest] = provider.exchanges.map(({ at }) => at);
    for (const at of rest) expect(at - refused!).toBeGreaterThan(450);
  });

  it('forget the calls of a process that died', async () => {
    await using provider = await startProvider(said('fine'));
    const { db } = stores[0];
    const model = models(provider.url, { db, concurrency: 1 }).languageModel();
    await model.text(request, patient());
    const name = fingerprint({ apiKey: KEY, baseUrl: provider.url });
    await db
      .insertInto('model_calls')
      .values({ id: 'left behind', limit_name: name, holder: 'dead', expires_ms: Date.now() + 300 })
      .execute();

    const began = performance.now();
    expect((await model.text(request, patient())).value).toBe('fine');
    expect(performance.now() - began).toBeGreaterThan(100);
  });

  it('keep no key in the database', async () => {
    await using provider = await startProvider(said('fine'));
    await models(provider.url, { db: stores[0].db }).languageModel().text(request, patient());
    const rows = await stores[0].db.selectFrom('model_limits').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('test-key');
  });
});
