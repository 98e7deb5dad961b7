import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BackgroundRequest } from '../../../src/services/models/index.ts';
import { failing, json, resetting, said, startProvider } from '../../support/provider.ts';
import { models, patient } from './models.ts';

const question: BackgroundRequest = {
  model: 'o3-pro',
  question: 'Why?',
  effort: 'high',
  idempotencyKey: 'job_1',
  metadata: { job: 'job_1' },
};
const queued = json(200, { id: 'resp_7', object: 'response', status: 'queued', output: [] });

describe('a response in the background', () => {
  it('is started, asked for and read', async () => {
    await using provider = await startProvider(queued, said('Because.', { id: 'resp_7' }));
    const background = models(provider.url).background();

    expect(await background.create(question, patient())).toEqual({
      id: 'resp_7',
      status: 'queued',
      text: '',
      usage: null,
      error: null,
    });
    expect(await background.retrieve('resp_7', patient())).toMatchObject({
      status: 'completed',
      text: 'Because.',
      usage: { inputTokens: 11, outputTokens: 7 },
    });
    const [created, retrieved] = provider.exchanges;
    expect(created?.body).toEqual({
      model: 'o3-pro',
      input: 'Why?',
      background: true,
      store: true,
      reasoning: { effort: 'high' },
      metadata: { job: 'job_1' },
    });
    expect(created?.headers['idempotency-key']).toBe('job_1');
    expect(retrieved).toMatchObject({ method: 'GET', path: '/v1/responses/resp_7' });
  });

  it.each([
    [{ status: 'in_progress' }, { status: 'in_progress', error: null }],
    [{ status: 'thinking_hard' }, { status: 'in_progress' }],
    [
      { status: 'failed', error: { code: 'server_error', message: 'Sorry.' } },
      { status: 'failed', error: { code: 'server_error', message: 'Sorry.' } },
    ],
    [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      { status: 'incomplete', error: { code: 'max_output_tokens' } },
    ],
    [{ status: 'cancelled' }, { status: 'cancelled' }],
    [
      { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'I would rather not.' }] }] },
      {
        status: 'completed',
        error: { code: 'model_refused', message: 'The model refused: I would rather not.' },
      },
    ],
  ])('stands where the provider says: %j', async (facts, expected) => {
    await using provider = await startProvider(said('', facts));
    expect(await models(provider.url).background().retrieve('resp_1', patient())).toMatchObject(expected);
  });

  it('is cancelled at the provider', async () => {
    await using provider = await startProvider(said('', { status: 'cancelled' }));
    expect(await models(provider.url).background().cancel('resp_1', patient())).toMatchObject({
      status: 'cancelled',
    });
    expect(provider.exchanges[0]).toMatchObject({ method: 'POST', path: '/v1/responses/resp_1/cancel' });
  });

  it('that has ended tells so when it is cancelled', async () => {
    await using provider = await startProvider(failing(400), said('Because.'));
    expect(await models(provider.url).background().cancel('resp_1', patient())).toMatchObject({
      status: 'completed',
    });
  });

  it.each(['retrieve', 'cancel'] as const)(
    'that the provider does not keep any more is gone (%s)',
    async (what) => {
      await using provider = await startProvider(failing(404));
      await expect(models(provider.url).background()[what]('resp_1', patient())).rejects.toMatchObject({
        code: 'RESPONSE_GONE',
      });
      expect(provider.exchanges).toHaveLength(1);
    },
  );

  it.each([
    failing(400, {}, { message: "Unknown parameter: 'background'.", param: 'background' }),
    failing(400, {}, { message: 'Background mode is not supported with this model.' }),
    failing(404),
    failing(405),
    failing(501),
  ])('is refused where the provider has no such mode', async (behaviour) => {
    await using provider = await startProvider(behaviour);
    await expect(models(provider.url).background().create(question, patient())).rejects.toMatchObject({
      code: 'BACKGROUND_UNSUPPORTED',
    });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('is refused without asking where only Chat Completions are spoken', async () => {
    await using provider = await startProvider(queued);
    await expect(
      models(provider.url, { api: 'chat' }).background().create(question, patient()),
    ).rejects.toMatchObject({ code: 'BACKGROUND_UNSUPPORTED' });
    expect(provider.exchanges).toHaveLength(0);
  });

  it.each([resetting, failing(500)])(
    'is not started twice where nobody knows whether it was',
    async (behaviour) => {
      await using provider = await startProvider(behaviour);
      await expect(models(provider.url).background().create(question, patient())).rejects.toMatchObject({
        code: 'MODEL_UNAVAILABLE',
        outcomeUnknown: true,
      });
      expect(provider.exchanges).toHaveLength(1);
    },
  );

  it('is started after the provider was too busy to', async () => {
    await using provider = await startProvider(failing(429, { 'retry-after': '0.02' }), queued);
    expect(await models(provider.url).background().create(question, patient())).toMatchObject({
      id: 'resp_7',
    });
  });

  it('is asked for again where asking failed', async () => {
    await using provider = await startProvider(resetting, failing(500), said('Because.'));
    expect(await models(provider.url).background().retrieve('resp_1', patient())).toMatchObject({
      text: 'Because.',
    });
  });
});

describe('without a provider', () => {
  it('nothing runs in the background', async () => {
    const background = models(undefined, { apiKey: undefined }).background();
    await expect(background.create(question, patient())).rejects.toMatchObject({
      code: 'BACKGROUND_UNSUPPORTED',
    });
    await expect(background.retrieve('resp_1', patient())).rejects.toMatchObject({ code: 'RESPONSE_GONE' });
  });
});

describe('a webhook', () => {
  const secret = `whsec_${Buffer.from('a secret of the tests').toString('base64')}`;
  const body = JSON.stringify({ id: 'evt_1', type: 'response.completed', data: { id: 'resp_7' } });
  const layer = models(undefined, { apiKey: undefined });

  function signed(text: string, { at = Date.now(), key = 'a secret of the tests' } = {}) {
    const timestamp = String(Math.floor(at / 1000));
    const signature = createHmac('sha256', key).update(`wh_1.${timestamp}.${text}`).digest('base64');
    return new Headers({
      'webhook-id': 'wh_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    });
  }

  it('tells which response ended', async () => {
    expect(await layer.readWebhook(body, signed(body), secret)).toEqual({
      id: 'wh_1',
      type: 'response.completed',
      responseId: 'resp_7',
    });
  });

  it('about something else names no response', async () => {
    const other = JSON.stringify({ id: 'evt_2', type: 'batch.completed', data: { id: 'batch_1' } });
    expect(await layer.readWebhook(other, signed(other), secret)).toMatchObject({ responseId: null });
  });

  it.each([
    ['unsigned', body, new Headers()],
    ['of somebody else', body, signed(body, { key: 'another secret' })],
    ['changed on its way', body.replace('resp_7', 'resp_8'), signed(body)],
    ['of yesterday', body, signed(body, { at: Date.now() - 86_400_000 })],
    ['that is no JSON', 'hello', signed('hello')],
    ['that is no event', 'null', signed('null')],
  ])('%s is refused', async (_, text, headers) => {
    await expect(layer.readWebhook(text, headers, secret)).rejects.toMatchObject({ code: 'INVALID_WEBHOOK' });
  });
});
