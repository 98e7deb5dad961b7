/**
 * Server: HTTP, WebSocket and event streams, with their limits, health and shutdown. The skin around a schema.
 * It knows GraphQL and sockets; it never hears of jobs, sessions or models, and only gateway.ts knows it.
 */
import type { Health } from './health.ts';
import { Http, type Route } from './http.ts';
import { Patience } from './patience.ts';
import { WebSockets } from './websocket.ts';
import { createHandler, type Handler, type HandlerNeeds } from './yoga.ts';

export { type Authenticate, authenticateWith, type HeaderReader } from './auth.ts';
export type { Viewer } from './call.ts';
export type { Health } from './health.ts';
export type { Route } from './http.ts';
export type { ServerLimits } from './limits.ts';
export { type Probes, startProbes } from './probes.ts';
export { webhookRoute } from './webhooks.ts';
export { createHandler } from './yoga.ts';

export interface ServerNeeds extends HandlerNeeds {
  /** Whether store and engine can work. Asked once per `/health`, with a signal that ends the wait. */
  health: (signal: AbortSignal) => Promise<Health>;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /**
   * Names under which we may be addressed, as `gateway.example.com`, beside `localhost`. By default all; on a loopback
   * address none: a web page could otherwise reach a gateway without tokens through a name that leads there. Elsewhere
   * health and metrics answer under any name, as those ask that watch over each process.
   */
  allowedHosts?: readonly string[] | undefined;
  /** Paths beside `/graphql` and `/health`, as `/metrics`. */
  routes?: Readonly<Record<string, Route>>;
}

export interface Server {
  /** Answers a request in this process, without a socket. */
  fetch: Handler['fetch'];
  /** Of the GraphQL endpoint. */
  url: string;
  port: number;
  /** Subscriptions followed at this moment, over both transports. */
  subscribers(): number;
  /**
   * Stops without cutting anybody short: refuses newcomers, lets requests finish, tells followers to resume elsewhere
   * (WebSocket 1001; event streams end without `complete`), and destroys what is left after `drainMs` (5 s).
   */
  close(options?: { drainMs?: number }): Promise<void>;
}

export async function startServer(needs: ServerNeeds): Promise<Server> {
  const { authenticate, health, log, routes = {}, allowedHosts } = needs;
  const handler = createHandler(needs);
  const patience = new Patience(handler.limits.stallMs);
  const webSockets = new WebSockets({ handler, authenticate, log, patience });
  const http = new Http({ handler, webSockets, patience, health, log, routes, allowedHosts });

  const { address, family, port } = await http.listen(needs.host, needs.port);
  const host = family === 'IPv6' ? `[${address}]` : address;
  let closing: Promise<void> | undefined;
  return {
    fetch: handler.fetch,
    url: `http://${host}:${port}/graphql`,
    port,
    subscribers: () => handler.presence.subscribers,
    close({ drainMs = 5_000 } = {}) {
      closing ??= http.close(drainMs).finally(() => patience.stop());
      return closing;
    },
  };
}
