import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the provider saw it. */
export interface Exchange {
  /** How many came before it. */
  index: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was posted
  body: any;
  /** `performance.now()` when it came. */
  at: number;
  /** Resolves, with the moment, when the caller hung up before the answer was whole. */
  hungUp: Promise<number>;
}

export type Behaviour = (exchange: Exchange, response: ServerResponse) => void | Promise<void>;

export interface FakeProvider extends AsyncDisposable {
  /** With the version, as clients want it. */
  url: string;
  exchanges: Exchange[];
  /** The most requests that were under way at a time. */
  mostAtOnce(): number;
}

/** A real HTTP server that behaves, or misbehaves, request by request; the last behaviour stays. */
export async function startProvider(...behaviours: [Behaviour, ...Behaviour[]]): Promise<FakeProvider> {
  const exchanges: Exchange[] = [];
  let underWay = 0;
  let most = 0;

  const server = createServer(async (request, response) => {
    const at = performance.now();
    underWay += 1;
    most = Math.max(most, underWay);
    const hangUp = Promise.withResolvers<number>();
    let counted = true;
    const uncount = () => {
      if (counted) underWay -= 1;
      counted = false;
    };
    // What is written is over for the caller, who may ask again before the socket is known to be free.
    response.on('finish', uncount);
    response.on('close', () => {
      uncount();
      if (!response.writableFinished) hangUp.resolve(performance.now());
    });
    response.on('error', () => {});

    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const exchange: Exchange = {
      index: exchanges.length,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text ? JSON.parse(text) : undefined,
      at,
      hungUp: hangUp.promise,
    };
    exchanges.push(exchange);
    await behaviours[Math.min(exchange.index, behaviours.length - 1)]?.(exchange, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    mostAtOnce: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

export const failing = (status: number, headers?: Record<string, string>, error: object = {}): Behaviour =>
  json(
    status,
    { error: { message: `status ${status}`, type: null, param: null, code: null, ...error } },
    headers,
  );

export const raw =
  (contentType: string, body: string): Behaviour =>
  (_, response) => {
    response.writeHead(200, { 'content-type': contentType });
    response.end(body);
  };

export const resetting: Behaviour = (_, response) => {
  response.socket?.resetAndDestroy();
};

/** Takes the request and never says anything. */
export const silence: Behaviour = () => {};

/** A whole response of the Responses API. */
export const said = (text: string, more: object = {}): Behaviour =>
  json(200, {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] },
    ],
    usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
    ...more,
  });

/** The same of Chat Completions. */
export const completed = (content: string, more: object = {}): Behaviour =>
  json(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', ...more }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  });

export const delta = (text: string) => ({ type: 'response.output_text.delta', delta: text });
export const done = {
  type: 'response.completed',
  response: {
    id: 'resp_1',
    status: 'completed',
    output: [],
    usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
  },
};
export const chunk = (content: string, finish_reason: string | null = null) => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason }],
});

/** A stream of events; then `ending`: it ends, is torn off, or stays open for ever. */
export const streaming =
  (events: (object | string)[], ending: 'end' | 'cut' | 'open' = 'end'): Behaviour =>
  async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const event of events)
      await new Promise((sent) =>
        response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`, sent),
      );
    if (ending === 'end') response.end();
    if (ending === 'cut') response.socket?.destroy();
  };

/** Sends a body byte by byte. */
export const trickling =
  (contentType: string, body: string, everyMs: number): Behaviour =>
  async (_, response) => {
    response.writeHead(200, { 'content-type': contentType });
    for (const byte of Buffer.from(body)) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await new Promise((next) => setTimeout(next, everyMs));
    }
    response.end();
  };

/** Answers after a while. */
export const after =
  (ms: number, then: Behaviour): Behaviour =>
  async (exchange, response) => {
    await new Promise((next) => setTimeout(next, ms));
    await then(exchange, response);
  };
