import type { FeatureName } from '../../services/chat/types.ts';
import type { Db } from '../../store/index.ts';
import { type Alone, Comparison, type ComparisonReport } from '../verdicts/index.ts';
import { readMemory } from './memory-sampler.ts';
import { readPages } from './recorded-calls.ts';

/** Times of each service, and sessions, that a comparison keeps, however many calls there are. */
const KEPT = 100_000;
/** A call is written down when it has ended. One that takes longer is seen by the next attempt alone. */
const LATE_MS = 15 * 60_000;

interface Needs {
  db: Db;
  /** What waits to be recorded, also in this process. */
  calls: { flush(): Promise<void> };
  kept?: number;
}

/** One moment of a ramp. */
export interface Look {
  /** Since the ramp began. */
  whole: ComparisonReport;
  /** Since its step began. */
  step: ComparisonReport;
  /** The new service where it has all the traffic; null before, or while too little is known of either. */
  alone: Alone | null;
}

/**
 * A feature's calls from a moment on, compared as they come: each look reads those that are new and adds them to the
 * evidence, which therefore is one sequence from the beginning on, whatever their number. What is kept is bounded. Who
 * begins anew reads all calls once, in pages.
 */
export class FollowedReports {
  readonly #needs: Needs;
  readonly #feature: FeatureName;
  readonly #steps: number;
  readonly #since: Date;
  readonly #whole: Comparison;
  #step: { since: Date; comparison: Comparison };
  /** Calls that were added, and may be read again: when each began. */
  readonly #seen = new Map<string, number>();
  #readTo: Date;
  /** Since when the new service has all the traffic. */
  #aloneSince: Date | null = null;

  /** @param steps Among which alpha is divided. */
  constructor(needs: Needs, feature: FeatureName, since: Date, steps: number) {
    this.#needs = needs;
    this.#feature = feature;
    this.#steps = steps;
    this.#since = since;
    this.#readTo = since;
    const judgesAlone = ({ at }: { at: Date }) => this.#aloneSince !== null && at >= this.#aloneSince;
    this.#whole = new Comparison({ expectedShare: null, most: this.#kept, judgesAlone });
    this.#step = { since, comparison: this.#whole };
  }

  /**
   * From here on looks tell of another step too; it has not begun before the last look.
   *
   * @param percentage The new service's share of all sessions.
   */
  beginStep(since: Date, percentage: number): void {
    if (percentage === 100) this.#aloneSince ??= since;
    if (since.getTime() <= this.#step.since.getTime()) return;
    this.#step = { since, comparison: new Comparison({ expectedShare: null, most: this.#kept }) };
  }

  /**
   * @param until Not included; never before that of the last look.
   * @throws What aborted `signal`. The looks have to begin anew then.
   */
  async look(until: Date, signal: AbortSignal): Promise<Look> {
    const { calls, db } = this.#needs;
    await calls.flush();
    const overlap = this.#readTo.getTime() - LATE_MS;
    const since = new Date(Math.max(overlap, this.#since.getTime()));
    for await (const page of readPages(db, { feature: this.#feature, since, until }, signal))
      for (const { id, call } of page) {
        if (this.#seen.has(id)) continue;
        if (call.at.getTime() >= until.getTime() - LATE_MS) this.#seen.set(id, call.at.getTime());
        this.#whole.add(call);
        const { comparison, since: begun } = this.#step;
        if (comparison !== this.#whole && call.at.getTime() >= begun.getTime()) comparison.add(call);
      }
    this.#readTo = until;
    for (const [id, at] of this.#seen) if (at < until.getTime() - LATE_MS) this.#seen.delete(id);
    const whole = await this.#report(this.#whole, this.#since, until);
    const { comparison, since: begun } = this.#step;
    const step = comparison === this.#whole ? whole : await this.#report(comparison, begun, until);
    return { whole, step, alone: this.#whole.alone };
  }

  async #report(comparison: Comparison, since: Date, until: Date): Promise<ComparisonReport> {
    const memory = await readMemory(this.#needs.db, since, until);
    const feature = this.#feature;
    return comparison.report({ feature, since, until, memory, steps: this.#steps, language: 'en' });
  }

  get #kept(): number {
    return this.#needs.kept ?? KEPT;
  }
}
