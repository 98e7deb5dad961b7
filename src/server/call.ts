import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';

export interface Viewer {
  /** Whose sessions, jobs and datasets the caller sees. */
  owner: string;
}

/** One request over HTTP, or one operation over WebSocket, while it lasts. */
export class Call {
  readonly id: string;
  viewer: Viewer | undefined;
  /** The operation's name, once it is known; never more of a query than that is logged. */
  operation: string | undefined;
  /** True while a subscription is followed. */
  streaming = false;
  readonly #since = performance.now();
  readonly #log: Logger;
  readonly #gone = new AbortController();
  readonly #cleanups: (() => void)[] = [];

  constructor(log: Logger, id: string = randomUUID()) {
    this.id = id;
    this.#log = log;
  }

  get log(): Logger {
    return this.#log.child({ requestId: this.id });
  }

  milliseconds(): number {
    return Math.round(performance.now() - this.#since);
  }

  /** Aborts when the client is gone; not when the call ends well. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** The client is gone: whatever works for it stops now. */
  leave(): void {
    if (!this.#gone.signal.aborted) this.#gone.abort(new DOMException('The client is gone.', 'AbortError'));
  }

  /** Runs when the work is over, however it ended: later than `leave` where a resolver goes on regardless. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  end(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }
}

/** An incoming id is taken where it cannot do harm in a log line or header. */
export const requestIdFrom = (header: string | null | undefined): string =>
  header && /^[\w.:-]{1,128}$/.test(header) ? header : randomUUID();
