import { EProcess } from './e-process.ts';
import { LEAST_LEGACY, SLOWER } from './levels.ts';
import { OrderStatistic } from './order-statistic.ts';

const TAIL = 0.05;
const ALTERNATIVES = [0.065, 0.08, 0.1, 0.15, 0.25, 0.4];

/** Where the legacy p95 hardly is above: one-sided 95 % of the binomial, at its variance of 0.05 x 0.95. */
const upperRank = (n: number) => Math.ceil(0.95 * n + 1.645 * Math.sqrt(0.0475 * n));

/**
 * Evidence that the new service's p95 is more than 1.1 times the legacy one's: that more than 5 % of its calls are above
 * 1.1 times the legacy p95. Each call is judged by the legacy calls before it, so that looking later changes
 * nothing of what was seen.
 */
export class P95Evidence {
  readonly #most: number;
  #legacy = new OrderStatistic(upperRank);
  /** Newer legacy calls, collected once there are very many. */
  #newer: OrderStatistic | undefined;
  readonly #process = new EProcess(ALTERNATIVES);
  #judged = 0;
  #slower = 0;

  /**
   * @param most Legacy calls that are judged by. Beyond, half as many newer ones take their place, again and again: any
   * calls before the judged one will do, and the evidence goes on.
   */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Of the calls in the order of their time. */
  addLegacy(ms: number): void {
    if (this.#legacy.count < this.#most) {
      this.#legacy.add(ms);
      return;
    }
    this.#newer ??= new OrderStatistic(upperRank);
    this.#newer.add(ms);
    if (this.#newer.count < this.#most / 2) return;
    this.#legacy = this.#newer;
    this.#newer = undefined;
  }

  addCandidate(ms: number): void {
    if (this.#legacy.count < LEAST_LEGACY) return;
    const slower = ms > SLOWER * this.#legacy.value;
    this.#judged += 1;
    if (slower) this.#slower += 1;
    this.#process.add((q) => (slower ? q / TAIL : (1 - q) / (1 - TAIL)));
  }

  get eValue(): number {
    return this.#process.value;
  }

  get peak(): number {
    return this.#process.peak;
  }

  /** Calls of the new service that were judged. */
  get judged(): number {
    return this.#judged;
  }

  get slower(): number {
    return this.#slower;
  }
}
