import { JobFailure } from '../../jobs/index.ts';
import type { Feature } from '../flags/index.ts';

/** Code of the job's error where the rollout went back. */
export const ROLLED_BACK = 'ROLLED_BACK';

/** A flag server tells its changes with a delay: what it says is believed when it was seen so many times in a row. */
const LOOKS_TO_BELIEVE = 5;

interface Expected {
  percentage: number;
  /** Of our own change. */
  reason: string;
  /** How the reason of our own way back begins. */
  wayBack: string;
}

/** Notices when somebody else changes a feature that a rollout walks. */
export class FeatureWatch {
  readonly #feature: () => Feature;
  readonly #expected: Expected;
  #otherwise = 0;

  constructor(feature: () => Feature, expected: Expected) {
    this.#feature = feature;
    this.#expected = expected;
  }

  /**
   * @throws {JobFailure} INTERRUPTED: the feature is not as the rollout set it. ROLLED_BACK: an attempt that was lost
   * went back already.
   */
  look(): void {
    const { name, source, enabled, rolloutPercentage, lastChange } = this.#feature();
    const { percentage, reason, wayBack } = this.#expected;
    if (lastChange?.reason.startsWith(wayBack)) throw new JobFailure(ROLLED_BACK, lastChange.reason);
    if (lastChange && lastChange.reason !== reason)
      throw new JobFailure(
        'INTERRUPTED',
        `${name} was changed by ${lastChange.by} while the rollout ran, and is left as it is: ${lastChange.reason}`,
      );
    if (source === 'ENVIRONMENT')
      throw new JobFailure('INTERRUPTED', `USE_NEW_${name} decides on ${name} in this process.`);
    const asSet = enabled && rolloutPercentage === percentage;
    this.#otherwise = asSet ? 0 : this.#otherwise + 1;
    if (this.#otherwise < LOOKS_TO_BELIEVE) return;
    const now = enabled ? `${rolloutPercentage} %` : 'off';
    throw new JobFailure(
      'INTERRUPTED',
      `${name} was changed on the flag server while the rollout ran (${now}), and is left as it is.`,
    );
  }
}
