import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CloseCode, type WebSocket as Wire } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import type { Admission, HeaderReader } from './auth.ts';
import { Call, requestIdFrom, type Viewer } from './call.ts';
import { OperationIds } from './operation-ids.ts';
import { frameOf, keepable } from './shared/frames.ts';
import { Outlet } from './shared/outlet.ts';
import type { Turn } from './shared/turn.ts';

const LONGEST_TIMER_MS = 86_400_000;

/** One socket and the operations running on it. */
export class Connection {
  /** Whether the last ping was. */
  answered = true;
  readonly #log: Logger;
  #id: string | undefined;
  readonly #since = performance.now();
  /** Those included that were left and still stop. */
  readonly #running = new Map<string, Call>();
  readonly #ids = new OperationIds();
  #heldBytes = 0;
  readonly socket: WebSocket;
  readonly #below: Socket;
  /** Let go once they were read: a connection may be there for days. */
  #headers: IncomingHttpHeaders | undefined;
  #viewer: Viewer | undefined;
  #outlet: Outlet | undefined;
  #expiry: NodeJS.Timeout | undefined;
  /** When the last of its operations ended. */
  #idleSince = performance.now();
  disconnect: (() => void) | undefined;

  constructor(socket: WebSocket, request: IncomingMessage, log: Logger) {
    this.socket = socket;
    this.#below = request.socket;
    this.#headers = request.headers;
    this.#log = log;
    const given = request.headers['x-request-id'];
    if (given) this.#id = requestIdFrom(given.toString());
    socket.on('pong', () => {
      this.answered = true;
    });
  }

  /** As its lines in the log have it. */
  get id(): string {
    this.#id ??= requestIdFrom(undefined);
    return this.#id;
  }

  get log(): Logger {
    return this.#log.child({ requestId: this.id });
  }

  /** What the client said when it connected, until it was let in. */
  get headers(): HeaderReader {
    return { get: (name) => this.#headers?.[name.toLowerCase()]?.toString() ?? null };
  }

  /** @param onExpired Called where the admission ends before the connection does. */
  admit({ expiresAt, ...viewer }: Admission, onExpired: () => void): void {
    this.#viewer = viewer;
    this.#headers = undefined;
    const left = () => (expiresAt?.getTime() ?? 0) - Date.now();
    // Timers take no more than 24 days.
    const look = (): void => {
      if (left() <= 0) onExpired();
      else this.#expiry = setTimeout(look, Math.min(left(), LONGEST_TIMER_MS)).unref();
    };
    if (expiresAt) look();
  }

  /** Operations, those included that still stop. */
  get running(): number {
    return this.#running.size;
  }

  /** Of the messages that began them, which are kept as long. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** How long nothing has run on it; 0 while anything does. */
  get idleMs(): number {
    return this.running > 0 ? 0 : performance.now() - this.#idleSince;
  }

  /** Where shared subscriptions write. */
  outlet(turn: Turn): Outlet {
    this.#outlet ??= new Outlet(this.socket, this.#below, turn);
    return this.#outlet;
  }

  closed(code: number): void {
    clearTimeout(this.#expiry);
    this.leaveAll();
    this.disconnect?.();
    if (!this.#log.isLevelEnabled('info')) return;
    this.log.info({ code, ms: Math.round(performance.now() - this.#since) }, 'websocket closed');
  }

  begin(id: string): Call {
    const call = new Call(this.#log);
    call.viewer = this.#viewer;
    this.#running.set(id, call);
    call.onEnd(() => {
      this.#running.delete(id);
      this.#idleSince = performance.now();
      call.note('info', 'websocket operation', () => ({
        connection: this.id,
        operation: call.operation,
        ms: call.milliseconds(),
      }));
    });
    return call;
  }

  /** @returns The id by which the client knows it. */
  idOutside(id: string): string {
    return this.#ids.outside(id);
  }

  leaveAll(): void {
    for (const call of this.#running.values()) call.leave();
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
          this.#outlet?.flush();
          const frame = frameOf(this.#ids.translated(data));
          this.#below.write(this.#below.writableLength > 0 ? keepable(frame) : frame, () => {
            if (socket.isPaused && socket.bufferedAmount < unsentBytes) socket.resume();
            resolve();
          });
          // Answers to pings and refusals wait for nobody: whoever asks without listening is not heard either.
          if (socket.bufferedAmount >= unsentBytes) socket.pause();
        }),
      onMessage: (take) =>
        socket.on('message', (data) => {
          const message = parsed(String(data));
          const begun = this.#named(message);
          const bytes = begun === undefined ? 0 : (data as Buffer).length;
          this.#heldBytes += bytes;
          const done = () => {
            this.#heldBytes -= bytes;
            if (begun !== undefined) this.#ids.end(begun);
          };
          // It keeps what it is given for as long as the operation lasts: not the text, and nothing of ours.
          take(message as string).then(done, (error: unknown) => {
            done();
            this.log.error({ fault: String(error) }, 'websocket message failed');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    };
  }

  /** Gives a message the id that its operation has inside. @returns That of an operation that begins. */
  #named(message: unknown): string | undefined {
    const named = (message ?? {}) as { type?: unknown; id?: unknown };
    const { type, id } = named;
    if (typeof id !== 'string') return undefined;
    if (type === 'subscribe') {
      named.id = this.#ids.begin(id);
      return named.id as string;
    }
    if (type === 'complete') {
      const left = this.#ids.leave(id);
      named.id = left;
      // graphql-ws would wait for the source's next event before anybody heard of it.
      this.#running.get(left)?.leave();
    }
    return undefined;
  }
}

/** What is no JSON stays as it is: graphql-ws closes the socket over it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
