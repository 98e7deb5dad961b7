import { LLMock } from '@copilotkit/aimock';
import { describe, expect, it } from 'vitest';
import type { LanguageModel, ReplyPiece, StructuredRequest } from '../../../src/services/models/index.ts';
import {
  completed,
  delta,
  done,
  failing,
  json,
  raw,
  resetting,
  said,
  startProvider,
  streaming,
} from '../../support/provider.ts';
import { KEY, models, patient, request } from './models.ts';

const weather: StructuredRequest = {
  ...request,
  messages: [{ role: 'user', content: 'Weather?' }],
  schemaName: 'weather',
  schema: {
    type: 'object',
    properties: { degrees: { type: 'number' }, sky: { type: 'string', enum: ['clear', 'grey'] } },
    required: ['degrees', 'sky'],
    additionalProperties: false,
  },
};

async function everything(model: LanguageModel): Promise<ReplyPiece[]> {
  const pieces: ReplyPiece[] = [];
  for await (const piece of model.stream(request, patient())) pieces.push(piece);
  return pieces;
}

const textOf = (pieces: ReplyPiece[]) => pieces.map((piece) => ('text' in piece ? piece.text : '')).join('');

describe.each(['responses', 'chat'] as const)(
  'asking a provider that speaks OpenAI’s wire format (%s)',
  (api) => {
    it('gets the answer in one piece, with its usage', async () => {
      await using provider = await mock();
      const reply = await models(provider.url, { api }).languageModel().text(request, patient());

      expect(reply.value).toBe('Hi there, how are you?');
      expect(reply.usage).toEqual({ inputTokens: 11, outputTokens: 7 });
      expect(provider.paths()).toEqual([api === 'chat' ? '/v1/chat/completions' : '/v1/responses']);
    });

    it('gets the answer piece by piece, ending with the usage', async () => {
      await using provider = await mock();
      const pieces = await everything(models(provider.url, { api }).languageModel());

      expect(textOf(pieces)).toBe('Hi there, how are you?');
      expect(pieces.length).toBeGreaterThan(2);
      expect(pieces.at(-1)).toEqual({ usage: { inputTokens: 11, outputTokens: 7 } });
      expect(pieces.filter((piece) => 'usage' in piece)).toHaveLength(1);
    });

    it('gets an answer that satisfies a schema', async () => {
      await using provider = await mock();
      const reply = await models(provider.url, { api }).languageModel().structured(weather, patient());
      expect(reply.value).toEqual({ degrees: 21.5, sky: 'clear' });
    });
  },
);

describe('finding out how a provider is asked', () => {
  it.each([404, 405, 501])(
    'falls back to Chat Completions on %d, and asks no other way again',
    async (status) => {
      await using provider = await startProvider(failing(status), completed('one'), completed('two'));
      const model = models(provider.url).languageModel();

      expect((await model.text(request, patient())).value).toBe('one');
      expect((await model.text(request, patient())).value).toBe('two');
      expect(provider.exchanges.map(({ path }) => path)).toEqual([
        '/v1/responses',
        '/v1/chat/completions',
        '/v1/chat/completions',
      ]);
    },
  );

  it('takes a missing model for what it is', async () => {
    await using provider = await startProvider(failing(404, {}, { code: 'model_not_found' }));
    const answer = models(provider.url).languageModel().text(request, patient());

    await expect(answer).rejects.toMatchObject({ code: 'MODEL_REFUSED', status: 404 });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('reports the first refusal where neither way exists, and does not remember it', async () => {
    await using provider = await startProvider(failing(404), failing(405), said('back'));
    const model = models(provider.url).languageModel();

    await expect(model.text(request, patient())).rejects.toMatchObject({ status: 404 });
    expect((await model.text(request, patient())).value).toBe('back');
  });

  it('stays with the Responses API once that has answered', async () => {
    await using provider = await startProvider(said('one'), failing(404));
    const model = models(provider.url).languageModel();
    await model.text(request, patient());

    await expect(model.text(request, patient())).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    expect(provider.exchanges).toHaveLength(2);
  });
});

describe('what is sent', () => {
  it('bounds the answer in each way’s own word, and keeps nothing at the provider', async () => {
    await using provider = await startProvider(said('a'), completed('b'));
    const both = models(provider.url);
    await both.languageModel('responses').text({ ...request, maxOutputTokens: 50 }, patient());
    await both.languageModel('chat').text({ ...request, maxOutputTokens: 50 }, patient());

    const [first, second] = provider.exchanges;
    expect(first?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(first?.body).toMatchObject({ model: 'gpt-test', max_output_tokens: 50, store: false });
    expect(second?.body).toMatchObject({ model: 'gpt-test', max_tokens: 50 });
  });

  it('asks for a strict schema', async () => {
    await using provider = await startProvider(said('{"degrees":1,"sky":"grey"}'));
    await models(provider.url).languageModel().structured(weather, patient());

    expect(provider.exchanges[0]?.body.text.format).toMatchObject({
      type: 'json_schema',
      name: 'weather',
      strict: true,
    });
  });
});

describe('answers that are not what was asked for', () => {
  it('asks once more where an answer breaks its schema, and counts both', async () => {
    await using provider = await startProvider(
      said('{"degrees":"warm"}'),
      said('{"degrees":20,"sky":"grey"}'),
    );
    const reply = await models(provider.url).languageModel().structured(weather, patient());

    expect(reply).toEqual({
      value: { degrees: 20, sky: 'grey' },
      usage: { inputTokens: 22, outputTokens: 14 },
    });
    expect(provider.exchanges).toHaveLength(2);
  });

  it('gives up after the second, and says what is wrong and what it cost', async () => {
    await using provider = await startProvider(said('warm, I think'));
    const answer = models(provider.url).languageModel().structured(weather, patient());

    await expect(answer).rejects.toMatchObject({
      code: 'MODEL_ANSWER',
      message: 'The answer is not what weather says: it is no JSON.',
      usage: { inputTokens: 22, outputTokens: 14 },
    });
    expect(provider.exchanges).toHaveLength(2);
  });

  it('does not ask again for what was cut off at the bound', async () => {
    await using provider = await startProvider(said('{"degr', { status: 'incomplete' }));
    await expect(models(provider.url).languageModel().structured(weather, patient())).rejects.toMatchObject({
      code: 'MODEL_ANSWER',
    });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('refuses a schema that it cannot check, before anything is paid', async () => {
    await using provider = await startProvider(said('{}'));
    const odd = { ...weather, schema: { type: 'object', not: { required: ['sky'] } } };
    await expect(models(provider.url).languageModel().structured(odd, patient())).rejects.toThrow(TypeError);
    expect(provider.exchanges).toHaveLength(0);
  });

  it.each([
    ['malformed JSON', raw('application/json', '{"output": [')],
    ['a page of a proxy', raw('text/html', '<h1>Welcome</h1>')],
    ['an empty body', raw('application/json', '')],
    ['JSON of another kind', json(200, { hello: 'world' })],
  ])('takes %s for no answer, and does not pay for another', async (_, behaviour) => {
    await using provider = await startProvider(behaviour);
    const model = models(provider.url, { api: 'responses' }).languageModel();

    await expect(model.text(request, patient())).rejects.toMatchObject({ code: 'MODEL_ANSWER' });
    expect(provider.exchanges).toHaveLength(1);
  });

  it.each([
    ['a page instead of a stream', raw('text/html', '<h1>Welcome</h1>')],
    ['malformed JSON in a stream', streaming([delta('Hel'), '{"type":'])],
  ])('takes %s for no answer', async (_, behaviour) => {
    await using provider = await startProvider(behaviour);
    const model = models(provider.url, { api: 'responses' }).languageModel();
    await expect(everything(model)).rejects.toMatchObject({ code: 'MODEL_ANSWER' });
    expect(provider.exchanges).toHaveLength(1);
  });

  it('hands on a refusal in the model’s words', async () => {
    const refusal = { output: [{ content: [{ type: 'refusal', refusal: 'I would rather not.' }] }] };
    await using provider = await startProvider(said('', refusal));
    await expect(models(provider.url).languageModel().text(request, patient())).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      message: 'The model refused: I would rather not.',
    });
  });

  it.each(['responses', 'chat'] as const)('tells of the content filter (%s)', async (api) => {
    await using provider = await startProvider(
      api === 'chat'
        ? completed('', { finish_reason: 'content_filter' })
        : said('', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }),
    );
    await expect(
      models(provider.url, { api }).languageModel().text(request, patient()),
    ).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
    });
  });
});

describe('secrets', () => {
  it.each([401, 403, 400])('keeps the key out of the message (%d)', async (status) => {
    await using provider = await startProvider(
      failing(status, {}, { message: `Incorrect key ${KEY} sk-abc***xyz` }),
    );
    const error = await models(provider.url)
      .languageModel()
      .text(request, patient())
      .catch((failure: Error) => failure);

    expect(error).toMatchObject({ code: 'MODEL_REFUSED', status });
    expect((error as Error).message).not.toMatch(/test-key|sk-abc/);
    expect((error as Error).cause).toBeDefined();
  });
});

describe('counting', () => {
  it('counts calls, tries, tokens and errors for each model', async () => {
    await using provider = await startProvider(
      resetting,
      said('a'),
      streaming([delta('b'), done]),
      failing(400),
    );
    const layer = models(provider.url);
    const model = layer.languageModel();
    await model.text(request, patient());
    await everything(model);
    await model.text(request, patient()).catch(() => {});

    expect(Object.fromEntries(layer.counts())).toEqual({
      'gpt-test': { calls: 3, retries: 1, errors: 1, inputTokens: 22, outputTokens: 14 },
    });
  });
});

/** aimock, an independent reading of the wire format. */
async function mock() {
  const server = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 5 });
  const usage = { input_tokens: 11, output_tokens: 7, prompt_tokens: 11, completion_tokens: 7 };
  server.onMessage('Weather?', { content: '{"degrees":21.5,"sky":"clear"}', usage });
  server.onMessage('Hello?', { content: 'Hi there, how are you?', usage });
  await server.start();
  return {
    url: `${server.url}/v1`,
    paths: () => server.getRequests().map(({ path }) => path),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
