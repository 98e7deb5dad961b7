import { sql } from 'kysely';
import type { Trx } from '../store/index.ts';
import { JOB_COLUMNS, type JobRow } from './rows.ts';

/** The lane of a session's jobs of one kind. */
export const laneOf = (sessionId: string, kind: string): string => `${sessionId} ${kind}`;

/**
 * Locks a lane until the transaction ends, and makes it where it is new: whoever holds the lock decides who runs.
 * Locks are taken in one order everywhere: session (FOR NO KEY UPDATE), lane, job.
 *
 * @returns The job that occupies the lane; null: nobody.
 */
export async function openLane(trx: Trx, lane: string, sessionId: string): Promise<string | null> {
  const { rows } = await sql<{ job_id: string | null }>`
    insert into lanes (name, session_id) values (${lane}, ${sessionId})
    on conflict (name) do update set session_id = excluded.session_id
    returning job_id
  `.execute(trx);
  return rows[0]?.job_id ?? null;
}

/** Who occupies a lane now, without a lock: an occupant stays one until it ends. */
export async function occupantOf(trx: Trx, lane: string): Promise<string | null> {
  const row = await trx.selectFrom('lanes').select('job_id').where('name', '=', lane).executeTakeFirst();
  return row?.job_id ?? null;
}

/** The same for a lane that a job is in already. It is missing only where its session was deleted meanwhile. */
export async function lockLane(trx: Trx, lane: string): Promise<string | null> {
  const row = await trx
    .selectFrom('lanes')
    .select('job_id')
    .where('name', '=', lane)
    .forUpdate()
    .executeTakeFirst();
  return row?.job_id ?? null;
}

/**
 * Locks everything of a session that is about to be deleted, for a caller that holds the session's lock.
 *
 * That lock is FOR NO KEY UPDATE. Whoever changes a job's row twice in one transaction has Postgres look at the
 * session again, under the locks of lane and job; behind a FOR UPDATE it would wait, and the session's holder for it.
 *
 * @returns The ids of its jobs.
 */
export async function lockSessionsJobs(trx: Trx, sessionId: string): Promise<string[]> {
  const lanes = trx.selectFrom('lanes').select('name').where('session_id', '=', sessionId).orderBy('name');
  await lanes.forUpdate().execute();
  const jobs = trx.selectFrom('jobs').select('id').where('session_id', '=', sessionId).orderBy('number');
  return (await jobs.forUpdate().execute()).map(({ id }) => id);
}

/** Gives the locked lane to a job, or to nobody. */
export async function occupyLane(trx: Trx, lane: string, jobId: string | null): Promise<void> {
  await trx.updateTable('lanes').set({ job_id: jobId }).where('name', '=', lane).execute();
}

/** The jobs of the locked lane that are not over, the oldest first; the occupant is the first of them. */
export async function jobsInLane(trx: Trx, lane: string): Promise<JobRow[]> {
  return trx
    .selectFrom('jobs')
    .select(JOB_COLUMNS)
    .where('lane', '=', lane)
    .where('finished_at', 'is', null)
    .orderBy('number')
    .execute();
}

/** The oldest job that waits in the locked lane behind `behind`. */
export async function nextInLane(trx: Trx, lane: string, behind: string): Promise<JobRow | undefined> {
  return trx
    .selectFrom('jobs')
    .select(JOB_COLUMNS)
    .where('lane', '=', lane)
    .where('finished_at', 'is', null)
    .where('id', '!=', behind)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
}
