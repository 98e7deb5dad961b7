/** Work that waits for the end of this turn of the event loop: one timer for all that comes within it. */
export class Turn {
  #due: (() => void)[] = [];

  /** @param work Must not throw. */
  atEnd(work: () => void): void {
    if (this.#due.push(work) === 1) setImmediate(() => this.#end());
  }

  #end(): void {
    const due = this.#due;
    this.#due = [];
    for (const work of due) work();
  }
}
