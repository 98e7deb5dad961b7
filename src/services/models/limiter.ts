import { RateLimitedError } from '../../errors.ts';
import { Slots } from '../slots.ts';
import type { Clock } from './clock.ts';
import { ModelUnavailableError } from './errors.ts';
import type { Grant, Ledger } from './ledger.ts';

interface Needs {
  ledger: Ledger;
  clock: Clock;
  /** Calls that may wait at a time. */
  longestQueue: number;
  /** To tell whoever is turned away when to come back. */
  requestsPerSecond: number;
}

/** A call that may go out. */
export interface Permit {
  /** The call is over. Once; `tokens` is what it used in all, null: nobody knows. */
  settle(tokens: number | null): Promise<void>;
}

/** Lets calls out one after the other, as the ledger allows. First come, first served, within one process. */
export class Limiter {
  readonly #needs: Needs;
  /** Only the head of the queue asks the ledger. */
  readonly #head = new Slots(1);
  #waiting = 0;
  #alarm: AbortController | undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Waits for its turn.
   *
   * @param tokens Estimate of what the call will use, in and out.
   * @param patienceMs A longer wait is refused when it is known, not when it is over.
   * @throws {RateLimitedError} The queue is full, or the wait would be longer than the patience.
   */
  async enter(tokens: number, patienceMs: number, signal: AbortSignal): Promise<Permit> {
    signal.throwIfAborted();
    const { longestQueue, requestsPerSecond, clock } = this.#needs;
    if (this.#waiting >= longestQueue)
      throw new RateLimitedError(
        `${this.#waiting} calls wait for the model; no more are taken.`,
        Math.max(1, Math.ceil(this.#waiting / requestsPerSecond)),
      );

    const until = clock.now() + patienceMs;
    this.#waiting += 1;
    try {
      using _turn = await this.#head.take(signal);
      return await this.#wait(tokens, until, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** The provider wants to be left alone: no call goes out for so long. */
  async pause(ms: number): Promise<void> {
    await this.#needs.ledger.pause(ms);
  }

  async #wait(tokens: number, until: number, signal: AbortSignal): Promise<Permit> {
    const { ledger, clock } = this.#needs;
    for (;;) {
      signal.throwIfAborted();
      // Set before asking, so that a call which ends in between is not missed.
      const alarm = new AbortController();
      this.#alarm = alarm;
      const answer = await ledger.ask(tokens).catch((error: unknown) => {
        throw new ModelUnavailableError('The limits could not be read.', { cause: error, reached: false });
      });
      if ('id' in answer) return this.#permit(answer, signal);

      const { waitMs } = answer;
      if (Number.isFinite(waitMs) && clock.now() + waitMs > until)
        throw new RateLimitedError(
          'The model is asked too much: the call would wait longer than it may.',
          Math.max(1, Math.ceil(waitMs / 1000)),
        );
      await clock.sleep(waitMs, AbortSignal.any([signal, alarm.signal])).catch((error: unknown) => {
        if (!alarm.signal.aborted) throw error;
      });
    }
  }

  async #permit(grant: Grant, signal: AbortSignal): Promise<Permit> {
    const { ledger } = this.#needs;
    let settled = false;
    const settle = async (tokens: number | null) => {
      if (settled) return;
      settled = true;
      const over = ledger.settle(grant, tokens).then(() => this.#alarm?.abort());
      // Whoever gave up does not wait for the books.
      if (!signal.aborted) await over;
    };
    if (signal.aborted) {
      await settle(0);
      throw signal.reason;
    }
    return { settle };
  }
}
