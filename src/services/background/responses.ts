import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Db } from '../../store/index.ts';
import { type BackgroundModel, type BackgroundResponse, ResponseGoneError } from '../models/index.ts';

/** Left-over responses that one sweep stops. */
const SWEEP_BATCH = 50;
const SWEEP_CALL_MS = 10_000;
/** What cannot be stopped for this long has ended by itself. */
const LONGEST_KEPT = '2 days';

interface Needs {
  db: Db;
  background: BackgroundModel;
  log: Logger;
}

/** Which response a provider works on for which job, so that none is paid for twice, and none goes on for nobody. */
export class BackgroundResponses {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** The job's response; null before there is one. */
  async of(jobId: string): Promise<string | null> {
    const row = await this.#needs.db
      .selectFrom('background_responses')
      .select('response_id')
      .where('job_id', '=', jobId)
      .executeTakeFirst();
    return row?.response_id ?? null;
  }

  /** Keeps the job's first response. @returns Whether it is this one: an attempt that was taken over may come late. */
  async remember(jobId: string, responseId: string): Promise<boolean> {
    await this.#needs.db
      .insertInto('background_responses')
      .values({ job_id: jobId, response_id: responseId, settled_at: null })
      .onConflict((conflict) => conflict.column('job_id').doNothing())
      .execute();
    return (await this.of(jobId)) === responseId;
  }

  /** The provider has ended it. */
  async settle(responseId: string): Promise<void> {
    await this.#needs.db
      .updateTable('background_responses')
      .set({ settled_at: new Date() })
      .where('response_id', '=', responseId)
      .where('settled_at', 'is', null)
      .execute();
  }

  /** Has the provider stop a response. Gives where it stands then; null where the provider does not know it any more. */
  async stop(responseId: string, signal: AbortSignal): Promise<BackgroundResponse | null> {
    const response = await this.#needs.background.cancel(responseId, signal).catch((error: unknown) => {
      if (error instanceof ResponseGoneError) return null;
      throw error;
    });
    await this.settle(responseId);
    return response;
  }

  /**
   * Stops responses whose job is over or gone: a process died, or the provider did not answer, when it was cancelled.
   * And forgets those that nobody can ask for any more.
   */
  async sweep(): Promise<number> {
    const { db, log } = this.#needs;
    await sql`
      delete from background_responses as response
      where (settled_at is not null or created_at < now() - ${LONGEST_KEPT}::interval)
        and not exists (select from jobs where jobs.id = response.job_id and jobs.finished_at is null)
    `.execute(db);
    const leftOver = await db
      .selectFrom('background_responses')
      .leftJoin('jobs', 'jobs.id', 'background_responses.job_id')
      .select(['response_id', 'job_id'])
      .where('settled_at', 'is', null)
      .where((at) => at.or([at('jobs.id', 'is', null), at('jobs.finished_at', 'is not', null)]))
      .limit(SWEEP_BATCH)
      .execute();
    await Promise.all(
      leftOver.map(({ response_id, job_id }) =>
        this.stop(response_id, AbortSignal.timeout(SWEEP_CALL_MS)).catch((error: unknown) =>
          log.warn({ err: error, jobId: job_id }, 'a left-over response could not be stopped; trying again'),
        ),
      ),
    );
    return leftOver.length;
  }
}
