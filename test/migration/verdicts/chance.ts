/** Chance that comes out the same in every run. */
export class Chance {
  #state: number;
  #spare: number | null = null;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    const angle = 2 * Math.PI * this.next();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A time as services have them: lognormal around `scale`. */
  lognormal(sigma: number, scale = 1): number {
    return scale * Math.exp(sigma * this.normal());
  }

  /** Sorted. */
  lognormals(n: number, sigma: number, scale = 1): Float64Array {
    return Float64Array.from({ length: n }, () => this.lognormal(sigma, scale)).sort();
  }

  /** How many of n happen. */
  count(n: number, probability: number): number {
    let count = 0;
    for (let i = 0; i < n; i += 1) if (this.next() < probability) count += 1;
    return count;
  }
}

/** The share of `runs` in which something comes true. */
export function shareOf(runs: number, comesTrue: () => boolean): number {
  let count = 0;
  for (let i = 0; i < runs; i += 1) if (comesTrue()) count += 1;
  return count / runs;
}

/** Three standard errors of a share found in so many runs: what chance leaves open. */
export const tolerance = (share: number, runs: number): number =>
  3 * Math.sqrt(Math.max(share * (1 - share), 0.01) / runs);
