import { sql } from 'kysely';
import type { Logger } from 'pino';
import { InvalidStateError } from '../errors.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Db, Trx } from '../store/index.ts';
import type { ConversationMemory } from './memory/index.ts';
import type { Viewer } from './viewer.ts';

const LONGEST_WAIT_SECONDS = 60;
/** Times that closing a session cancels what was started meanwhile. */
const CLOSING_ROUNDS = 5;

interface Needs {
  db: Db;
  jobs: Jobs;
  memory: ConversationMemory;
  log: Logger;
  /** Holds the session until the transaction ends, so that nothing is started in it meanwhile. */
  hold: (trx: Trx, viewer: Viewer, id: string) => Promise<unknown>;
}

/** Ends sessions, and the jobs in them first. */
export class SessionClosing {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** See `Sessions.close`. */
  async close(
    viewer: Viewer,
    id: string,
    waitSeconds: number,
  ): Promise<{ id: string; cancelledJobs: number }> {
    const { db, jobs, memory, log, hold } = this.#needs;
    const signal = AbortSignal.timeout(1_000 * Math.min(Math.max(waitSeconds, 0), LONGEST_WAIT_SECONDS));
    let cancelledJobs = 0;

    for (let round = 0; round < CLOSING_ROUNDS; round += 1) {
      // Newest first: a job that ends gives its place to the next, which is cancelled already.
      const running = await db.transaction().execute(async (trx) => {
        await hold(trx, viewer, id);
        const unfinished = await jobs.unfinishedIn(trx, id);
        if (unfinished.length === 0) await this.delete(trx, id);
        return unfinished;
      });
      if (running.length === 0) {
        tellLegacy(() => memory.forget(id), log);
        return { id, cancelledJobs };
      }

      for (const jobId of running) await jobs.cancel(viewer.owner, jobId);
      const ended = await Promise.all(running.map((jobId) => jobs.finished(viewer.owner, jobId, signal)));
      cancelledJobs += ended.filter(({ finishedAt }) => finishedAt).length;
      const stubborn = ended.find(({ finishedAt }) => !finishedAt);
      if (stubborn)
        throw new InvalidStateError(
          `The job ${stubborn.id} did not stop within ${waitSeconds} s; nothing was deleted.`,
          stubborn.status,
        );
    }
    throw new InvalidStateError(
      'New jobs keep being started in the session; nothing was deleted.',
      'STARTED',
    );
  }

  /** Deletes a session with all that it owns. Files go after the commit: their keys are noted in it. */
  async delete(trx: Trx, id: string): Promise<void> {
    await this.#needs.jobs.announceGoneWith(trx, id);
    await sql`
      with gone as (delete from datasets where session_id = ${id} returning storage_key)
      insert into discarded_files (storage_key) select storage_key from gone
    `.execute(trx);
    await trx.deleteFrom('sessions').where('id', '=', id).execute();
  }
}

/** Tells the legacy application, where there is one, and does not wait: it may be away, and is told again later. */
export function tellLegacy(tell: () => Promise<void>, log: Logger): void {
  tell().catch((error: unknown) => log.warn({ err: error }, 'the legacy application could not be told'));
}
