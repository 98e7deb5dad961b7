import { chiSquareTail } from './distributions.ts';
import { Sessions } from './sessions.ts';
import type { Call, SplitCheck } from './types.ts';

/** So improbable a split is nobody's chance. */
const UNSOUND = 0.001;
/** Below so many expected of either kind, the chi-square is not to be trusted. */
const LEAST_EXPECTED = 5;

/**
 * Counts which service sessions were given, against what the flag promised: a service that loses its calls, or gets
 * those of others, cannot be compared. A session counts by its first call; where a flag moves, by its share then.
 */
export class Split {
  readonly #expectedShare: number | null;
  readonly #seen: Sessions;
  #sessions = 0;
  #candidate = 0;
  #expected = 0;
  #variance = 0;

  /**
   * @param expectedShare Of the new service, 0 to 1; null: as each call says.
   * @param most Sessions that are remembered.
   */
  constructor(expectedShare: number | null, most?: number) {
    this.#expectedShare = expectedShare;
    this.#seen = new Sessions(most);
  }

  /** Takes the calls in the order of their time. */
  add({ sessionId, version, share }: Call): void {
    if (!this.#seen.add(sessionId)) return;
    const promised = this.#expectedShare ?? share;
    // Nothing is left to chance where one service gets all.
    if (promised <= 0 || promised >= 1) return;
    this.#sessions += 1;
    if (version === 'NEW') this.#candidate += 1;
    this.#expected += promised;
    this.#variance += promised * (1 - promised);
  }

  check(): SplitCheck {
    const [sessions, candidate, expected] = [this.#sessions, this.#candidate, this.#expected];
    const trusted = Math.min(expected, sessions - expected) >= LEAST_EXPECTED;
    const pValue = trusted ? chiSquareTail((candidate - expected) ** 2 / this.#variance) : null;
    return { sessions, candidate, expected, pValue, sound: pValue === null || pValue >= UNSOUND };
  }
}
