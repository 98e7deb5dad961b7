import { fullLevels, type Levels, type Limits, take } from './limits.ts';

/** A call that may begin, and what was reserved for it. */
export interface Grant {
  id: string;
  tokens: number;
}

/** Keeps account of what the limits still allow. */
export interface Ledger {
  /** A grant, or the milliseconds after which it is worth asking again. */
  ask(tokens: number): Promise<Grant | { waitMs: number }>;
  /** The call is over; never rejects. `used` replaces what was reserved, null: nobody knows, the reservation stands. */
  settle(grant: Grant, used: number | null): Promise<void>;
  /** Nobody gets a grant for so long. */
  pause(ms: number): Promise<void>;
}

/** The ledger of a process that has the provider to itself. */
export class MemoryLedger implements Ledger {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #underWay = new Set<string>();
  #levels: Levels;
  #granted = 0;

  /** @param now Milliseconds. */
  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#levels = fullLevels(limits, now());
  }

  async ask(tokens: number): Promise<Grant | { waitMs: number }> {
    const inFlight = this.#underWay.size;
    const { levels, waitMs } = take(this.#levels, this.#limits, { tokens, inFlight }, this.#now());
    this.#levels = levels;
    if (waitMs > 0) return { waitMs };

    this.#granted += 1;
    const grant = { id: String(this.#granted), tokens };
    this.#underWay.add(grant.id);
    return grant;
  }

  async settle(grant: Grant, used: number | null): Promise<void> {
    if (!this.#underWay.delete(grant.id) || used === null) return;
    this.#levels = { ...this.#levels, tokens: this.#levels.tokens + grant.tokens - used };
  }

  async pause(ms: number): Promise<void> {
    const pausedUntil = Math.max(this.#levels.pausedUntil, this.#now() + ms);
    this.#levels = { ...this.#levels, pausedUntil };
  }
}
