/** So much may be done in a row, while nothing else waits for long. */
const SHORT_MS = 0.5;
const LONGEST_REST_MS = 50;

/**
 * Does work when it is asked for, and rests where that took long: for as long as it took, less the time that went by
 * without any. What is asked for meanwhile is done once, then. So all of it together takes no more than half of the event
 * loop, and what comes faster than it can be done is done together.
 */
export class Pace {
  readonly #now: () => number;
  /** What was asked for during the rest. */
  readonly #asked = new Set<() => void>();
  /** Milliseconds of work that nothing has made up for. */
  #debt = 0;
  #ended = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param work The same function each time. Must not throw. */
  ask(work: () => void): void {
    if (this.#timer) this.#asked.add(work);
    else this.#do([work]);
  }

  /** It is not done any more. */
  forget(work: () => void): void {
    this.#asked.delete(work);
  }

  #do(works: Iterable<() => void>): void {
    const began = this.#now();
    for (const work of works) work();
    const ended = this.#now();
    this.#debt = Math.max(0, this.#debt - (began - this.#ended)) + ended - began;
    this.#ended = ended;
    if (this.#debt < SHORT_MS) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        const asked = [...this.#asked];
        this.#asked.clear();
        if (asked.length > 0) this.#do(asked);
      },
      Math.min(this.#debt, LONGEST_REST_MS),
    );
  }
}
