import { describe, expect, it } from 'vitest';
import {
  chunk,
  completed,
  delta,
  done,
  resetting,
  startProvider,
  streaming,
  trickling,
} from '../../support/provider.ts';
import { models, patient, request, WaitingTime } from './models.ts';

async function read(pieces: AsyncIterable<unknown>) {
  const got: unknown[] = [];
  try {
    for await (const piece of pieces) got.push(piece);
    return { got, error: undefined };
  } catch (error) {
    return { got, error };
  }
}

describe('a stream that breaks', () => {
  it.each([
    ['responses', [delta('Hel'), delta('lo')]],
    ['chat', [chunk('Hel'), chunk('lo')]],
  ] as const)(
    'ends in an error behind what was said, and is not asked for again (%s)',
    async (api, events) => {
      for (const ending of ['end', 'cut'] as const) {
        await using provider = await startProvider(streaming([...events], ending));
        const { got, error } = await read(
          models(provider.url, { api }).languageModel().stream(request, patient()),
        );

        expect(got).toEqual([{ text: 'Hel' }, { text: 'lo' }]);
        expect(error).toMatchObject({ code: 'MODEL_STREAM_CUT' });
        expect(provider.exchanges).toHaveLength(1);
      }
    },
  );

  it('that tells of its failure hands it on', async () => {
    const failed = {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'Out of luck.' } },
    };
    await using provider = await startProvider(streaming([delta('Hel'), failed]));
    const { error } = await read(models(provider.url).languageModel().stream(request, patient()));
    expect(error).toMatchObject({ code: 'MODEL_UNAVAILABLE', message: 'The provider failed: Out of luck.' });
  });

  it('is asked for again where nothing was said yet', async () => {
    const error = { code: 'rate_limit_exceeded', message: 'slow down' };
    await using provider = await startProvider(
      resetting,
      streaming([{ type: 'error', error }]),
      streaming([{ type: 'error', ...error }]),
      streaming([delta('Hi'), done]),
    );
    const { got } = await read(models(provider.url).languageModel().stream(request, patient()));

    expect(got).toEqual([{ text: 'Hi' }, { usage: { inputTokens: 11, outputTokens: 7 } }]);
    expect(provider.exchanges).toHaveLength(4);
  });
});

describe('a chat stream', () => {
  it('asks for its usage, and ends without [DONE] too', async () => {
    const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } };
    await using provider = await startProvider(streaming([chunk('Hi'), chunk('', 'stop'), usage]));
    const { got } = await read(
      models(provider.url, { api: 'chat' }).languageModel().stream(request, patient()),
    );

    expect(got).toEqual([{ text: 'Hi' }, { usage: { inputTokens: 3, outputTokens: 2 } }]);
    expect(provider.exchanges[0]?.body.stream_options).toEqual({ include_usage: true });
  });
});

describe('a slow stream', () => {
  it('arrives byte by byte, characters whole', async () => {
    const body = [delta('日本'), done].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    await using provider = await startProvider(trickling('text/event-stream', body, 1));
    const { got } = await read(models(provider.url).languageModel().stream(request, patient()));
    expect(got).toEqual([{ text: '日本' }, { usage: { inputTokens: 11, outputTokens: 7 } }]);
  });

  it('that never ends is ended by the deadline', async () => {
    await using provider = await startProvider(streaming([delta('Hel')], 'open'));
    const model = models(provider.url, { deadlineMs: 300 }).languageModel();
    const { got, error } = await read(model.stream(request, patient()));

    expect(got).toEqual([{ text: 'Hel' }]);
    expect(error).toMatchObject({ code: 'MODEL_TIMEOUT' });
    await provider.exchanges[0]?.hungUp;
  });
});

describe('leaving a stream', () => {
  it('by the signal hangs up while the next piece is waited for', async () => {
    await using provider = await startProvider(streaming([delta('Hel')], 'open'));
    const caller = new AbortController();
    const pieces = models(provider.url)
      .languageModel()
      .stream(request, caller.signal)
      [Symbol.asyncIterator]();
    expect(await pieces.next()).toEqual({ done: false, value: { text: 'Hel' } });

    const next = pieces.next();
    const reason = new Error('cancelled');
    setTimeout(() => caller.abort(reason), 20);
    await expect(next).rejects.toBe(reason);
    await provider.exchanges[0]?.hungUp;
  });

  it('by leaving the loop hangs up too, and gives the place to the next call', async () => {
    await using provider = await startProvider(
      streaming([delta('Hel'), delta('lo')], 'open'),
      streaming([delta('next'), done]),
    );
    const model = models(provider.url, { concurrency: 1 }).languageModel();
    for await (const _ of model.stream(request, patient())) break;
    await provider.exchanges[0]?.hungUp;

    const { got } = await read(model.stream(request, patient()));
    expect(got[0]).toEqual({ text: 'next' });
  });
});

describe('the time of a call', () => {
  it.each(['stream', 'text'] as const)('tells its wait for our own limits apart (%s)', async (way) => {
    await using provider = await startProvider(
      streaming([delta('Hel')], 'open'),
      way === 'stream' ? streaming([delta('next'), done]) : completed('next'),
    );
    const layer = models(provider.url, { concurrency: 1, api: way === 'stream' ? 'responses' : 'chat' });
    const model = layer.languageModel();
    const holding = layer.languageModel('responses').stream(request, patient())[Symbol.asyncIterator]();
    await holding.next();
    expect(model.deadlineMs).toBe(20_000);

    const time = new WaitingTime();
    const answer =
      way === 'stream'
        ? read(model.stream(request, patient(), time))
        : model.text(request, patient(), time).then(({ value }) => ({ got: [{ text: value }] }));
    await expect.poll(() => time.waiting).toBe(true);
    expect(provider.exchanges).toHaveLength(1);
    await holding.return?.();
    expect((await answer).got[0]).toEqual({ text: 'next' });
    expect(time).toMatchObject({ waited: 1, waiting: false });
  });
});
