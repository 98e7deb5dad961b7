import { SignalboxError } from './errors.ts';

/** How to come back after a connection was lost. */
export interface Retry {
  /** Tries in a row before the loss is thrown; without a bound by default. */
  attempts: number;
  /** Before the first try, doubled for each one more; half of it is chance, so that clients do not come all at once. */
  firstDelayMs: number;
  longestDelayMs: number;
  /** On an event stream, after which it counts as lost: the gateway says something every 12 s, if only that it is there. */
  silenceMs: number;
  /** Hears of each loss before the wait. */
  onLost?: (loss: { error: SignalboxError; attempt: number; delayMs: number }) => void;
}

export const defaultRetry: Retry = {
  attempts: Number.POSITIVE_INFINITY,
  firstDelayMs: 250,
  longestDelayMs: 15_000,
  silenceMs: 30_000,
};

/** A fault of the gateway's own may be lasting: so many in a row are enough. */
const FAULTS_IN_A_ROW = 5;
/** A connection that lasted so long was a good one. */
const GOOD_MS = 10_000;

/**
 * Yields what `connect` yields and connects again where the connection is lost, until it ends by itself.
 * `connect` begins behind what was seen.
 *
 * @throws {SignalboxError} What time does not heal, or heals too late.
 */
export async function* resuming<T>(
  connect: () => AsyncIterable<T>,
  retry: Retry,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  let losses = 0;
  let wasConnected = false;

  for (;;) {
    const since = Date.now();
    try {
      signal.throwIfAborted();
      for await (const item of connect()) {
        losses = 0;
        wasConnected = true;
        yield item;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SignalboxError) || !isLoss(error, wasConnected)) throw error;

      if (Date.now() - since > GOOD_MS) losses = 0;
      losses += 1;
      const most = error.code === 'INTERNAL_SERVER_ERROR' ? FAULTS_IN_A_ROW : retry.attempts;
      if (losses > Math.min(most, retry.attempts)) throw error;
      const delayMs = delayBefore(losses, retry);
      retry.onLost?.({ error, attempt: losses, delayMs });
      signal.throwIfAborted();
      await pause(delayMs, signal);
    }
  }
}

/** Too many connections: our own, which the gateway may not have missed yet, or others' from the beginning. */
const isLoss = (error: SignalboxError, wasConnected: boolean) =>
  error.code === 'TOO_MANY_CONNECTIONS' ? wasConnected : error.retryable;

function delayBefore(attempt: number, { firstDelayMs, longestDelayMs }: Retry): number {
  const delay = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
  return delay * (0.5 + Math.random() / 2);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}

/**
 * An iteration that ends at once when its consumer leaves, though it waits for its next item: a generator's own
 * `return()` would wait with it.
 */
export function leavable<T>(
  start: (signal: AbortSignal) => AsyncGenerator<T, void>,
  outer: AbortSignal | undefined,
): AsyncIterableIterator<T, void> {
  const leaving = new AbortController();
  const source = start(outer ? AbortSignal.any([outer, leaving.signal]) : leaving.signal);
  return {
    next: () =>
      source.next().catch((error: unknown) => {
        // Whoever left knows.
        if (leaving.signal.aborted && error === leaving.signal.reason)
          return { done: true, value: undefined };
        throw error;
      }),
    async return() {
      leaving.abort();
      await source.return().catch(() => {});
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
