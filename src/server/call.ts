import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';

export interface Viewer {
  /** Whose sessions, jobs and datasets the caller sees. */
  owner: string;
}

/** One request over HTTP, or one operation over WebSocket, while it lasts. */
export class Call {
  #id: string | undefined;
  viewer: Viewer | undefined;
  /** The operation's name, once it is known; never more of a query than that is logged. */
  operation: string | undefined;
  /** True once the whole body was read, which the request itself may learn later. */
  received = false;
  /** True while a subscription is followed. */
  streaming = false;
  readonly #since = performance.now();
  readonly #log: Logger;
  #gone: AbortController | undefined;
  #left = false;
  #leaving: (() => void)[] | undefined;
  #cleanups: (() => void)[] | undefined;

  constructor(log: Logger, id?: string) {
    this.#id = id;
    this.#log = log;
  }

  /** As its lines in the log have it. */
  get id(): string {
    this.#id ??= randomUUID();
    return this.#id;
  }

  get log(): Logger {
    return this.#log.child({ requestId: this.id });
  }

  /** The same in one line, which costs nothing where nobody reads lines of this level. */
  note(level: 'debug' | 'info', message: string, facts: () => object): void {
    if (this.#log.isLevelEnabled(level)) this.#log[level]({ requestId: this.id, ...facts() }, message);
  }

  milliseconds(): number {
    return Math.round(performance.now() - this.#since);
  }

  /** Aborts when the client is gone; not when the call ends well. */
  get signal(): AbortSignal {
    if (!this.#gone) {
      this.#gone = new AbortController();
      if (this.#left) this.#gone.abort(GONE);
    }
    return this.#gone.signal;
  }

  /** True from `leave` on. */
  get left(): boolean {
    return this.#left;
  }

  /** The client is gone: whatever works for it stops now. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#gone?.abort(GONE);
    for (const hook of this.#leaving ?? []) hook();
  }

  /** Runs when the client leaves, as the signal's listeners do; a tenth of what a signal costs where there is no other. */
  onLeave(hook: () => void): void {
    this.#leaving ??= [];
    this.#leaving.push(hook);
  }

  /** Runs when the work is over, however it ended: later than `leave` where a resolver goes on regardless. */
  onEnd(cleanup: () => void): void {
    this.#cleanups ??= [];
    this.#cleanups.push(cleanup);
  }

  end(): void {
    const cleanups = this.#cleanups;
    this.#cleanups = undefined;
    for (const cleanup of cleanups ?? []) cleanup();
  }
}

/** One for all: its trace would say nothing, and making it is most of what closing a connection costs. */
const GONE = new DOMException('The client is gone.', 'AbortError');

/** An incoming id is taken where it cannot do harm in a log line or header. */
export const requestIdFrom = (header: string | null | undefined): string =>
  header && /^[\w.:-]{1,128}$/.test(header) ? header : randomUUID();
