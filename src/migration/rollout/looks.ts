import type { Run } from '../../jobs/index.ts';
import type { ComparisonReport } from '../verdicts/index.ts';

/** A look as it was taken, in any attempt. */
interface Taken {
  /** Calls of the new service by then. */
  requests: number;
  go: boolean;
}

/**
 * Looks at which a step may be left. Each may clear by chance, so that they share what one look would be allowed: the
 * first has half of it, the next half of the rest, and so on. They come when the calls have doubled, because a look at
 * nearly the same calls is a wasted one; and each is kept, so that no restart looks again.
 */
export class Looks {
  readonly #run: Pick<Run, 'step'>;
  readonly #step: string;
  #taken = 0;
  #nextAt: number;

  /**
   * @param step Names the step of the rollout.
   * @param first Calls of the new service at the first look.
   */
  constructor(run: Pick<Run, 'step'>, step: string, first: number) {
    this.#run = run;
    this.#step = step;
    this.#nextAt = first;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Calls of the new service from which on there is another look. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** Looks, if it is time to. @returns Whether the step may be left. */
  async take(report: ComparisonReport): Promise<boolean> {
    const { requests } = report.responseTime.candidate;
    while (isReady(report) && requests >= this.#nextAt) {
      this.#taken += 1;
      const { clearance } = report.evidence.responseTime;
      const allowed = (clearance?.threshold ?? 0) / 2 ** this.#taken;
      const go = report.recommendation.action === 'PROMOTE' && (clearance?.pValue ?? 1) < allowed;
      const name = `look ${this.#taken} at ${this.#step}`;
      const look = await this.#run.step(name, async (): Promise<Taken> => ({ requests, go }));
      while (this.#nextAt <= look.requests) this.#nextAt *= 2;
      if (look.go) return true;
    }
    return false;
  }
}

/** Nothing but the response time could still be in the way: no look is spent on what cannot pass. */
function isReady({ recommendation, evidence }: ComparisonReport): boolean {
  const { enoughData, split, memory } = evidence;
  const memoryIsKnown = memory?.evidence !== 'INSUFFICIENT_DATA';
  return recommendation.issues.length === 0 && enoughData && split.sound && memoryIsKnown;
}
