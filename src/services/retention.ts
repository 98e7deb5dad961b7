import type { Jobs } from '../jobs/index.ts';

interface Needs {
  jobs: Jobs;
  seconds: number;
  now: () => Date;
}

/** Forgets jobs that have been over for long. Sessions take theirs along; this is for jobs that have none, or outlast. */
export class Retention {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @returns How many jobs were deleted. */
  sweep(): Promise<number> {
    const { jobs, seconds, now } = this.#needs;
    return jobs.deleteFinishedBefore(new Date(now().getTime() - 1_000 * seconds));
  }
}
