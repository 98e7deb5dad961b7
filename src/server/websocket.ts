import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type ExecutionResult,
  type execute,
  type FormattedExecutionResult,
  type GraphQLError,
  getOperationAST,
  type subscribe,
} from 'graphql';
import { handleProtocols, makeServer, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import type { Authenticate } from './auth.ts';
import { Call } from './call.ts';
import { Connection } from './connection.ts';
import { formatted, refusal } from './errors.ts';
import { live } from './live.ts';
import type { Patience } from './patience.ts';
import type { Handler } from './yoga.ts';

interface Needs {
  handler: Handler;
  authenticate: Authenticate;
  log: Logger;
  patience: Patience;
}

/**
 * Close codes of ours, beside those of graphql-ws. Its clients connect again after 1001 (we shut down), 1006 and 1013
 * (the client took nothing for too long); after 4401 (who are you?) and 4429 (too many connections) they give up.
 */
const closeCodes = { goingAway: 1001, stalled: 1013, unauthorized: 4401, tooManyConnections: 4429 } as const;

/** GraphQL over WebSocket (graphql-transport-ws). Operations take the handler's path: same limits, same masks. */
export class WebSockets {
  readonly #needs: Needs;
  readonly #server: WebSocketServer;
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown>, Connection>>;

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
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#opened(webSocket, request));
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
    const stopPinging = keepAlive(socket, handler.limits.pingMs);
    const closed = this.#protocol.opened(connection.wire(handler.limits.unsentBytes), connection);

    patience.watch(request.socket, () => {
      connection.leaveAll();
      socket.close(closeCodes.stalled, 'Stalled');
      setTimeout(() => socket.terminate(), 1_000).unref();
    });
    socket.on('error', (error) => connection.log.debug({ err: error.message }, 'websocket failed'));
    socket.once('close', (code, reason) => {
      stopPinging();
      connection.leaveAll();
      connection.disconnect();
      connection.log.info({ code, ms: Math.round(performance.now() - connection.since) }, 'websocket closed');
      Promise.resolve(closed(code, String(reason))).catch(() => {});
    });
  }
}

function protocolOptions({
  handler,
  authenticate,
}: Needs): ServerOptions<Record<string, unknown>, Connection> {
  const { yoga, limits, errors, presence } = handler;
  const begun = new WeakMap<object, { call: Call; run: typeof execute; follow: typeof subscribe }>();

  /** A rejection would close the whole socket; here it fails its operation only. */
  const guarded = async <T>(run: () => T | Promise<T>): Promise<T | ExecutionResult> => {
    try {
      return await run();
    } catch (error) {
      return { errors: [error as GraphQLError] };
    }
  };

  return {
    connectionInitWaitTimeout: limits.connectionInitMs,

    onConnect({ extra, connectionParams }) {
      try {
        extra.owner = authenticate(extra.headers, connectionParams).owner;
      } catch (error) {
        extra.socket.close(
          closeCodes.unauthorized,
          errors.of(error, new Call(extra.log)).message.slice(0, 100),
        );
        return false;
      }
      const disconnect = presence.connect(extra.owner);
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
      if (extra.running.size >= limits.subscriptionsPerConnection) {
        return [
          refusal('TOO_MANY_SUBSCRIPTIONS', 429, 'Too many operations run on this connection already.'),
        ];
      }
      const call = extra.begin(id);
      try {
        return await prepare(call, payload);
      } catch (error) {
        const found = Array.isArray(error) ? error : [error];
        const shown = found.map((one) => errors.of(one, call));
        call.end();
        return shown;
      }
    },

    execute: (args) => guarded(() => begun.get(args.contextValue as object)!.run(args)),
    subscribe: (args) => guarded(() => begun.get(args.contextValue as object)!.follow(args)) as never,

    onOperation(_, __, ___, args, result) {
      const { call } = begun.get(args.contextValue as object)!;
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

  async function prepare(call: Call, payload: SubscribePayload) {
    const params = {
      query: payload.query,
      variables: payload.variables,
      operationName: payload.operationName,
    };
    const enveloped = yoga.getEnveloped({ call, params });
    const document = enveloped.parse(payload.query);
    const invalid = enveloped.validate(enveloped.schema, document) as GraphQLError[];
    if (invalid.length) throw invalid;
    if (!getOperationAST(document, params.operationName)) {
      throw refusal(
        'OPERATION_RESOLUTION_FAILURE',
        400,
        'The document has no such operation, or several and none was named.',
      );
    }

    const contextValue = (await enveloped.contextFactory()) as object;
    begun.set(contextValue, { call, run: enveloped.execute, follow: enveloped.subscribe });
    return {
      schema: enveloped.schema,
      document,
      contextValue,
      variableValues: payload.variables ?? {},
      operationName: payload.operationName,
    };
  }
}

/** Finds out about peers that vanished without a word. */
function keepAlive(socket: WebSocket, pingMs: number): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    // A ping behind unsent bytes cannot be answered yet; there the stall limit counts.
    const reachable = socket.bufferedAmount === 0;
    if (!answered && reachable) return socket.terminate();
    answered = !reachable;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
