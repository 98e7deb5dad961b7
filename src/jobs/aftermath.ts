import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { JobKind } from './run.ts';
import type { Job } from './types.ts';

/** What kinds do behind the end of their jobs; nobody waits for it but who stops. */
export class Aftermath {
  readonly #kinds: ReadonlyMap<string, JobKind>;
  readonly #log: Logger;
  readonly #following = new Set<Promise<void>>();

  constructor(kinds: ReadonlyMap<string, JobKind>, log: Logger) {
    this.#kinds = kinds;
    this.#log = log;
  }

  /** Begins what follows the job. Never throws. */
  of(job: Job): void {
    const following = this.#kinds
      .get(job.kind)
      ?.afterEnd?.(job)
      .catch((error: unknown) => this.#log.warn({ err: error, jobId: job.id }, 'what follows a job failed'));
    if (!following) return;
    this.#following.add(following);
    void following.finally(() => this.#following.delete(following));
  }

  /** Resolves when nothing is under way, or after a time. */
  async over(withinMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#following), delay(withinMs, undefined, { ref: false })]);
  }
}
