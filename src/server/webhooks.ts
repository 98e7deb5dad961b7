import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Route } from './http.ts';

/** Bodies of webhooks say what happened, not what came of it. */
const LONGEST_BODY = 64 * 1024;
const BODY_MS = 10_000;

interface Receiver {
  /** @throws Where the delivery is not from who it says. */
  receive(body: string, headers: Headers): Promise<void>;
}

/** Takes deliveries by POST: 204 when one is noted, 400 when it is refused, 413 when it is too large. */
export function webhookRoute(receiver: Receiver, log: Logger): Route {
  return async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
    const body = await readBody(request);
    if (body === null) return void response.writeHead(413, { connection: 'close' }).end();
    try {
      await receiver.receive(body, new Headers(Object.entries(request.headersDistinct).flatMap(pairs)));
      response.writeHead(204).end();
    } catch (error) {
      const refused = error instanceof Error && 'code' in error && error.code === 'INVALID_WEBHOOK';
      log.warn({ err: error }, refused ? 'a webhook was refused' : 'a webhook could not be noted');
      response.writeHead(refused ? 400 : 500).end();
    }
  };
}

const pairs = ([name, values]: [string, string[] | undefined]): [string, string][] =>
  (values ?? []).map((value) => [name, value]);

/** Null where it is too long, or too slow. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), BODY_MS);
  try {
    // Left whole, so that a refused sender gets to read why.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LONGEST_BODY) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
