/** Which sessions were seen. Of very many the newest are remembered: one that was forgotten counts as another. */
export class Sessions {
  readonly #most: number;
  readonly #seen = new Set<string>();
  #count = 0;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** @returns Whether it is seen for the first time. */
  add(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    this.#count += 1;
    if (this.#seen.size > this.#most) this.#seen.delete(this.#seen.values().next().value!);
    return true;
  }
}
