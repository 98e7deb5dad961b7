import { type Alone, AloneErrors } from './alone.ts';
import { EProcess } from './e-process.ts';
import { Sessions } from './sessions.ts';
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
  readonly #failed: Sessions;
  readonly #alone: AloneErrors | null;
  readonly firstErrors = { legacy: 0, candidate: 0 };

  /**
   * @param most Sessions with an error that are remembered.
   * @param judgesAlone Goes on where the new service has all the traffic, by what the legacy one did before; a function
   * tells such calls from those of sessions that a rule picked out.
   */
  constructor(most?: number, judgesAlone: boolean | ((call: Call) => boolean) = false) {
    this.#failed = new Sessions(most);
    const isAlone = typeof judgesAlone === 'function' ? judgesAlone : undefined;
    this.#alone = judgesAlone ? new AloneErrors(most, isAlone) : null;
  }

  /** Takes the calls in the order of their time. */
  add(call: Call): void {
    const { version, sessionId, outcome, share } = call;
    const judged = this.#alone?.add(call);
    if (judged) this.#judge(judged);
    if (outcome !== 'error' || !this.#failed.add(sessionId)) return;
    // Where one service has all the traffic there is nothing to compare with.
    if (share <= 0 || share >= 1) return;
    const isNew = version === 'NEW';
    this.firstErrors[isNew ? 'candidate' : 'legacy'] += 1;
    this.#process.add((ratio) => (isNew ? ratio : 1) / (ratio * share + 1 - share));
  }

  /** Where the new service has all the traffic; null where that is not judged. */
  get alone(): Alone | null {
    return this.#alone?.found ?? null;
  }

  get eValue(): number {
    return this.#process.value;
  }

  get peak(): number {
    return this.#process.peak;
  }

  /** The same alternatives, so that it stays one process with one alpha. */
  #judge({ failed, limit }: { failed: boolean; limit: number }): void {
    this.#process.add((ratio) => {
      const worse = Math.min(ratio * limit, (1 + limit) / 2);
      return failed ? worse / limit : (1 - worse) / (1 - limit);
    });
  }
}
