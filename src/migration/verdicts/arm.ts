import { LEAST_REQUESTS, LEAST_SESSIONS } from './levels.ts';
import { p50, p95, p99 } from './quantiles.ts';
import { Sample } from './sample.ts';
import { Sessions } from './sessions.ts';
import type { Call, Lack, LatencyComparison, LatencySummary } from './types.ts';

/** Times of one service, sorted, and what they belong to. */
export interface Times {
  /** Of very many a sample. */
  ms: Float64Array;
  requests: number;
  sessions: number;
}

/** One service's calls, as they are counted. */
export class Arm {
  readonly #total: Timed;
  readonly #firstText: Timed;
  #errors = 0;

  /** @param most Times, and sessions, that are kept. */
  constructor(most?: number) {
    this.#total = new Timed(most);
    this.#firstText = new Timed(most);
  }

  add({ sessionId, durationMs, firstTextMs, outcome }: Call): void {
    this.#total.add(sessionId, durationMs);
    if (firstTextMs !== null) this.#firstText.add(sessionId, firstTextMs);
    if (outcome === 'error') this.#errors += 1;
  }

  total(): Times {
    return this.#total.times();
  }

  firstText(): Times {
    return this.#firstText.times();
  }

  /** Per call; null without calls. */
  get errorRate(): number | null {
    return this.#total.count === 0 ? null : this.#errors / this.#total.count;
  }

  /** What is still missing for a verdict. */
  get lack(): Lack {
    return {
      requests: Math.max(LEAST_REQUESTS - this.#total.count, 0),
      sessions: Math.max(LEAST_SESSIONS - this.#total.sessions, 0),
    };
  }
}

class Timed {
  readonly #ms: Sample;
  readonly #sessions: Sessions;

  constructor(most?: number) {
    this.#ms = new Sample(most);
    this.#sessions = new Sessions(most);
  }

  add(sessionId: string, ms: number): void {
    this.#ms.add(ms);
    this.#sessions.add(sessionId);
  }

  get count(): number {
    return this.#ms.count;
  }

  get sessions(): number {
    return this.#sessions.count;
  }

  times(): Times {
    return { ms: this.#ms.sorted(), requests: this.count, sessions: this.sessions };
  }
}

export function compareTimes(legacy: Times, candidate: Times): LatencyComparison {
  const [before, after] = [summaryOf(legacy), summaryOf(candidate)];
  return {
    legacy: before,
    candidate: after,
    improvementP50: improvement(before.p50Ms, after.p50Ms),
    improvementP95: improvement(before.p95Ms, after.p95Ms),
  };
}

const summaryOf = ({ ms, requests, sessions }: Times): LatencySummary => ({
  requests,
  sessions,
  p50Ms: p50(ms),
  p95Ms: p95(ms),
  p99Ms: p99(ms),
});

/** In percent of the legacy value; positive is better. Null where there is nothing to be better than. */
export function improvement(legacy: number | null, candidate: number | null): number | null {
  if (legacy === null || candidate === null) return null;
  if (legacy > 0) return (100 * (legacy - candidate)) / legacy;
  return candidate === 0 ? 0 : null;
}
