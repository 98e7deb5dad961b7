import { sql } from 'kysely';
import type { Db, Trx } from '../store/index.ts';
import type { Desk } from './desk.ts';
import { end, type JobPlace } from './ending.ts';
import { lockLane } from './lanes.ts';
import { append } from './log.ts';
import { JOB_COLUMNS, type JobRow } from './rows.ts';

/** Says the id of a job whose worker has to stop it. */
export const CANCEL_CHANNEL = 'signalbox_cancel';

/**
 * Asks a job to stop. One that has not begun is CANCELLED at once; a running one becomes CANCELLING, and its worker,
 * wherever it is, hears of it at commit. One that is over stays as it is.
 *
 * @returns The job as it was before; undefined where there is none.
 */
export async function cancel(db: Db, desk: Desk, id: string): Promise<JobPlace | undefined> {
  const place = await db
    .selectFrom('jobs')
    .select(['id', 'lane', 'session_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!place) return undefined;

  await db.transaction().execute(async (trx) => {
    if (place.lane) await lockLane(trx, place.lane);
    await cancelLocked(trx, desk, place);
  });
  return place;
}

/** The same for a caller that holds the lane's lock, if the job has a lane. */
export async function cancelLocked(trx: Trx, desk: Desk, place: JobPlace): Promise<void> {
  const job = await lockJob(trx, place.id);
  if (!job || job.finished_at || job.status === 'CANCELLING') return;

  await sql`update jobs set cancel_requested_at = clock_timestamp() where id = ${job.id}`.execute(trx);
  if (!job.worker && job.status === 'STARTED') {
    await end(trx, desk, job, { status: 'CANCELLED' });
    return;
  }
  await trx.updateTable('jobs').set({ status: 'CANCELLING' }).where('id', '=', job.id).execute();
  await append(trx, { jobId: job.id, events: [{ type: 'JobStatusChanged', status: 'CANCELLING' }] });
  // Without a worker it is coordinated: its next turn winds it up.
  if (job.worker) await sql`select pg_notify(${CANCEL_CHANNEL}, ${job.id})`.execute(trx);
  else await desk.queue.issue(trx, job.kind, job.id);
}

/** As an UPDATE would: the foreign keys of the job's children look at the row meanwhile without waiting. */
export async function lockJob(trx: Trx, id: string): Promise<JobRow | undefined> {
  return trx.selectFrom('jobs').select(JOB_COLUMNS).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}
