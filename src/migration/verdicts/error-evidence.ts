import { EProcess } from './e-process.ts';
import type { Call } from './types.ts';

/** How many times as likely an error of the new service may be. */
const RATIOS = [1.25, 1.5, 2, 3, 5, 10];

/**
 * Evidence that the new service fails more often. Were both alike, an error would come from the new one with the
 * probability of its share of the traffic at that moment. One session counts once, by its first error: a
 * session that fails tends to fail again, and counting calls gave an alarm in 56 to 75 % of equal services.
 */
export class ErrorProcess {
  readonly #process = new EProcess(RATIOS);
  readonly #failed = new Set<string>();
  readonly firstErrors = { legacy: 0, candidate: 0 };

  /** Takes the calls in the order of their time; holds the id of each session with an error. */
  add({ version, sessionId, outcome, share }: Call): void {
    if (outcome !== 'error' || this.#failed.has(sessionId)) return;
    this.#failed.add(sessionId);
    // Where one service has all the traffic there is nothing to compare with.
    if (share <= 0 || share >= 1) return;
    const isNew = version === 'NEW';
    this.firstErrors[isNew ? 'candidate' : 'legacy'] += 1;
    this.#process.add((ratio) => (isNew ? ratio : 1) / (ratio * share + 1 - share));
  }

  get eValue(): number {
    return this.#process.value;
  }

  get peak(): number {
    return this.#process.peak;
  }
}
