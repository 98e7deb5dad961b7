import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { type Health, healthWithin } from './health.ts';

/** The database's answer may take its time; a probe does not wait for ever. */
const HEALTH_MS = 3_000;
const HEADERS_MS = 5_000;

interface Needs {
  host: string;
  /** 0 takes a free one. */
  port: number;
  health: (signal: AbortSignal) => Promise<Health>;
  /** Paths beside `/health`, as `/metrics`. */
  routes: Readonly<
    Record<string, (request: IncomingMessage, response: ServerResponse) => void | Promise<void>>
  >;
  log: Logger;
}

export interface Probes {
  port: number;
  close(): Promise<void>;
}

/** What a process that answers no clients says to those who watch over it: `/health`, `/health/live`, `/metrics`. */
export async function startProbes({ host, port, health, routes, log }: Needs): Promise<Probes> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (path === '/health/live') json(response, 200, { status: 'ok' });
    else if (path === '/health') {
      const { ready, checks } = await healthWithin(HEALTH_MS, health);
      json(response, ready ? 200 : 503, { status: ready ? 'ok' : 'unavailable', checks });
    } else if (route) await route(request, response);
    else json(response, 404, { errors: [{ message: 'Nothing is served here.' }] });
  };
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS },
    (request, response) => {
      request.resume();
      response.on('error', () => {});
      answer(request, response).catch((error: unknown) => {
        log.error({ err: error }, 'a probe could not be answered');
        response.destroy();
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
