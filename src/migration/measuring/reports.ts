import type { FeatureName } from '../../services/chat/types.ts';
import type { Db } from '../../store/index.ts';
import { type ComparisonReport, compare, type Language } from '../verdicts/index.ts';
import { FollowedReports } from './following.ts';
import { readMemory } from './memory-sampler.ts';
import { readCalls } from './recorded-calls.ts';

/** Calls of one comparison, about 200 bytes each in memory. Of more, the newest count. */
const MOST_CALLS = 200_000;
const DAY_MS = 86_400_000;
/** The steps of a ramp from 10 over 50 to 100 %, among which alpha is divided. */
const STEPS = 3;

export interface Period {
  /** Included. Absent: a day before `until`. */
  since?: Date | null | undefined;
  /** Not included. Absent: now. */
  until?: Date | null | undefined;
  /** Looks at which a ramp may be let on; 3 unless told otherwise. */
  steps?: number | undefined;
  /** Of the messages; `en` unless told otherwise. */
  language?: Language | undefined;
}

interface Needs {
  db: Db;
  /** What waits to be recorded, also in this process. */
  calls: { flush(): Promise<void> };
  now: () => Date;
  mostCalls?: number;
  /** What a comparison that goes on keeps of each service. Default: 100,000 times. */
  kept?: number;
}

/** Compares a feature's two services on what their users had of them. */
export class Reports {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Of the newest 200,000 calls in the period: where there are more, the report's `since` says from when they are.
   *
   * @throws {InvalidInputError} The period does not begin before it ends.
   */
  async compare(feature: FeatureName, period: Period = {}, signal?: AbortSignal): Promise<ComparisonReport> {
    const { db, calls, now, mostCalls = MOST_CALLS } = this.#needs;
    const until = period.until ?? now();
    const since = period.since ?? new Date(until.getTime() - DAY_MS);
    await calls.flush();
    const recorded = await readCalls(db, { feature, since, until }, mostCalls, signal);
    const from = recorded.complete ? since : (recorded.calls.at(-1)?.at ?? since);
    return compare({
      feature,
      calls: recorded.calls,
      memory: await readMemory(db, from, until),
      since: from,
      until,
      steps: period.steps ?? STEPS,
      expectedShare: null,
      language: period.language ?? 'en',
    });
  }

  /** The calls from `since` on, compared as they come: all of them count, and each look reads those that are new. */
  follow(feature: FeatureName, since: Date, steps: number): FollowedReports {
    return new FollowedReports(this.#needs, feature, since, steps);
  }
}
