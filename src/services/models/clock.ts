import { setTimeout as wait } from 'node:timers/promises';

/** Time as limits and retries see it: never set back, and slept through in vain by nobody who gave up. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Rejects with the signal's reason as soon as it fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers fire at once beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const monotonicClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    signal.throwIfAborted();
    await wait(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
