import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CloseCode, type WebSocket as Wire } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import type { Admission, HeaderReader } from './auth.ts';
import { Call, requestIdFrom, type Viewer } from './call.ts';
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
  readonly #running = new Map<string, Call>();
  /** Those that were left and still stop: a client may use their ids again. */
  #stopping: Set<Call> | undefined;
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
    return this.#running.size + (this.#stopping?.size ?? 0);
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
    this.#setAside(id);
    this.#running.set(id, call);
    call.onEnd(() => {
      if (this.#running.get(id) === call) this.#running.delete(id);
      else this.#stopping?.delete(call);
      this.#idleSince = performance.now();
      call.note('info', 'websocket operation', () => ({
        connection: this.id,
        operation: call.operation,
        ms: call.milliseconds(),
      }));
    });
    return call;
  }

  leave(id: string): void {
    this.#running.get(id)?.leave();
    this.#setAside(id);
  }

  leaveAll(): void {
    for (const call of this.#running.values()) call.leave();
    for (const call of this.#stopping ?? []) call.leave();
  }

  /** Makes room for another of the same id. */
  #setAside(id: string): void {
    const call = this.#running.get(id);
    if (!call) return;
    this.#running.delete(id);
    this.#stopping ??= new Set();
    this.#stopping.add(call);
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
          const frame = frameOf(data);
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
          // graphql-ws would wait for the source's next event before anybody heard of it.
          const left = completed(message);
          if (left !== undefined) this.leave(left);
          // It keeps what it is given for as long as the operation lasts: not the text, and nothing of ours.
          take(message as string).catch((error: unknown) => {
            this.log.error({ fault: String(error) }, 'websocket message failed');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    };
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

/** The id of the operation that a message ends; undefined where it is another message. */
function completed(message: unknown): string | undefined {
  const { type, id } = (message ?? {}) as { type?: unknown; id?: unknown };
  return type === 'complete' && typeof id === 'string' ? id : undefined;
}
