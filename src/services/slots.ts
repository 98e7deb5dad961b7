/** A bounded number of things at a time; whoever comes next waits in line, and may give up. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a slot; give it back by disposing of it. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#inherit(signal);

    return { [Symbol.dispose]: () => this.#giveBack() };
  }

  #inherit(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      this.#waiting.delete(proceed);
      reject(signal.reason);
    };
    const proceed = () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    this.#waiting.add(proceed);
    signal.addEventListener('abort', giveUp, { once: true });
    return promise;
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (!next) this.#free += 1;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
