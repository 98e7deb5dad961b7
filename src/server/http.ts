import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { Call, requestIdFrom } from './call.ts';
import { formatted } from './errors.ts';
import { type Health, healthWithin } from './health.ts';
import type { Patience } from './patience.ts';
import type { Rest } from './short/way.ts';
import type { WebSockets } from './websocket.ts';
import type { Handler } from './yoga.ts';

/** Answers one path outside of GraphQL, as `/metrics`. A failure is logged and answered with 500. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

interface Needs {
  handler: Handler;
  webSockets: WebSockets;
  patience: Patience;
  health: (signal: AbortSignal) => Promise<Health>;
  log: Logger;
  routes: Readonly<Record<string, Route>>;
  allowedHosts?: readonly string[] | undefined;
}

/** How long a refused body may go on arriving, so that its sender gets to read why. */
const lingerMs = 5_000;

/** Names by which we were addressed that are remembered as ours. */
const KNOWN_HOSTS = 100;

/** What holds nothing that a web page could want. */
const WATCHED: ReadonlySet<string> = new Set(['/health', '/health/live', '/metrics']);

/** The sockets: routes requests and upgrades, watches them to their end, and stops without cutting anybody short. */
export class Http {
  readonly #needs: Needs;
  readonly #server: Server;
  /** Answers under way, and for whom. */
  readonly #open = new Map<ServerResponse, Call>();
  #hosts: ReadonlySet<string> | undefined;
  #isLocal = false;
  /** Host headers, port and all, that were found to be ours. */
  readonly #known = new Set<string>();
  #draining = false;

  constructor(needs: Needs) {
    this.#needs = needs;
    const { limits } = needs.handler;
    this.#server = createServer({
      headersTimeout: limits.headersMs,
      requestTimeout: limits.uploadMs + 10_000,
      connectionsCheckingInterval: Math.min(limits.headersMs, 5_000),
      keepAliveTimeout: limits.keepAliveMs,
      noDelay: true,
      // Whoever offers another protocol beside, as HTTP/2 without TLS, is answered in this one.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    });
    this.#server.on('request', (request, response) => this.#take(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket) => needs.patience.watch(socket, () => socket.destroy()));
  }

  listen(host: string, port: number): Promise<AddressInfo> {
    const { allowedHosts } = this.#needs;
    this.#isLocal = loopback.includes(host);
    if (allowedHosts || this.#isLocal) this.#hosts = new Set([...loopback, ...(allowedHosts ?? [])]);
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** @param drainMs How long requests in flight have to finish, and clients to take what is on its way to them. */
  async close(drainMs: number): Promise<void> {
    this.#draining = true;
    const { webSockets } = this.#needs;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    webSockets.close();
    // Ended without the `complete` event: the client sees that there is more, and resumes elsewhere.
    for (const [response, call] of this.#open) if (call.streaming) response.end();

    const deadline = setTimeout(() => {
      webSockets.terminate();
      this.#server.closeAllConnections();
    }, drainMs);
    await closed;
    clearTimeout(deadline);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { handler, log } = this.#needs;
    const call = new Call(log, requestIdFrom(request.headers['x-request-id']?.toString()));
    const fail = (error: unknown) => this.#fail(error, response, call);
    // Writing to a client that has just gone is no event.
    response.on('error', ignore);
    if (this.#draining || !handler.short.takes(request) || !this.#isForUs(request)) {
      this.#answer(request, response, call).catch(fail);
      return;
    }
    this.#follow(call, '/graphql', request, response);
    const leave = (rest: Rest) => {
      this.#introduce(call, response);
      (async () => handler.yoga(request, response, { call, ...rest }))().catch(fail);
    };
    handler.short.answer({ request, response, call, leave, fail });
  }

  #fail(error: unknown, response: ServerResponse, call: Call): void {
    const shown = this.#needs.handler.errors.of(error, call);
    if (response.headersSent) response.destroy();
    else json(response, 500, { errors: [formatted(shown)] });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
    const url = urlOf(request);
    this.#follow(call, url?.pathname ?? '', request, response);
    this.#introduce(call, response);
    if (!url) problem(response, 400, 'BAD_REQUEST', 'The request has no valid URL.');
    else if (!this.#isOurs(url) && !this.#isForWatchers(url))
      problem(response, 421, 'WRONG_HOST', `Nothing is served for ${url.hostname}.`);
    else await this.#route(url.pathname, request, response, call);
  }

  #introduce(call: Call, response: ServerResponse): void {
    response.setHeader('x-request-id', call.id);
    response.setHeader('x-content-type-options', 'nosniff');
    if (this.#draining) response.setHeader('connection', 'close');
  }

  async #route(path: string, request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
    const { handler, health, routes } = this.#needs;
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;

    if (isGraphql(path)) {
      if (handler.page.isFor(request)) await handler.page.answer(request, response);
      else await handler.yoga(request, response, { call });
    } else if (path === '/health/live') json(response, 200, { status: 'ok' });
    else if (path === '/health') {
      const found = await healthWithin(handler.limits.healthMs, health);
      const status = this.#draining ? 'draining' : found.ready ? 'ok' : 'unavailable';
      json(response, status === 'ok' ? 200 : 503, { status, checks: found.checks });
    } else if (route) await route(request, response);
    else problem(response, 404, 'NOT_FOUND', 'Nothing is served here.');
  }

  #follow(call: Call, path: string, request: IncomingMessage, response: ServerResponse): void {
    this.#open.set(response, call);
    response.once('close', () => {
      if (response.writableFinished && !call.received && !request.complete)
        setTimeout(() => request.complete || request.destroy(), lingerMs).unref();
      this.#open.delete(response);
      // Its connection was promised to be kept, and would hold up the end.
      if (this.#draining) setImmediate(() => this.#server.closeIdleConnections());
      if (!response.writableFinished || call.streaming) call.leave();
      call.note(path.startsWith('/health') ? 'debug' : 'info', 'request', () => ({
        method: request.method,
        path,
        ...(response.headersSent && { status: response.statusCode }),
        ms: call.milliseconds(),
        ...(call.operation && { operation: call.operation }),
        ...(!response.writableFinished && { cut: true }),
      }));
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isGraphql(pathOf(request))) refuse(socket, '404 Not Found');
    else if (!this.#isForUs(request)) refuse(socket, '421 Misdirected Request');
    else if (!this.#mayConnect(request)) refuse(socket, '403 Forbidden');
    else if (this.#draining) refuse(socket, '503 Service Unavailable');
    else this.#needs.webSockets.accept(request, socket, head);
  }

  /** A page whose name was made to lead to us (DNS rebinding) would pass for one of ours. */
  #isOurs(url: URL): boolean {
    return !this.#hosts || this.#hosts.has(url.hostname);
  }

  /** The same without taking the URL apart for each request. */
  #isForUs(request: IncomingMessage): boolean {
    const host = request.headers.host ?? '';
    // A whole URL in place of the path names a host of its own, whatever the header says.
    const plain = isGraphql(request.url ?? '');
    if (plain && this.#known.has(host)) return true;
    const url = urlOf(request);
    if (!url || !this.#isOurs(url)) return false;
    if (plain && this.#known.size < KNOWN_HOSTS) this.#known.add(host);
    return true;
  }

  /** Those who watch over us ask each process by its address. */
  #isForWatchers({ pathname }: URL): boolean {
    return !this.#isLocal && WATCHED.has(pathname);
  }

  /** Browsers do not ask before they connect, but they say for which page. What is no browser says nothing. */
  #mayConnect(request: IncomingMessage): boolean {
    const { origin } = request.headers;
    if (!origin || this.#needs.handler.origins.has(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === urlOf(request)?.host;
  }
}

const ignore = () => {};

const loopback = ['localhost', '127.0.0.1', '[::1]', '::1'];

const isGraphql = (path: string) => path === '/graphql' || path === '/graphql/';

/** Clients send the path as it is, and then no URL is taken apart. */
function pathOf(request: IncomingMessage): string {
  const { url = '/' } = request;
  return isGraphql(url) ? url : (urlOf(request)?.pathname ?? '');
}

function urlOf(request: IncomingMessage): URL | undefined {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  return URL.canParse(request.url ?? '/', base) ? new URL(request.url ?? '/', base) : undefined;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

const problem = (response: ServerResponse, status: number, code: string, message: string) =>
  json(response, status, { errors: [{ message, extensions: { code } }] });

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
