import { describe, expect, it } from 'vitest';
import { type ChatService, LegacyCompletionsChat, NewChat } from '../../../src/services/chat/index.ts';
import type { ModelSettings } from '../../../src/services/models/index.ts';
import {
  type Behaviour,
  chunk,
  completed,
  delta,
  done,
  failing,
  said,
  silence,
  startProvider,
  streaming,
} from '../../support/provider.ts';
import { models } from '../models/models.ts';
import { heard, patient, request } from './talking.ts';

const usage = { inputTokens: 11, outputTokens: 7 };
const newChat = (url: string, settings?: Partial<ModelSettings>): ChatService =>
  new NewChat({ model: models(url, settings).languageModel() });
const legacyChat = (url: string, settings?: Partial<ModelSettings>): ChatService =>
  new LegacyCompletionsChat({ model: models(url, settings).languageModel('chat') });

describe('the new service', () => {
  it('streams the reply through the Responses API, and tells the usage last', async () => {
    await using provider = await startProvider(streaming([delta('晴れ'), delta('です。'), done]));
    const asked = { ...request, instructions: 'あなたは村瀬 健一です。' };
    const { all } = await heard(newChat(provider.url).reply(asked, patient()));

    expect(all).toEqual([{ text: '晴れ' }, { text: 'です。' }, { usage }]);
    expect(provider.exchanges[0]).toMatchObject({ path: '/v1/responses' });
    expect(provider.exchanges[0]?.body).toMatchObject({
      model: 'model-a',
      stream: true,
      input: [
        { role: 'system', content: 'あなたは村瀬 健一です。' },
        { role: 'user', content: 'こんにちは' },
        { role: 'assistant', content: 'こんにちは！' },
        { role: 'user', content: '今日の天気はどうですか？' },
      ],
    });
  });

  it('streams through Chat Completions where the provider has no Responses API', async () => {
    const chatOnly: Behaviour = (exchange, response) =>
      exchange.path === '/v1/responses'
        ? failing(404)(exchange, response)
        : streaming([chunk('Hi'), chunk('', 'stop')])(exchange, response);
    await using provider = await startProvider(chatOnly);
    const service = newChat(provider.url);

    expect((await heard(service.reply(request, patient()))).text).toBe('Hi');
    expect((await heard(service.reply(request, patient()))).text).toBe('Hi');
    expect(provider.exchanges.map(({ path }) => path)).toEqual([
      '/v1/responses',
      '/v1/chat/completions',
      '/v1/chat/completions',
    ]);
  });

  it('asks another model in the middle of a conversation, with the whole past', async () => {
    await using provider = await startProvider(
      streaming([delta('One.'), done]),
      streaming([delta('Two.'), done]),
    );
    const service = newChat(provider.url);
    const first = await heard(service.reply(request, patient()));
    const next = {
      ...request,
      model: 'model-b',
      history: [
        ...request.history,
        { role: 'user' as const, content: request.message },
        { role: 'assistant' as const, content: first.text },
      ],
      message: 'ありがとう',
    };
    expect((await heard(service.reply(next, patient()))).text).toBe('Two.');

    expect(provider.exchanges.map(({ body }) => body.model)).toEqual(['model-a', 'model-b']);
    expect(provider.exchanges[1]?.body.input.slice(-3)).toEqual([
      { role: 'user', content: request.message },
      { role: 'assistant', content: 'One.' },
      { role: 'user', content: 'ありがとう' },
    ]);
  });

  it('takes the newest fifty messages along', async () => {
    await using provider = await startProvider(streaming([delta('Hi'), done]));
    const history = Array.from({ length: 80 }, (_, index) => ({
      role: 'user' as const,
      content: `${index}`,
    }));
    await heard(newChat(provider.url).reply({ ...request, history }, patient()));
    const { input } = provider.exchanges[0]?.body ?? {};
    expect(input).toHaveLength(51);
    expect(input[0]).toEqual({ role: 'user', content: '30' });
  });

  it('keeps fifty conversations apart that go on at once, over one client', async () => {
    const all = Promise.withResolvers<void>();
    await using provider = await startProvider(async (exchange, response) => {
      if (exchange.index === 49) all.resolve();
      await all.promise;
      const { content } = exchange.body.input.at(-1);
      await streaming([delta('You said '), delta(content), done])(exchange, response);
    });
    const layer = models(provider.url);
    const service = new NewChat({ model: layer.languageModel() });
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        heard(service.reply({ ...request, sessionId: `s${index}`, message: `${index}番` }, patient())),
      ),
    );

    expect(replies.map(({ text }) => text)).toEqual(
      Array.from({ length: 50 }, (_, index) => `You said ${index}番`),
    );
    expect(layer.cacheInfo()).toMatchObject({ misses: 1, hits: 49 });
  });

  it('that will not stop talking is stopped', async () => {
    const flood = Array.from({ length: 20 }, () => delta('x'.repeat(60_000)));
    await using provider = await startProvider(streaming(flood, 'open'));
    const { error, text } = await heard(newChat(provider.url).reply(request, patient()));
    expect(error).toMatchObject({ code: 'CHAT_TOO_LARGE', service: 'new chat' });
    expect(text.length).toBeLessThanOrEqual(2 ** 20);
    await provider.exchanges[0]?.hungUp;
  });

  it('hangs up on its provider when its caller leaves', async () => {
    await using provider = await startProvider(streaming([delta('Hel')], 'open'));
    for await (const _ of newChat(provider.url).reply(request, patient())) break;
    await provider.exchanges[0]?.hungUp;
  });
});

describe('the legacy service without an endpoint', () => {
  it('hands over a whole completion', async () => {
    await using provider = await startProvider(completed('晴れです。'));
    const { all } = await heard(legacyChat(provider.url).reply(request, patient()));

    expect(all).toEqual([{ text: '晴れです。' }, { usage }]);
    expect(provider.exchanges[0]?.path).toBe('/v1/chat/completions');
    expect(provider.exchanges[0]?.body).toMatchObject({
      model: 'model-a',
      messages: [...request.history, { role: 'user', content: request.message }],
    });
    expect(provider.exchanges[0]?.body.stream).toBeUndefined();
  });

  it('answers fifty at once', async () => {
    const all = Promise.withResolvers<void>();
    await using provider = await startProvider(async (exchange, response) => {
      if (exchange.index === 49) all.resolve();
      await all.promise;
      await completed(exchange.body.messages.at(-1).content)(exchange, response);
    });
    const service = legacyChat(provider.url);
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        heard(service.reply({ ...request, message: `${index}` }, patient())),
      ),
    );
    expect(replies.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
    expect(provider.mostAtOnce()).toBe(50);
  });

  it('hangs up on its provider when its caller gives up', async () => {
    await using provider = await startProvider(silence);
    const caller = new AbortController();
    const reason = new Error('cancelled');
    const reply = heard(legacyChat(provider.url).reply(request, caller.signal));
    await expect.poll(() => provider.exchanges.length).toBe(1);
    caller.abort(reason);
    expect((await reply).error).toBe(reason);
    await provider.exchanges[0]?.hungUp;
  });
});

describe('a model that says nothing', () => {
  it.each<[string, typeof newChat, Behaviour]>([
    ['new', newChat, streaming([delta(' '), delta('\n'), done])],
    ['legacy', legacyChat, completed('  ')],
  ])('has failed, and was paid for (%s)', async (_, service, behaviour) => {
    await using provider = await startProvider(behaviour);
    const { error } = await heard(service(provider.url).reply(request, patient()));
    expect(error).toMatchObject({ code: 'MODEL_ANSWER', usage });
  });
});

describe('a model that runs into the bound on its length', () => {
  const incomplete = {
    type: 'response.incomplete',
    response: { ...done.response, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  };
  const chatUsage = { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } };

  it.each<[string, typeof newChat, ModelSettings['api'], Behaviour]>([
    ['new', newChat, 'responses', streaming([delta('The first step is to'), incomplete])],
    [
      'new, through Chat Completions',
      newChat,
      'chat',
      streaming([chunk('The first step is to'), chunk('', 'length'), chatUsage]),
    ],
    ['legacy', legacyChat, 'auto', completed('The first step is to', { finish_reason: 'length' })],
  ])('has said what came until then, and no reply (%s)', async (_, service, api, behaviour) => {
    await using provider = await startProvider(behaviour);
    const { all, error } = await heard(service(provider.url, { api }).reply(request, patient()));
    expect(all).toEqual([{ text: 'The first step is to' }]);
    expect(error).toMatchObject({ code: 'MODEL_LENGTH', retryable: false, usage });
    expect(provider.exchanges).toHaveLength(1);
  });
});

describe('a provider that fails', () => {
  it.each<[string, Behaviour, string]>([
    ['429', failing(429), 'MODEL_RATE_LIMITED'],
    ['500', failing(500), 'MODEL_UNAVAILABLE'],
    ['a refusal', said('', { status: 'failed', error: { code: 'content_filter', message: 'no' } }), 'MODEL_'],
  ])('fails the reply of either service: %s', async (_, behaviour, code) => {
    await using provider = await startProvider(behaviour);
    for (const service of [newChat, legacyChat]) {
      const { error, texts } = await heard(
        service(provider.url, { maxRetries: 0 }).reply(request, patient()),
      );
      expect(texts).toEqual([]);
      expect((error as { code: string }).code).toContain(code);
    }
  });
});
