/** Of any number of values a bounded sample, in which each has the same chance to be (Vitter's algorithm R). */
export class Sample {
  readonly #most: number;
  readonly #values: number[] = [];
  #count = 0;
  #state = 0;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Values there were; those beyond `most` are in the sample by chance only. */
  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#count += 1;
    if (this.#values.length < this.#most) {
      this.#values.push(value);
      return;
    }
    const place = Math.floor(this.#chance() * this.#count);
    if (place < this.#most) this.#values[place] = value;
  }

  sorted(): Float64Array {
    return Float64Array.from(this.#values).sort();
  }

  /** From 0 to below 1; the same for everybody who takes the same values (mulberry32). */
  #chance(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
