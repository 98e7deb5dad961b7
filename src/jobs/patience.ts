import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable } from '../store/index.ts';

/** A follower outlives a database that is away for this long: its restart, or its failover. */
const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 1_000;

/** Asks again, with growing pauses, while the database is away; until `signal` fires. */
export async function patiently<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const giveUp = performance.now() + PATIENCE_MS;
  for (let pause = 50; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isUnavailable(error) || performance.now() > giveUp) throw error;
    }
    await delay(pause, undefined, { signal }).catch(() => {});
  }
}
