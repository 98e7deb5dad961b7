import type { Listener, Store } from '../../store/index.ts';

/** Says the id of a response that its provider has news of. */
export const RESPONSES_CHANNEL = 'signalbox_responses';

/** Wakes those who wait for a provider's response, in whichever process the news arrived. */
export class Doorbell {
  readonly #store: Store;
  readonly #bells = new Map<string, Set<Bell>>();
  #listener: Listener | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  async start(): Promise<void> {
    const ringAll = () => {
      for (const id of this.#bells.keys()) this.#ring(id);
    };
    this.#listener = await this.#store.listen(RESPONSES_CHANNEL, (id) => this.#ring(id), ringAll);
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
  }

  /** News of the response from now on, until it is disposed of. */
  of(responseId: string): Bell {
    const bells = this.#bells.get(responseId) ?? new Set();
    const bell = new Bell(() => {
      bells.delete(bell);
      if (bells.size === 0) this.#bells.delete(responseId);
    });
    bells.add(bell);
    this.#bells.set(responseId, bells);
    return bell;
  }

  #ring(responseId: string): void {
    for (const bell of this.#bells.get(responseId) ?? []) bell.ring();
  }
}

/** One who waits for one response. News that come while nobody waits end the next wait. */
class Bell implements Disposable {
  readonly #leave: () => void;
  #rung = false;
  #answer: () => void = () => {};

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  ring(): void {
    this.#rung = true;
    this.#answer();
  }

  /** Resolves at the first of: news since the last wait, `ms` milliseconds, `signal`. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = () => resolve();
    const timer = setTimeout(answer, ms);
    signal.addEventListener('abort', answer, { once: true });
    this.#answer = answer;
    if (this.#rung || signal.aborted) answer();

    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', answer);
    this.#rung = false;
  }

  [Symbol.dispose](): void {
    this.#leave();
  }
}
