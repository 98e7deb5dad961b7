/** Lets those who want the same thing at it one after another; different things do not wait for each other. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Rejects with the signal's reason where it aborts before the turn comes. */
  async take<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    const before = this.#last.get(name) ?? Promise.resolve();
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const mine = before.then(() => over);
    this.#last.set(name, mine);
    try {
      await orAborted(before, signal);
      return await work();
    } finally {
      end();
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}

/** What `promise` gives, or the signal's reason where that comes first. */
export function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: either, resolve, reject } = Promise.withResolvers<Result>();
  const giveUp = () => reject(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  return either;
}
