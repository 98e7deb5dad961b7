import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { keepable } from './frames.ts';
import type { Turn } from './turn.ts';

/** Bytes that wait at most for the end of a turn. */
const PENDING_BYTES = 64 * 1024;

/**
 * What shared subscriptions write to one socket: ready frames, those of one turn of the event loop together. Whoever
 * finds it full keeps only its place in the log, and is called when the socket has drained.
 */
export class Outlet {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #turn: Turn;
  /** Subscriptions that write here: where there is but one, nothing is gained by waiting for others. */
  #users = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Most never find it full. */
  #waiting: Set<() => void> | undefined;
  #draining = false;

  /** @param socket The one below the WebSocket: frames go past ws, which would make and write each by itself. */
  constructor(webSocket: WebSocket, socket: Duplex, turn: Turn) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#turn = turn;
  }

  enter(): void {
    this.#users += 1;
  }

  leave(onDrained: () => void): void {
    this.#users -= 1;
    this.#waiting?.delete(onDrained);
  }

  /** True from 64 KiB of unsent bytes on, which is where Node's sockets ask to wait. */
  get full(): boolean {
    if (this.#pendingBytes >= PENDING_BYTES) this.flush();
    return this.#socket.writableNeedDrain;
  }

  /** @param frames Whole ones. */
  write(frames: Buffer): void {
    if (this.#users === 1 && this.#pending.length === 0) {
      this.#send(frames);
      return;
    }
    this.#pendingBytes += frames.length;
    if (this.#pending.push(frames) === 1) this.#turn.atEnd(() => this.flush());
  }

  /** Comes also before whatever else is sent on the socket, so that nothing overtakes. */
  flush(): void {
    const [first] = this.#pending;
    if (!first) return;
    const frames = this.#pending.length === 1 ? first : Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#send(frames);
  }

  /** Calls once, when a full socket has taken all it was given. */
  onceDrained(callback: () => void): void {
    this.#waiting ??= new Set();
    this.#waiting.add(callback);
    this.#awaitDrain();
  }

  #awaitDrain(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#socket.once('drain', () => {
      this.#draining = false;
      // Those that find it full again wait behind the others.
      const waiting = this.#waiting ?? new Set();
      for (const resume of waiting) {
        if (this.full) break;
        waiting.delete(resume);
        resume();
      }
      if (waiting.size > 0) this.#awaitDrain();
    });
  }

  #send(frames: Buffer): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    this.#socket.write(this.#socket.writableLength > 0 ? keepable(frames) : frames);
  }
}
