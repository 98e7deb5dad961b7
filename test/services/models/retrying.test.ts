import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../../src/services/models/retrying.ts';
import {
  after,
  delta,
  done,
  failing,
  resetting,
  said,
  silence,
  startProvider,
  streaming,
} from '../../support/provider.ts';
import { hastyClock, models, patient, request } from './models.ts';

describe('a provider that has a bad moment', () => {
  it.each([408, 409, 429, 500, 502, 503, 504])('is asked again after %d', async (status) => {
    await using provider = await startProvider(failing(status), failing(status), said('back'));
    const reply = await models(provider.url).languageModel().text(request, patient());

    expect(reply.value).toBe('back');
    expect(provider.exchanges).toHaveLength(3);
  });

  it('is asked again after a torn connection', async () => {
    await using provider = await startProvider(resetting, said('back'));
    expect((await models(provider.url).languageModel().text(request, patient())).value).toBe('back');
  });

  it('is given up after as many tries as configured', async () => {
    await using provider = await startProvider(failing(500));
    const model = models(provider.url, { maxRetries: 2 }).languageModel();

    await expect(model.text(request, patient())).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      status: 500,
    });
    expect(provider.exchanges).toHaveLength(3);
  });

  it('that does not listen at all is reported with the cause', async () => {
    const provider = await startProvider(silence);
    await provider[Symbol.asyncDispose]();
    const model = models(provider.url, { maxRetries: 1 }).languageModel();
    await expect(model.text(request, patient())).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      outcomeUnknown: false,
      message: 'The provider cannot be reached: ECONNREFUSED.',
    });
  });

  it.each([400, 401, 403, 413, 422])('is not asked again after %d', async (status) => {
    await using provider = await startProvider(failing(status));
    await expect(models(provider.url).languageModel().text(request, patient())).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      status,
    });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('is not asked again where the quota is spent', async () => {
    await using provider = await startProvider(
      failing(429, { 'retry-after': '1' }, { code: 'insufficient_quota' }),
    );
    await expect(models(provider.url).languageModel().text(request, patient())).rejects.toMatchObject({
      code: 'MODEL_QUOTA_SPENT',
    });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('backs off by growing, random times', async () => {
    await using provider = await startProvider(failing(500));
    const clock = hastyClock();
    const layer = models(provider.url, { clock, maxRetries: 4, random: () => 0.5 });
    await layer
      .languageModel()
      .text(request, patient())
      .catch(() => {});

    expect(clock.slept).toEqual([250, 500, 1_000, 2_000]);
  });
});

describe('a provider that says when to come back', () => {
  it('is left alone for so long, also for more than a minute', async () => {
    await using provider = await startProvider(failing(429, { 'retry-after': '120' }), said('back'));
    const clock = hastyClock(600_000);
    const model = models(provider.url, { clock, deadlineMs: 600_000 }).languageModel();

    expect((await model.text(request, patient())).value).toBe('back');
    expect(clock.slept).toContain(120_000);
  });

  it('is left alone by everybody else too', async () => {
    await using provider = await startProvider(failing(429, { 'retry-after': '0.4' }), said('back'));
    const model = models(provider.url).languageModel();
    const first = model.text(request, patient());
    while (provider.exchanges.length < 1) await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, 50));
    await Promise.all([first, ...Array.from({ length: 5 }, () => model.text(request, patient()))]);

    const [refused, ...rest] = provider.exchanges.map(({ at }) => at);
    expect(rest).toHaveLength(6);
    for (const at of rest) expect(at - refused!).toBeGreaterThanOrEqual(380);
  });

  it('later than the deadline is not waited for: the caller learns when', async () => {
    await using provider = await startProvider(failing(429, { 'retry-after': '900' }));
    const model = models(provider.url).languageModel();
    await expect(model.text(request, patient())).rejects.toMatchObject({
      code: 'MODEL_RATE_LIMITED',
      retryAfterSeconds: 900,
    });
    // And nobody asks in vain until then.
    await expect(model.text(request, patient())).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 900,
    });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('is understood in seconds, milliseconds and dates, by the provider’s clock', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const read = (headers: Record<string, string>) => readRetryAfter(new Headers(headers), now);

    expect(read({ 'retry-after': '90' })).toBe(90);
    expect(read({ 'retry-after-ms': '1500', 'retry-after': '90' })).toBe(1.5);
    expect(read({ 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' })).toBe(120);
    // A provider whose clock runs an hour ahead of ours.
    expect(
      read({ 'retry-after': 'Thu, 01 Jan 2026 01:00:30 GMT', date: 'Thu, 01 Jan 2026 01:00:00 GMT' }),
    ).toBe(30);
    for (const odd of ['', '-5', 'soon', '1e9', 'NaN', 'Infinity'])
      expect(read({ 'retry-after': odd })).toBeUndefined();
  });

  it('never makes nonsense of a header', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*$/), (value) => {
        const seconds = readRetryAfter(new Headers({ 'retry-after': value }), new Date());
        expect(seconds === undefined || seconds >= 0).toBe(true);
      }),
    );
  });
});

describe('a call that takes too long', () => {
  it('ends at its deadline, and hangs up', async () => {
    await using provider = await startProvider(silence);
    const model = models(provider.url, { deadlineMs: 200 }).languageModel();
    await expect(model.text(request, patient())).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' });
    await provider.exchanges[0]?.hungUp;
  });

  it('ends at its deadline between two tries', async () => {
    await using provider = await startProvider(after(30, failing(500)));
    const model = models(provider.url, { deadlineMs: 250, maxRetries: 1_000 }).languageModel();
    await expect(model.text(request, patient())).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' });
    expect(provider.exchanges.length).toBeLessThan(12);
  });
});

describe('giving up', () => {
  it('hangs up at once, and hands on the reason', async () => {
    await using provider = await startProvider(silence);
    const caller = new AbortController();
    const answer = models(provider.url).languageModel().text(request, caller.signal);
    answer.catch(() => {});
    while (provider.exchanges.length === 0) await new Promise((next) => setTimeout(next, 5));

    const reason = new Error('cancelled by the user');
    const began = performance.now();
    caller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect((await provider.exchanges[0]!.hungUp) - began).toBeLessThan(500);
    expect(provider.exchanges).toHaveLength(1);
  });

  it('works while the next try is waited for', async () => {
    await using provider = await startProvider(failing(429, { 'retry-after': '15' }));
    const caller = new AbortController();
    const answer = models(provider.url).languageModel().text(request, caller.signal);
    answer.catch(() => {});
    while (provider.exchanges.length === 0) await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, 50));

    caller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });

  it('before asking asks nobody', async () => {
    await using provider = await startProvider(said('never'));
    const model = models(provider.url).languageModel();
    await expect(model.text(request, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(provider.exchanges).toHaveLength(0);
  });
});

describe('paying once', () => {
  it('asks a healthy provider once per call, however many there are at once', async () => {
    await using provider = await startProvider(after(10, said('fine')));
    const model = models(provider.url).languageModel();
    await Promise.all(Array.from({ length: 60 }, () => model.text(request, patient())));
    expect(provider.exchanges).toHaveLength(60);
  });

  it('survives a storm of 429: every call ends well, and is answered once', async () => {
    let answered = 0;
    await using provider = await startProvider((exchange, response) => {
      if (exchange.index % 3 !== 2) return failing(429, { 'retry-after': '0.01' })(exchange, response);
      answered += 1;
      return said('fine')(exchange, response);
    });
    const model = models(provider.url, { maxRetries: 200 }).languageModel();
    const replies = await Promise.all(Array.from({ length: 30 }, () => model.text(request, patient())));

    expect(replies.map(({ value }) => value)).toEqual(Array(30).fill('fine'));
    expect(answered).toBe(30);
  });

  it('asks again for a stream that broke before its first word', async () => {
    await using provider = await startProvider(streaming([], 'cut'), streaming([delta('whole'), done]));
    const pieces = [];
    for await (const piece of models(provider.url).languageModel().stream(request, patient()))
      pieces.push(piece);
    expect(pieces).toEqual([{ text: 'whole' }, { usage: { inputTokens: 11, outputTokens: 7 } }]);
  });
});
