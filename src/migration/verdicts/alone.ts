import { LEAST_SESSIONS } from './levels.ts';
import { Sessions } from './sessions.ts';
import type { Call } from './types.ts';

/** One-sided 99 % of a normal. */
const Z = 2.33;

/** How the new service does where it has all the traffic, beside what the legacy one did before. */
export interface Alone {
  legacy: { sessions: number; failed: number };
  candidate: { sessions: number; failed: number };
  /** Where the legacy service's share of failed first calls hardly is above. */
  limit: number;
}

/**
 * Where the new service has all the traffic, nothing of the same time is left to compare its errors with: the legacy ones
 * of before are. What is compared is the first call of each session, for the others depend on it.
 */
export class AloneErrors {
  readonly #legacySeen: Sessions;
  readonly #candidateSeen: Sessions;
  readonly #legacy = { sessions: 0, failed: 0 };
  readonly #candidate = { sessions: 0, failed: 0 };
  readonly #isAlone: (call: Call) => boolean;

  /** @param isAlone Of a call that no chance had a part in: whether it is of everybody's, and not of a tester's. */
  constructor(most?: number, isAlone: (call: Call) => boolean = () => true) {
    this.#isAlone = isAlone;
    this.#legacySeen = new Sessions(most);
    this.#candidateSeen = new Sessions(most);
  }

  /** @returns What to judge the new service by; null where the call says nothing about it. */
  add(call: Call): { failed: boolean; limit: number } | null {
    const { version, sessionId, outcome, share } = call;
    const failed = outcome === 'error';
    if (version === 'LEGACY') {
      if (this.#legacySeen.add(sessionId)) count(this.#legacy, failed);
      return null;
    }
    if (share < 1 || !this.#isAlone(call) || !this.#candidateSeen.add(sessionId)) return null;
    count(this.#candidate, failed);
    const limit = this.#limit;
    return limit === null ? null : { failed, limit };
  }

  /** Null while one of them had too few sessions to say. */
  get found(): Alone | null {
    const limit = this.#limit;
    if (limit === null || this.#candidate.sessions < LEAST_SESSIONS) return null;
    return { legacy: { ...this.#legacy }, candidate: { ...this.#candidate }, limit };
  }

  /** Wilson's bound. */
  get #limit(): number | null {
    const { sessions: n, failed } = this.#legacy;
    if (n < LEAST_SESSIONS) return null;
    const rate = failed / n;
    const spread = Z * Math.sqrt((rate * (1 - rate)) / n + (Z / (2 * n)) ** 2);
    return (rate + Z ** 2 / (2 * n) + spread) / (1 + Z ** 2 / n);
  }
}

function count(of: { sessions: number; failed: number }, failed: boolean): void {
  of.sessions += 1;
  if (failed) of.failed += 1;
}
