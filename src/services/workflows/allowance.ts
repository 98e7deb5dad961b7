import { GRAPH_LIMITS } from './limits.ts';
import { TooSlowError, within } from './wall.ts';

/** Expressions took, or gave, more than they may together. */
export class SpentError extends Error {}

const TOO_LONG = `the expressions take longer than ${GRAPH_LIMITS.stepMs} ms together`;

/**
 * What the expressions of one step of a run may take together, a step being all that makes one thread's input, or all
 * conditions on one output. Each is bounded by itself; but a graph may have ten thousand, and nothing else runs in the
 * process while they do.
 */
export class Allowance {
  #ms: number = GRAPH_LIMITS.stepMs;
  #length: number = GRAPH_LIMITS.valueLength;

  /**
   * @param walled Whether it must be ended when its time is over; what cannot take long is only measured.
   * @throws {TooSlowError | SpentError}
   */
  time<T>(walled: boolean, run: () => T): T {
    if (this.#ms <= 0) throw new SpentError(TOO_LONG);
    const most = Math.ceil(Math.min(this.#ms, GRAPH_LIMITS.evaluationMs));
    const until = performance.now() + this.#ms;
    try {
      return walled ? within(most, run) : run();
    } catch (error) {
      // By the clock, for the last one may have had almost as long as one has alone.
      if (error instanceof TooSlowError && performance.now() >= until) throw new SpentError(TOO_LONG);
      throw error;
    } finally {
      this.#ms = until - performance.now();
    }
  }

  /**
   * Counts characters of a value that is made.
   *
   * @throws {SpentError}
   */
  spend(units: number): void {
    this.#length -= units;
    if (this.#length < 0)
      throw new SpentError(`the expressions give more than ${GRAPH_LIMITS.valueLength} characters together`);
  }
}
