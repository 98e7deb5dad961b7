import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionResult, FormattedExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols, makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import type { Admission, Authenticate } from './auth.ts';
import { Beginning, type Begun } from './beginning.ts';
import { Call } from './call.ts';
import { Connection } from './connection.ts';
import { formatted, refusal } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';
import { live } from './live.ts';
import type { Patience } from './patience.ts';
import { Offer } from './shared/offer.ts';
import { SharedSubscriptions } from './shared/subscriptions.ts';
import type { Handler } from './yoga.ts';

interface Needs {
  handler: Handler;
  authenticate: Authenticate;
  log: Logger;
  patience: Patience;
}

/**
 * Close codes of ours, beside those of graphql-ws. Its clients connect again after 1001 (we shut down), 1006 and 1013
 * (the client took nothing for too long), and when they need to after 1000 (nothing ran for long); after 4401 (who are
 * you?) and 4429 (too many connections) they give up.
 */
const closeCodes = {
  idle: 1000,
  goingAway: 1001,
  stalled: 1013,
  unauthorized: 4401,
  tooManyConnections: 4429,
} as const;

/** GraphQL over WebSocket (graphql-transport-ws). Operations take the handler's path: same limits, same masks. */
export class WebSockets {
  readonly #needs: Needs;
  readonly #server: WebSocketServer;
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown>, Connection>>;
  readonly #heartbeat: Heartbeat;

  constructor(needs: Needs) {
    this.#needs = needs;
    const { limits } = needs.handler;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.jsonBytes,
      perMessageDeflate: false,
      handleProtocols,
    });
    this.#protocol = makeServer(protocolOptions(needs));
    this.#heartbeat = new Heartbeat(limits, ({ socket }, why) =>
      why === 'idle' ? socket.close(closeCodes.idle, 'Idle') : socket.terminate(),
    );
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#server.clients.size >= this.#needs.handler.limits.connections) refuse(socket);
    else this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#opened(webSocket, request));
  }

  /** Clients get what was already on its way to them, then the word to resume elsewhere. */
  close(): void {
    for (const socket of this.#server.clients) socket.close(closeCodes.goingAway, 'Going away');
  }

  terminate(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  #opened(socket: WebSocket, request: IncomingMessage): void {
    const { log, patience, handler } = this.#needs;
    const connection = new Connection(socket, request, log);
    const forget = this.#heartbeat.watch(connection);
    const closed = this.#protocol.opened(connection.wire(handler.limits.unsentBytes), connection);

    patience.watch(request.socket, () => {
      connection.leaveAll();
      socket.close(closeCodes.stalled, 'Stalled');
      setTimeout(() => socket.terminate(), 1_000).unref();
    });
    socket.on('error', (error) => connection.log.debug({ err: error.message }, 'websocket failed'));
    socket.once('close', (code, reason) => {
      forget();
      connection.closed(code);
      Promise.resolve(closed(code, String(reason))).catch(() => {});
    });
  }
}

/** What an operation is made of. */
const READ = ['query', 'variables', 'operationName'];

/** graphql-ws keeps what a client sent until it is done with the operation, or has got rid of the refusal. */
function keepOnly(payload: SubscribePayload, names: readonly string[]): void {
  for (const name of Object.keys(payload)) if (!names.includes(name)) Reflect.deleteProperty(payload, name);
}

/** Answers an upgrade that is one too many, on a socket that is no WebSocket yet. */
function refuse(socket: Duplex): void {
  socket.on('error', () => {});
  socket.end(
    'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n',
    () => socket.destroy(),
  );
}

function protocolOptions({
  handler,
  authenticate,
  log,
}: Needs): ServerOptions<Record<string, unknown>, Connection> {
  const { limits, errors, presence, contextFor } = handler;
  const shared = new SharedSubscriptions({ errors, presence, log, contextFor });
  const beginning = new Beginning(handler);

  /** A rejection would close the whole socket; here it fails its operation only. */
  const guarded = async <T>(run: () => T | Promise<T>): Promise<T | ExecutionResult> => {
    try {
      return await run();
    } catch (error) {
      return { errors: [error as GraphQLError] };
    }
  };

  const tooManyOn = ({ running, heldBytes }: Connection): string | undefined => {
    if (running >= limits.subscriptionsPerConnection)
      return 'Too many operations run on this connection already.';
    if (heldBytes > limits.operationBytesPerConnection)
      return 'The operations that run on this connection are too large for another.';
    return undefined;
  };

  return {
    connectionInitWaitTimeout: limits.connectionInitMs,

    onConnect(context) {
      const { extra, connectionParams } = context;
      // It would be kept as long as the connection.
      Object.assign(context, { connectionParams: undefined });
      let admission: Admission;
      try {
        admission = authenticate(extra.headers, connectionParams);
      } catch (error) {
        extra.socket.close(
          closeCodes.unauthorized,
          errors.of(error, new Call(extra.log)).message.slice(0, 100),
        );
        return false;
      }
      extra.admit(admission, () => extra.socket.close(closeCodes.unauthorized, 'The admission has expired'));
      const disconnect = presence.connect(admission.owner);
      if (!disconnect) {
        extra.socket.close(closeCodes.tooManyConnections, 'Too many connections');
        return false;
      }
      // The socket may have been closed while it was let in.
      if (extra.socket.readyState === WebSocket.OPEN) extra.disconnect = disconnect;
      else disconnect();
      return true;
    },

    async onSubscribe({ extra }, id, payload) {
      const tooMany = tooManyOn(extra);
      if (tooMany) {
        keepOnly(payload, []);
        return [refusal('TOO_MANY_SUBSCRIPTIONS', 429, tooMany)];
      }
      keepOnly(payload, READ);
      const call = extra.begin(id);
      try {
        return await beginning.prepare(call, payload);
      } catch (error) {
        const found = Array.isArray(error) ? error : [error];
        const shown = found.map((one) => errors.of(one, call));
        call.end();
        keepOnly(payload, []);
        return shown;
      }
    },

    execute: (args) => guarded(() => (args as Begun).execute!(args)),
    subscribe: (args) => guarded(() => beginning.follow(args as Begun)) as never,

    onOperation({ extra }, id, _, args, result) {
      const { call } = args as Begun;
      if (result instanceof Offer) {
        // What it was executed with is not needed any more, and the subscription may last for days.
        args.contextValue = undefined;
        return shared.join(result, { id: extra.idOutside(id), call, outlet: extra.outlet(shared.turn) });
      }
      if (Symbol.asyncIterator in (result as object)) {
        return live(result as AsyncIterable<ExecutionResult>, call, { errors, presence });
      }
      call.end();
      const { errors: found, ...rest } = result as ExecutionResult;
      return found ? { ...rest, errors: found.map((error) => errors.of(error, call)) } : rest;
    },

    onNext: (_, __, ___, ____, { errors: found, ...rest }) =>
      ({ ...rest, ...(found && { errors: found.map(formatted) }) }) as FormattedExecutionResult,
    onError: (_, __, ___, found) => found.map((error) => formatted(error as GraphQLError)) as never,
  };
}
