import type { Trx } from '../store/index.ts';
import { lockJob } from './cancelling.ts';
import type { Desk } from './desk.ts';
import { end, type JobPlace } from './ending.ts';
import { lockLane } from './lanes.ts';
import { append, type Fence } from './log.ts';
import type { JobRow } from './rows.ts';

/** Gives a running job back to the queue, if it is still this attempt's. One that is being cancelled ends instead. */
export async function giveBack(trx: Trx, desk: Desk, place: JobPlace, fence: Fence): Promise<void> {
  if (place.lane) await lockLane(trx, place.lane);
  const job = await lockJob(trx, place.id);
  if (job?.worker !== fence.worker || job.attempt !== fence.attempt || job.finished_at) return;
  if (job.status === 'CANCELLING') await end(trx, desk, job, { status: 'CANCELLED' });
  else await requeue(trx, desk, job, 0);
}

/** Makes a job that nobody runs wait for a worker again. The caller holds its locks. */
export async function requeue(trx: Trx, desk: Desk, job: JobRow, crashes: number): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ status: 'STARTED', worker: null, crashes: job.crashes + crashes })
    .where('id', '=', job.id)
    .execute();
  await append(trx, { jobId: job.id, events: [{ type: 'JobStatusChanged', status: 'STARTED' }] });
  await desk.queue.issue(trx, job.kind, job.id);
}
