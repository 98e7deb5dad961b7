/** The most recently used documents. Each may take half a megabyte: Yoga's own cache keeps 1,024 of them. */
export class Recent<T> {
  readonly #max: number;
  readonly #entries = new Map<string, T>();
  /** The last of them: what everybody asks for need not be made the newest again. */
  #newest: string | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): T | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined && key !== this.#newest) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
      this.#newest = key;
    }
    return value;
  }

  set(key: string, value: T): this {
    if (!this.#entries.has(key)) this.#newest = key;
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value!);
    return this;
  }
}
