import type { Socket } from 'node:net';

interface Watched {
  giveUp: () => void;
  sent: number;
  left: number;
  since: number;
}

/** Gives up on peers that take nothing of what they are sent, so that they cannot hold on to our memory. */
export class Patience {
  readonly #stallMs: number;
  readonly #watched = new Map<Socket, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(stallMs: number) {
    this.#stallMs = stallMs;
    this.#timer = setInterval(() => this.#look(), Math.max(stallMs / 6, 50));
    this.#timer.unref();
  }

  /** A later `giveUp` for the same socket replaces the one before: a WebSocket ends otherwise than a request. */
  watch(socket: Socket, giveUp: () => void): void {
    if (!this.#watched.has(socket)) socket.once('close', () => this.#watched.delete(socket));
    this.#watched.set(socket, { giveUp, sent: 0, left: 0, since: performance.now() });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, watched] of this.#watched) {
      const sent = socket.bytesWritten - socket.writableLength;
      const left = leftOf(socket);
      if (socket.writableLength === 0 || sent !== watched.sent || left !== watched.left) {
        watched.sent = sent;
        watched.left = left;
        watched.since = now;
      } else if (now - watched.since >= this.#stallMs) {
        this.#watched.delete(socket);
        watched.giveUp();
      }
    }
  }
}

/**
 * Bytes of the write under way that the system has not taken yet: `bytesWritten` moves when all of it is gone, which may
 * take a slow client minutes. Node's own timeout of a socket looks at the same number, and has no public name for it.
 */
function leftOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}
