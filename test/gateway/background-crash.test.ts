import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configured, tasksOf } from '../support/background.ts';
import { seed } from '../support/data-dir.ts';
import type { Answer } from '../support/gateway.ts';
import { GatewayProcess } from '../support/killable-gateway.ts';
import { silence } from '../support/provider.ts';
import { complete, type ResponsesProvider, startResponsesProvider } from '../support/responses-provider.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-background-crash-'));
let provider: ResponsesProvider;
let gateway: GatewayProcess;

beforeAll(async () => {
  provider = await startResponsesProvider();
  await seed(join(directory, 'data'));
  await start();
}, 180_000);
afterAll(async () => {
  await gateway.end('SIGTERM');
  await provider[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  gateway = await GatewayProcess.start({ DATA_DIR: join(directory, 'data'), ...configured(provider) });
}

const post = (body: object, accept: string) =>
  fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });
const ask = async (query: string, variables: Record<string, unknown> = {}) =>
  (await (await post({ query, variables }, 'application/json')).json()) as Answer;
const tasks = () => tasksOf(ask, gateway.url);

/** Reads the job's log until a part of it says `moment`, or it is over. */
async function logUntil(id: string, moment?: string): Promise<string> {
  const query = `subscription { jobProgress(jobId: "${id}") { __typename ... on JobStepCompleted { step } } }`;
  const { body } = await post({ query }, 'text/event-stream');
  let text = '';
  for await (const piece of (body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(
    new TextDecoderStream(),
  )) {
    text += piece;
    if (moment && text.includes(moment)) break;
  }
  return text;
}

interface Moment {
  /** Does what comes before, and returns when it is time to kill. */
  before(id: string, question: string): Promise<unknown>;
  honoursKeys?: boolean;
  /** Responses that the provider has in the end. */
  responses?: number;
}

const finish = (question: string) => {
  for (const response of provider.about(question)) complete(response, 'Because.');
};
const getsOf = (question: string) => `/${provider.about(question)[0]?.id}`;
const accepted = async (question: string) => {
  for (let count = 1; provider.about(question).length === 0; count += 1)
    await provider.seen('POST', '/responses', count);
};

const moments: [string, Moment][] = [
  [
    'before the provider’s acceptance arrived, where it honours keys',
    {
      honoursKeys: true,
      before: async (_, question) => {
        provider.instead = (exchange, normally) =>
          exchange.path.endsWith('/responses')
            ? (...all) => {
                normally(exchange, new Proxy(all[1], { get: () => () => {} }));
              }
            : undefined;
        await accepted(question);
      },
    },
  ],
  [
    // Nobody but the provider knows of the first one, and it has no name for us to stop it by.
    'before the provider’s acceptance arrived, where it ignores keys: a second response is paid for',
    {
      responses: 2,
      before: async (_, question) => {
        provider.instead = (exchange, normally) =>
          exchange.path.endsWith('/responses')
            ? (...all) => {
                normally(exchange, new Proxy(all[1], { get: () => () => {} }));
              }
            : undefined;
        await accepted(question);
      },
    },
  ],
  [
    'when the provider had accepted it, and was never asked how far it is',
    {
      before: async (id) => {
        provider.instead = ({ method }) => (method === 'GET' ? silence : undefined);
        await logUntil(id, '"step":"create"');
      },
    },
  ],
  [
    'while the provider was asked how far it is',
    {
      before: async (_, question) => {
        await accepted(question);
        await provider.seen('GET', getsOf(question));
        provider.instead = ({ method }) => (method === 'GET' ? silence : undefined);
        await provider.seen('GET', getsOf(question), 2);
      },
    },
  ],
  [
    'the moment that the provider said the answer',
    {
      before: async (_, question) => {
        const said = Promise.withResolvers<void>();
        await accepted(question);
        finish(question);
        provider.instead = ({ method }, normally) =>
          method === 'GET'
            ? (exchange, response) => {
                response.once('finish', () => said.resolve());
                return normally(exchange, response);
              }
            : undefined;
        await said.promise;
      },
    },
  ],
  [
    'when the answer was stored',
    {
      before: async (id, question) => {
        await accepted(question);
        finish(question);
        await logUntil(id, '"step":"response"');
      },
    },
  ],
];

describe('a gateway that is killed in the middle of a background task', () => {
  it.each(moments)(
    '%s',
    async (question, { before, honoursKeys = false, responses = 1 }) => {
      provider.honoursKeys = honoursKeys;
      const { id } = await tasks().start({ question });
      await before(id, question);
      await gateway.end('SIGKILL');
      provider.instead = () => undefined;
      if (responses === 1) finish(question);
      await start();
      if (responses > 1) {
        for (let count = 1; provider.about(question).length < responses; count += 1)
          await provider.seen('POST', '/responses', count);
        finish(question);
      }

      await logUntil(id);
      expect(await tasks().task(id)).toMatchObject({
        status: 'COMPLETED',
        response: 'Because.',
        usage: { inputTokens: 11, outputTokens: 7, modelCalls: 1 },
      });
      expect(provider.about(question)).toHaveLength(responses);
      expect(provider.about(question)).toMatchObject(Array(responses).fill({ metadata: { job_id: id } }));
    },
    60_000,
  );
});
