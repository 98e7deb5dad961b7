import type { Socket } from 'node:net';

interface Watched {
  giveUp: () => void;
  sent: number;
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
    this.#watched.set(socket, { giveUp, sent: 0, since: performance.now() });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, watched] of this.#watched) {
      const sent = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || sent !== watched.sent) {
        watched.sent = sent;
        watched.since = now;
      } else if (now - watched.since >= this.#stallMs) {
        this.#watched.delete(socket);
        watched.giveUp();
      }
    }
  }
}
