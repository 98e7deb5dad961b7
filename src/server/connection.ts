import type { IncomingMessage } from 'node:http';
import { CloseCode, type WebSocket as Wire } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import type { HeaderReader } from './auth.ts';
import { Call, requestIdFrom } from './call.ts';

/** One socket and the operations running on it. */
export class Connection {
  readonly log: Logger;
  readonly since = performance.now();
  /** All that runs, whatever its id: a client may use one again while the operation before it still stops. */
  readonly running = new Set<Call>();
  readonly #byId = new Map<string, Call>();
  readonly headers: HeaderReader;
  readonly socket: WebSocket;
  owner = '';
  disconnect: () => void = () => {};

  constructor(socket: WebSocket, request: IncomingMessage, log: Logger) {
    this.socket = socket;
    this.headers = { get: (name) => request.headers[name.toLowerCase()]?.toString() ?? null };
    this.log = log.child({ requestId: requestIdFrom(this.headers.get('x-request-id')) });
  }

  begin(id: string): Call {
    const call = new Call(this.log);
    call.viewer = { owner: this.owner };
    this.running.add(call);
    this.#byId.set(id, call);
    call.onEnd(() => {
      this.running.delete(call);
      if (this.#byId.get(id) === call) this.#byId.delete(id);
      call.log.info({ operation: call.operation, ms: call.milliseconds() }, 'websocket operation');
    });
    return call;
  }

  leave(id: string): void {
    this.#byId.get(id)?.leave();
    this.#byId.delete(id);
  }

  leaveAll(): void {
    for (const call of this.running) call.leave();
  }

  /** The socket as graphql-ws wants it: sending waits until the bytes have left, which holds back the next event. */
  wire(unsentBytes: number): Wire {
    const { socket } = this;
    return {
      protocol: socket.protocol,
      close: (code, reason) => socket.close(code, reason),
      send: (data) =>
        new Promise((resolve) => {
          if (socket.readyState !== WebSocket.OPEN) return resolve();
          socket.send(data, () => {
            if (socket.isPaused && socket.bufferedAmount < unsentBytes) socket.resume();
            resolve();
          });
          // Answers to pings and refusals wait for nobody: whoever asks without listening is not heard either.
          if (socket.bufferedAmount >= unsentBytes) socket.pause();
        }),
      onMessage: (take) =>
        socket.on('message', async (data) => {
          const text = String(data);
          // graphql-ws would wait for the source's next event before anybody heard of it.
          const left = completed(text);
          if (left !== undefined) this.leave(left);
          try {
            await take(text);
          } catch (error) {
            this.log.error({ fault: String(error) }, 'websocket message failed');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          }
        }),
    };
  }
}

/** The id of the operation that a message ends; undefined where it is another message. */
function completed(text: string): string | undefined {
  if (text.length > 1_000 || !text.includes('"complete"')) return undefined;
  try {
    const message = JSON.parse(text);
    return message?.type === 'complete' && typeof message.id === 'string' ? message.id : undefined;
  } catch {
    return undefined;
  }
}
