import type { Clock } from './clock.ts';
import { ModelError, ModelRateLimitedError, ModelTimeoutError } from './errors.ts';

/** AWS' "full jitter": any time up to the bound, which doubles; spreads those who failed together. */
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** Whatever a server says, somebody asks again after an hour. */
const LONGEST_PAUSE_MS = 60 * 60_000;

export interface Patience {
  /** Tries after the first one. */
  maxRetries: number;
  /** For the call as a whole: waiting, trying, and waiting again. */
  deadlineMs: number;
}

interface Needs extends Patience {
  clock: Clock;
  random: () => number;
}

/**
 * One call's patience. It retries what may succeed later, waits as long as the provider asks for, and never beyond
 * the deadline. Dispose of it when the call is over.
 */
export class Retries implements Disposable {
  /** Fires when the caller gave up, with the caller's reason, or at the deadline, with a `ModelTimeoutError`. */
  readonly signal: AbortSignal;
  readonly #needs: Needs;
  readonly #until: number;
  readonly #over = new AbortController();
  #retries = 0;

  constructor(needs: Needs, signal: AbortSignal) {
    this.#needs = needs;
    this.#until = needs.clock.now() + needs.deadlineMs;

    const deadline = new AbortController();
    this.signal = AbortSignal.any([signal, deadline.signal]);
    needs.clock.sleep(needs.deadlineMs, this.#over.signal).then(
      () =>
        deadline.abort(
          new ModelTimeoutError(`The model did not answer within ${needs.deadlineMs / 1000} s.`),
        ),
      () => {},
    );
  }

  get count(): number {
    return this.#retries;
  }

  /** Milliseconds until the deadline. */
  get patienceMs(): number {
    return Math.max(0, this.#until - this.#needs.clock.now());
  }

  /**
   * Waits until it is worth trying again.
   *
   * @param onlyIfNotStarted Whether an unknown outcome is for the caller to judge.
   * @throws The error itself, where another try is not allowed or pointless; the signal's reason once it fired.
   */
  async after(error: unknown, onlyIfNotStarted = false): Promise<void> {
    this.signal.throwIfAborted();
    const { maxRetries, clock } = this.#needs;
    if (!(error instanceof ModelError) || !error.retryable) throw error;
    if (onlyIfNotStarted && error.outcomeUnknown) throw error;
    if (this.#retries >= maxRetries) throw error;

    const waitMs = error.retryAfterSeconds === undefined ? this.#backoff() : error.retryAfterSeconds * 1000;
    if (waitMs >= this.patienceMs) throw error;
    this.#retries += 1;
    await clock.sleep(waitMs, this.signal);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  #backoff(): number {
    return this.#needs.random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#retries);
  }
}

/** What the provider said about when to come back, in seconds; undefined: nothing, or nothing sensible. */
export function readRetryAfter(headers: Headers | undefined, now: Date): number | undefined {
  const milliseconds = headers?.get('retry-after-ms');
  if (milliseconds && /^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds) / 1000;

  const value = headers?.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  if (!/^[A-Z][a-z]+, /.test(value)) return undefined;

  // A date counts from the provider's own clock where that is known, because ours may be off.
  const moment = Date.parse(value);
  const sent = Date.parse(headers?.get('date') ?? '');
  const seconds = (moment - (Number.isNaN(sent) ? now.getTime() : sent)) / 1000;
  return seconds >= 0 ? seconds : undefined;
}

/** Whether the whole client should hold back, and for how long. */
export function pauseAfter(error: unknown): number | undefined {
  if (!(error instanceof ModelRateLimitedError) || error.retryAfterSeconds === undefined) return undefined;
  return Math.min(error.retryAfterSeconds * 1000, LONGEST_PAUSE_MS);
}
