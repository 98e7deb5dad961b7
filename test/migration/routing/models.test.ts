import { afterEach, describe, expect, it } from 'vitest';
import { type LanguageModel, RoutedModel } from '../../../src/services/models/index.ts';
import { models, patient } from '../../services/models/models.ts';
import {
  type Behaviour,
  chunk,
  completed,
  delta,
  type FakeProvider,
  failing,
  said,
  silence,
  startProvider,
  streaming,
} from '../../support/provider.ts';
import { route, ScriptedChat, says, type World } from './services.ts';

const SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'integer' } },
  required: ['answer'],
  additionalProperties: false,
};
const request = { model: 'gpt-test', messages: [{ role: 'user' as const, content: 'How many?' }] };
const structured = { ...request, schemaName: 'count', schema: SCHEMA };
const chat = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('new')) };
const newWay = '/v1/responses';
const legacyWay = '/v1/chat/completions';
const used = { inputTokens: 11, outputTokens: 7 };
const cut = streaming([delta('Half an')], 'cut');
const cutAtOnce = streaming([], 'cut');
const writtenByLegacy = streaming([chunk('Old words.'), chunk('', 'stop'), '[DONE]']);

let provider: FakeProvider;
afterEach(() => provider[Symbol.asyncDispose]());

/** A session's model over the official client, asked once for each call; each way with a behaviour of its own. */
async function world(
  behaviours: { NEW: Behaviour; LEGACY: Behaviour },
  more: Parameters<typeof route>[1] = {},
): Promise<World & { model: LanguageModel }> {
  provider = await startProvider((exchange, response) =>
    behaviours[exchange.path === newWay ? 'NEW' : 'LEGACY'](exchange, response),
  );
  const layer = models(provider.url, { maxRetries: 0, api: 'responses' });
  const ways = { NEW: layer.languageModel(), LEGACY: layer.languageModel('chat') };
  const routed = route(chat, more);
  return { ...routed, model: new RoutedModel(routed.router, ways, 'session_1') };
}

const paths = () => provider.exchanges.map(({ path }) => path);
const tell = (model: LanguageModel, signal = patient()) => Array.fromAsync(model.stream(request, signal));

describe('a model of a session of the new way', () => {
  it('answers, and the call is accounted for', async () => {
    const { model, calls } = await world({ NEW: said('{"answer":3}'), LEGACY: failing(500) });
    expect(await model.structured(structured, patient())).toEqual({ value: { answer: 3 }, usage: used });
    expect(calls).toMatchObject([
      { feature: 'LLM', version: 'NEW', sessionId: 'session_1', outcome: 'ok', fellBack: false, error: null },
    ]);
    expect(calls[0]!.firstTextMs).not.toBeNull();
  });

  it.each([
    ['429', failing(429), 'MODEL_RATE_LIMITED'],
    ['500', failing(500), 'MODEL_UNAVAILABLE'],
    [
      'a lost connection',
      ((_, response) => void response.socket?.destroy()) as Behaviour,
      'MODEL_UNAVAILABLE',
    ],
    ['what was not asked for', said('{"answer":"many"}'), 'MODEL_ANSWER'],
  ])('is asked the legacy way where the new one answers %s', async (_, failure, code) => {
    const { model, calls, lines } = await world({ NEW: failure, LEGACY: completed('{"answer":4}') });
    const { value } = await model.structured(structured, patient());
    expect(value).toEqual({ answer: 4 });
    // What was not asked for is asked for once more, before anybody calls it a failure.
    expect([...new Set(paths())]).toEqual([newWay, legacyWay]);
    expect(paths().filter((path) => path === legacyWay)).toHaveLength(1);
    expect(calls).toMatchObject([{ feature: 'LLM', version: 'NEW', outcome: 'error', fellBack: true }]);
    expect(calls[0]!.error).toMatch(new RegExp(`^${code}: `));
    expect(lines.join()).toContain('the legacy one answers');
  });

  it('counts what the failed call was paid for as well', async () => {
    const { model } = await world({ NEW: said('no JSON'), LEGACY: completed('{"answer":4}') });
    const { usage } = await model.structured(structured, patient());
    const { length } = provider.exchanges;
    expect(paths().filter((path) => path === newWay).length).toBeGreaterThan(0);
    expect(usage).toEqual({ inputTokens: 11 * length, outputTokens: 7 * length });
  });

  it.each([
    ['fails', failing(500)],
    ['is cut off before its first word', cutAtOnce],
  ])('streams the legacy way where the new one %s', async (_, failure) => {
    const { model, calls } = await world({ NEW: failure, LEGACY: writtenByLegacy });
    const pieces = await tell(model);
    expect(pieces.flatMap((piece) => ('text' in piece ? piece.text : [])).join('')).toBe('Old words.');
    expect(calls).toMatchObject([{ version: 'NEW', outcome: 'error', fellBack: true }]);
  });

  it('takes back nothing that it has said: cut off in the middle, it has failed', async () => {
    const { model, calls } = await world({ NEW: cut, LEGACY: writtenByLegacy });
    const heard: string[] = [];
    const telling = (async () => {
      for await (const piece of model.stream(request, patient())) if ('text' in piece) heard.push(piece.text);
    })();
    await expect(telling).rejects.toMatchObject({ code: 'MODEL_STREAM_CUT' });
    expect(heard).toEqual(['Half an']);
    expect(paths()).toEqual([newWay]);
    expect(calls).toMatchObject([{ outcome: 'error', fellBack: false }]);
  });

  it('is not asked again where the account has no quota left', async () => {
    const { model, calls } = await world({
      NEW: failing(429, {}, { code: 'insufficient_quota' }),
      LEGACY: completed('{"answer":4}'),
    });
    await expect(model.structured(structured, patient())).rejects.toMatchObject({
      code: 'MODEL_QUOTA_SPENT',
    });
    expect(paths()).toEqual([newWay]);
    expect(calls).toMatchObject([{ outcome: 'error', fellBack: false }]);
  });

  it('is asked the legacy way alone while the new one is down, and the new one again when it had its pause', async () => {
    let up = false;
    const { model, calls, time, router } = await world(
      {
        NEW: (...asked) => (up ? said('{"answer":3}') : failing(500))(...asked),
        LEGACY: completed('{"answer":4}'),
      },
      { breaker: { failuresInARow: 2, pauseMs: 1_000 } },
    );
    const ask = async () => (await model.structured<{ answer: number }>(structured, patient())).value.answer;
    for (let call = 0; call < 4; call++) expect(await ask()).toBe(4);
    expect(paths().filter((path) => path === newWay)).toHaveLength(2);
    expect(calls.slice(2)).toMatchObject([{ fellBack: true }, { fellBack: true }]);
    expect(calls[3]!.error).toContain('BREAKER_OPEN');
    // Each feature has a breaker of its own.
    expect(router.breakers()).toEqual([
      { feature: 'CHAT', state: 'CLOSED' },
      { feature: 'SCENARIO', state: 'CLOSED' },
      { feature: 'WATCH', state: 'CLOSED' },
      { feature: 'LLM', state: 'OPEN' },
    ]);

    up = true;
    time.now += 1_000;
    expect(await ask()).toBe(3);
    expect(calls.at(-1)).toMatchObject({ outcome: 'ok', fellBack: false });
  });

  it('is warned of where it was slow', async () => {
    let pass: () => void = () => {};
    const { model, lines, router, time } = await world({
      NEW: (...asked) => {
        pass();
        return said('{"answer":3}')(...asked);
      },
      LEGACY: failing(500),
    });
    pass = () => {
      time.now += 1_001;
    };
    await model.structured(structured, patient());
    expect(lines.join()).toContain('the new service was slow');
    expect(router.counts()).toMatchObject([{ feature: 'LLM', version: 'NEW', calls: 1, slow: 1, errors: 0 }]);
  });

  it('is left by its caller without blame', async () => {
    const { model, calls, router } = await world(
      { NEW: silence, LEGACY: completed('{"answer":4}') },
      { breaker: { failuresInARow: 1 } },
    );
    const leaving = new AbortController();
    const asked = model.structured(structured, leaving.signal);
    await expect.poll(() => provider.exchanges.length).toBe(1);
    leaving.abort(new Error('nobody wants it'));
    await expect(asked).rejects.toThrow('nobody wants it');
    expect(paths()).toEqual([newWay]);
    expect(calls).toMatchObject([{ outcome: 'cancelled', fellBack: false, error: null }]);
    expect(router.breakers().at(-1)).toEqual({ feature: 'LLM', state: 'CLOSED' });
  });
});

describe('a model of a session of the legacy way', () => {
  it('never meets the new one, and its failure is its own', async () => {
    const { model, calls } = await world(
      { NEW: said('{"answer":3}'), LEGACY: failing(500) },
      { version: 'LEGACY' },
    );
    await expect(model.structured(structured, patient())).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
    expect(paths()).toEqual([legacyWay]);
    expect(calls).toMatchObject([{ feature: 'LLM', version: 'LEGACY', outcome: 'error', fellBack: false }]);
  });
});
