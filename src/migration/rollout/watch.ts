import { JobFailure } from '../../jobs/index.ts';
import type { Feature, FeatureChange } from '../flags/index.ts';

/** Code of the job's error where the rollout went back. */
export const ROLLED_BACK = 'ROLLED_BACK';

/**
 * A flag server is asked every few seconds, and far less often behind an outage: where it has said something else for so
 * long, it does not only lag behind our own change.
 */
const BELIEVED_AFTER_MS = 120_000;

interface Expected {
  percentage: number;
  /** Whether the rollout made a change, or was accepted after it. */
  isKnown: (change: FeatureChange) => boolean;
  /** How the reason of our own way back begins. */
  wayBack: string;
}

/** Notices when somebody else changes a feature that a rollout walks. */
export class FeatureWatch {
  readonly #feature: () => Feature;
  readonly #expected: Expected;
  #otherwiseSince: Date | undefined;

  constructor(feature: () => Feature, expected: Expected) {
    this.#feature = feature;
    this.#expected = expected;
  }

  /**
   * @throws {JobFailure} INTERRUPTED: the feature is not as the rollout set it. ROLLED_BACK: an attempt that was lost
   * went back already.
   */
  look(now: Date): void {
    const { name, source, enabled, rolloutPercentage, lastChange } = this.#feature();
    const { percentage, isKnown, wayBack } = this.#expected;
    if (lastChange?.reason.startsWith(wayBack)) throw new JobFailure(ROLLED_BACK, lastChange.reason);
    if (lastChange && !isKnown(lastChange)) throw interruptedBy(name, lastChange);
    if (source === 'ENVIRONMENT')
      throw new JobFailure('INTERRUPTED', `USE_NEW_${name} decides on ${name} in this process.`);
    if (enabled && rolloutPercentage === percentage) {
      this.#otherwiseSince = undefined;
      return;
    }
    this.#otherwiseSince ??= now;
    if (now.getTime() - this.#otherwiseSince.getTime() < BELIEVED_AFTER_MS) return;
    const is = enabled ? `${rolloutPercentage} %` : 'off';
    throw new JobFailure(
      'INTERRUPTED',
      `${name} was changed on the flag server while the rollout ran (${is}), and is left as it is.`,
    );
  }
}

/** Somebody else decided on the feature. */
export const interruptedBy = (feature: string, { by, reason }: FeatureChange): JobFailure =>
  new JobFailure(
    'INTERRUPTED',
    `${feature} was changed by ${by} while the rollout ran, and is left as it is: ${reason}`,
  );
