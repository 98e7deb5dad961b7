import { describe, expect, it } from 'vitest';
import { configured, ended, tasksOf } from '../support/background.ts';
import { startGateway } from '../support/gateway.ts';
import {
  type Behaviour,
  chunk,
  delta,
  done,
  failing,
  startProvider,
  streaming,
} from '../support/provider.ts';

const streamed = streaming([delta('Because '), delta('of that.'), done]);
const chat = streaming([
  chunk('Because '),
  chunk('of that.', 'stop'),
  { object: 'chat.completion.chunk', choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } },
  '[DONE]',
]);

const withoutMode: [string, Behaviour][] = [
  [
    'that does not know the mode',
    (exchange, response) =>
      (exchange.body.background
        ? failing(400, {}, { message: "Unknown parameter: 'background'.", param: 'background' })
        : streamed)(exchange, response),
  ],
  [
    'without the Responses API',
    (exchange, response) => (exchange.path.endsWith('/responses') ? failing(404) : chat)(exchange, response),
  ],
];

describe('a provider', () => {
  it.each(withoutMode)('%s streams the answer, and is tried once', async (_, behaviour) => {
    await using provider = await startProvider(behaviour);
    await using gateway = await startGateway({ environment: configured(provider) });
    const tasks = tasksOf(gateway.ask, gateway.url);

    for (const question of ['First?', 'Second?']) {
      const { events, ...task } = await ended(gateway, (await tasks.start({ question })).id);
      expect(task).toMatchObject({
        status: 'COMPLETED',
        response: 'Because of that.',
        usage: { inputTokens: 11, outputTokens: 7, modelCalls: 1 },
      });
      const texts = events.filter(({ type }) => type === 'JobTextAppended');
      expect(texts.map(({ text }) => text).join('')).toBe('Because of that.');
      expect(texts).toEqual(texts.map(() => expect.objectContaining({ stream: 'response' })));
    }
    expect(provider.exchanges.filter(({ body }) => body.background)).toHaveLength(1);
  });

  it('that refuses the mode for one model keeps it for the others', async () => {
    await using provider = await startProvider((exchange, response) =>
      (exchange.body.model === 'small' && exchange.body.background
        ? failing(400, {}, { message: 'Background mode is not supported with this model.' })
        : exchange.body.background
          ? failing(403)
          : streamed)(exchange, response),
    );
    await using gateway = await startGateway({ environment: configured(provider) });
    const tasks = tasksOf(gateway.ask, gateway.url);
    await ended(gateway, (await tasks.start({ question: 'Why?', model: 'small' })).id);
    await ended(gateway, (await tasks.start({ question: 'Why?', model: 'large' })).id);
    expect(provider.exchanges.filter(({ body }) => body.background).map(({ body }) => body.model)).toEqual([
      'small',
      'large',
    ]);
  });

  it('that is not there is an echo, which says so', async () => {
    await using gateway = await startGateway();
    const tasks = tasksOf(gateway.ask, gateway.url);
    const { id, model } = await tasks.start({ question: 'Is anybody there?' });
    expect(model).toBe('echo');
    expect(await ended(gateway, id)).toMatchObject({
      status: 'COMPLETED',
      response: expect.stringMatching(/I am an echo: no language model.*Is anybody there\?/),
      usage: { modelCalls: 1 },
    });
  });
});
