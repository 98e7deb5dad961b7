/** A model provider that is as slow as one wants, and gives everybody the same reply. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  /** Until the first piece, or a reply in one piece. Real ones take several hundred. */
  firstMs: number;
  pieces?: string[];
  /** Between two pieces. */
  pieceMs?: number;
}

export interface Asked {
  /** `performance.now()` when the request came, and when the first piece of its reply went out. */
  at: number;
  saidAt: number;
}

export interface Provider extends AsyncDisposable {
  url: string;
  /** What leads a gateway to it, and its own limits out of the way. */
  environment: Record<string, string>;
  /** Replies that were asked for so far. */
  requests: number;
  /** The next reply that is streamed. */
  next(): Promise<Asked>;
}

/** It runs beside the clients: one clock sees all that happens. A reply in the background never ends. */
export async function startProvider({ firstMs, pieces = ['Well.'], pieceMs = 0 }: Pace): Promise<Provider> {
  let waiting = Promise.withResolvers<Asked>();
  const leaving = new AbortController();
  const text = pieces.join('');
  const usage = { input_tokens: 5, output_tokens: pieces.length, total_tokens: 5 + pieces.length };
  const response = (status: string) => ({
    id: 'resp_1',
    object: 'response',
    status,
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] },
    ],
    usage,
  });
  const completion = {
    id: 'chatcmpl_1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: pieces.length, total_tokens: 5 + pieces.length },
  };
  const unfinished = (status: string) => ({ ...response(status), output: [] });
  const whole = (answer: ServerResponse, body: object): void =>
    void answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const event = (body: object) => `data: ${JSON.stringify(body)}\n\n`;
  const pause = (ms: number) => delay(ms, undefined, { signal: leaving.signal });

  async function stream(at: number, answer: ServerResponse): Promise<void> {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [place, piece] of pieces.entries()) {
      answer.write(event({ type: 'response.output_text.delta', delta: piece }));
      if (place === 0) waiting.resolve({ at, saidAt: performance.now() });
      await pause(pieceMs);
    }
    answer.end(event({ type: 'response.completed', response: response('completed') }));
  }

  async function reply(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const at = performance.now();
    if (request.method === 'GET') return whole(answer, unfinished('in_progress'));
    provider.requests += 1;
    let body = '';
    for await (const chunk of request) body += chunk;
    const { background, stream: streamed } = JSON.parse(body || '{}');
    if (background) return whole(answer, { ...unfinished('queued'), id: `resp_${provider.requests}` });
    await pause(firstMs);
    if (request.url?.endsWith('/chat/completions')) whole(answer, completion);
    else if (streamed) await stream(at, answer);
    else whole(answer, response('completed'));
  }

  const server = createServer((request, answer) => {
    // Whoever asked is gone, or we are.
    reply(request, answer).catch(() => answer.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const provider: Provider = {
    url,
    environment: {
      OPENAI_BASE_URL: url,
      OPENAI_API: 'responses',
      OPENAI_API_KEY: 'bench',
      OPENAI_RATE_LIMIT_REQUESTS_PER_SECOND: '100000',
      OPENAI_RATE_LIMIT_BURST: '100000',
      OPENAI_CONCURRENCY: '10000',
      USE_NEW_CHAT: 'true',
    },
    requests: 0,
    next: () => {
      waiting = Promise.withResolvers();
      return waiting.promise;
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      server.closeAllConnections();
      server.close();
    },
  };
  return provider;
}
