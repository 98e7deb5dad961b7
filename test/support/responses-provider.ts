import { createHmac } from 'node:crypto';
import {
  type Behaviour,
  type Exchange,
  type FakeProvider,
  failing,
  json,
  startProvider,
} from './provider.ts';

/** A response that the provider works on. */
export interface KeptResponse {
  id: string;
  object: 'response';
  status: string;
  output: object[];
  usage: object | null;
  error: object | null;
  incomplete_details: object | null;
  metadata: Record<string, string>;
}

export interface ResponsesProvider extends FakeProvider {
  /** Every response that was ever created. */
  responses: KeptResponse[];
  /** Those whose question is this. */
  about(question: string): KeptResponse[];
  /** Requests that asked for this method, and for a path that ends so. */
  asked(method: string, ending: string): Exchange[];
  /** Resolves with the `count`th request of that kind, at once where it was seen before. */
  seen(method: string, ending: string, count?: number): Promise<Exchange>;
  /** The same key gives the same response. */
  honoursKeys: boolean;
  /** What the provider does instead, where this gives something; it may do it when it likes. */
  instead: (exchange: Exchange, normally: Behaviour) => Behaviour | undefined;
}

interface Choices {
  honoursKeys?: boolean;
  /** Questions that are answered at once; all others wait for `complete`. */
  answers?: (question: string) => string | undefined;
}

/** A provider of the Responses API's background mode, kept in memory. */
export async function startResponsesProvider({
  honoursKeys = false,
  answers = () => undefined,
}: Choices = {}): Promise<ResponsesProvider> {
  const responses: KeptResponse[] = [];
  const questions = new Map<string, string>();
  const byKey = new Map<string, KeptResponse>();
  const waiting = new Set<() => void>();

  const create: Behaviour = (exchange, response) => {
    const key = exchange.headers['idempotency-key']?.toString();
    let kept = provider.honoursKeys && key ? byKey.get(key) : undefined;
    if (!kept) {
      kept = {
        id: `resp_${responses.length + 1}`,
        object: 'response',
        status: 'queued',
        output: [],
        usage: null,
        error: null,
        incomplete_details: null,
        metadata: exchange.body.metadata,
      };
      responses.push(kept);
      questions.set(kept.id, exchange.body.input);
      if (key) byKey.set(key, kept);
    }
    const created = structuredClone(kept);
    const answer = answers(exchange.body.input);
    if (answer !== undefined && kept.status === 'queued') complete(kept, answer);
    json(200, created)(exchange, response);
  };
  const normally: Behaviour = (exchange, response) => {
    const [, id, cancel] = /^\/v1\/responses(?:\/([^/]+)(\/cancel)?)?$/.exec(exchange.path) ?? [];
    if (exchange.method === 'POST' && !id) return create(exchange, response);
    const kept = responses.find((one) => one.id === id);
    if (!kept) return failing(404)(exchange, response);
    if (cancel && ['queued', 'in_progress'].includes(kept.status)) kept.status = 'cancelled';
    return json(200, kept)(exchange, response);
  };

  const server = await startProvider(async (exchange, response) => {
    for (const look of waiting) look();
    await (provider.instead(exchange, normally) ?? normally)(exchange, response);
  });
  const asked = (method: string, ending: string) =>
    server.exchanges.filter((exchange) => exchange.method === method && exchange.path.endsWith(ending));
  const provider: ResponsesProvider = {
    ...server,
    responses,
    honoursKeys,
    about: (question) => responses.filter(({ id }) => questions.get(id) === question),
    asked,
    seen: (method, ending, count = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const exchange = asked(method, ending)[count - 1];
          if (!exchange) return;
          waiting.delete(look);
          resolve(exchange);
        };
        waiting.add(look);
        look();
      }),
    instead: () => undefined,
  };
  return provider;
}

/** Ends a response with an answer of 11 tokens in and 7 out. */
export function complete(response: KeptResponse, text: string): void {
  response.status = 'completed';
  response.output = [
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] },
  ];
  response.usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
}

/** Something that a behaviour waits for until a test lets it go. */
export function gate(): { open: () => void; behind: (behaviour: Behaviour) => Behaviour } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    open: resolve,
    behind: (behaviour) => async (exchange, response) => {
      await promise;
      await behaviour(exchange, response);
    },
  };
}

/** Does it at once, and answers when `until` resolves. */
export const answeredAfter =
  (until: Promise<unknown>, behaviour: Behaviour): Behaviour =>
  (exchange, response) =>
    behaviour(
      exchange,
      new Proxy(response, {
        get: (target, name) =>
          name === 'end' ? (body: string) => void until.then(() => target.end(body)) : bound(target, name),
      }),
    );

const bound = (target: object, name: string | symbol): unknown => {
  const value = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
};

const WEBHOOK_KEY = 'a secret of the tests';
export const WEBHOOK_SECRET = `whsec_${Buffer.from(WEBHOOK_KEY).toString('base64')}`;

/** Delivers a webhook as the provider would (Standard Webhooks), or wrongly signed. */
export function deliver(
  gatewayUrl: string,
  webhookId: string,
  body: object | string,
  { key = WEBHOOK_KEY, method = 'POST' } = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${webhookId}.${timestamp}.${text}`).digest('base64');
  return fetch(new URL('/webhooks/openai', gatewayUrl), {
    method,
    headers: {
      'content-type': 'application/json',
      'webhook-id': webhookId,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    ...(method === 'POST' && { body: text }),
  });
}

/** News of a response. */
export const newsOf = (responseId: string, type = 'response.completed') => ({
  id: `evt_${responseId}`,
  object: 'event',
  type,
  created_at: 1,
  data: { id: responseId },
});
