import type { Clock } from '../../../src/services/models/clock.ts';
import { monotonicClock } from '../../../src/services/models/clock.ts';
import type { CallTime, ModelSettings, Models, TextRequest } from '../../../src/services/models/index.ts';
import { createModels } from '../../../src/services/models/index.ts';
import type { Db } from '../../../src/store/index.ts';
import { silent } from '../../support/stores.ts';

export const KEY = 'test-key-0123456789';

/** Limits that no test meets by accident. */
export const generous: ModelSettings = {
  apiKey: KEY,
  baseUrl: undefined,
  api: 'auto',
  requestsPerSecond: 1_000,
  burst: 1_000,
  concurrency: 100,
  tokensPerMinute: null,
  maxRetries: 3,
  deadlineMs: 20_000,
  longestQueue: 1_000,
};

interface Choices extends Partial<ModelSettings> {
  clock?: Clock;
  db?: Db;
  random?: () => number;
}

/** The layer as the gateway builds it, without waiting between tries. */
export function models(
  baseUrl: string | undefined,
  { clock, db, random = () => 0, ...settings }: Choices = {},
): Models {
  return createModels({
    settings: { ...generous, baseUrl, ...settings },
    db: db as Db,
    exclusive: db === undefined,
    log: silent,
    random,
    ...(clock && { clock }),
  });
}

export const request: TextRequest = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hello?' }] };

/** Notes how often a call has begun to wait, and whether it waits now. */
export class WaitingTime implements CallTime {
  waited = 0;
  waiting = false;

  waits(): Disposable {
    this.waited += 1;
    this.waiting = true;
    return {
      [Symbol.dispose]: () => {
        this.waiting = false;
      },
    };
  }
}

/** Never fires. */
export const patient = (): AbortSignal => new AbortController().signal;

/** A clock whose sleeps are short, and written down: time passes as if they had been long. Deadlines stay real. */
export function hastyClock(deadlineMs = generous.deadlineMs): Clock & { slept: number[] } {
  let skipped = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => monotonicClock.now() + skipped,
    async sleep(ms, signal) {
      if (ms === deadlineMs || !Number.isFinite(ms)) return monotonicClock.sleep(ms, signal);
      slept.push(ms);
      await monotonicClock.sleep(0, signal);
      skipped += ms;
    },
  };
}
