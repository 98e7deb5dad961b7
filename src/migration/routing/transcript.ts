/** A longer reply is not shown to observers. */
const OBSERVED_CHARACTERS = 200_000;

/** The text of a reply, as long as somebody could want it. */
export class Transcript {
  #pieces: string[] = [];
  #length = 0;

  /** Undefined where it became too long. */
  get text(): string | undefined {
    return this.#length > OBSERVED_CHARACTERS ? undefined : this.#pieces.join('');
  }

  add(text: string): void {
    this.#length += text.length;
    if (this.#length <= OBSERVED_CHARACTERS) this.#pieces.push(text);
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
  }
}
