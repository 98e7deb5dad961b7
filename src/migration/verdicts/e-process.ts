/** Evidence is reported up to here; beyond, a number says nothing more, and infinity is no JSON. */
const LARGEST = 1e100;

/**
 * Evidence against a hypothesis that may be looked at after every event. For each alternative it keeps the likelihood
 * ratio of the alternative to the hypothesis; their mean is the e-value. While the hypothesis holds, the e-value is
 * expected not to grow, so that it ever reaches 1 / alpha has a probability of alpha at most (Ville), however
 * often one looks. Looking at the peak is therefore as sound as looking at the latest value.
 */
export class EProcess {
  readonly #alternatives: readonly number[];
  readonly #logs: Float64Array;
  #log = 0;
  #peakLog = 0;

  constructor(alternatives: readonly number[]) {
    this.#alternatives = alternatives;
    this.#logs = new Float64Array(alternatives.length);
  }

  /** The evidence of all events so far; 1 where there was none. */
  get value(): number {
    return Math.min(Math.exp(this.#log), LARGEST);
  }

  /** The highest value so far. */
  get peak(): number {
    return Math.min(Math.exp(this.#peakLog), LARGEST);
  }

  /** @param factor The event's probability under an alternative, divided by that under the hypothesis. */
  add(factor: (alternative: number) => number): void {
    const logs = this.#logs;
    let largest = Number.NEGATIVE_INFINITY;
    for (const [i, alternative] of this.#alternatives.entries()) {
      logs[i]! += Math.log(factor(alternative));
      largest = Math.max(largest, logs[i]!);
    }
    let sum = 0;
    for (const log of logs) sum += Math.exp(log - largest);
    this.#log = largest + Math.log(sum / logs.length);
    this.#peakLog = Math.max(this.#peakLog, this.#log);
  }
}
