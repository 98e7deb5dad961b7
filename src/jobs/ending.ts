import { sql } from 'kysely';
import { json, type Trx } from '../store/index.ts';
import type { Desk } from './desk.ts';
import { EndedJob } from './ended.ts';
import { lockLane, nextInLane, occupyLane } from './lanes.ts';
import { append, type Fence } from './log.ts';
import type { FinalStatus, JobError } from './types.ts';

/** How a job ends. */
export interface Outcome {
  status: FinalStatus;
  output?: unknown;
  error?: JobError;
}

/** What identifies a job and its place to those who lock it. */
export interface JobPlace {
  id: string;
  lane: string | null;
  session_id: string | null;
}

interface Ended {
  status: FinalStatus;
  kind: string;
  parent_id: string | null;
  input: unknown;
}

/**
 * Ends a job: its row, the last two events of its log, and its place in the lane, which goes to the next in it.
 * Where a cancel was asked for before this commits, the job is CANCELLED whatever the outcome was.
 *
 * The caller's transaction must not hold the job's lock without its lane's.
 *
 * @param fence Who ends it; absent only where the caller holds the row's lock and knows that nobody runs it.
 * @returns False, and nothing changed, where the job is over already or somebody else's by now.
 */
export async function end(
  trx: Trx,
  desk: Desk,
  job: JobPlace,
  outcome: Outcome,
  fence?: Fence,
): Promise<boolean> {
  const occupant = job.lane ? await lockLane(trx, job.lane) : null;

  const { rows } = await sql<Ended>`
    update jobs set
      status = case when status = 'CANCELLING' then 'CANCELLED' else ${outcome.status} end,
      output = case when status = 'CANCELLING' then null else ${json(outcome.output)} end,
      error = case when status = 'CANCELLING' then null else ${json(outcome.error)} end,
      worker = null,
      finished_at = clock_timestamp()
    where id = ${job.id} and finished_at is null
      ${fence ? sql`and worker = ${fence.worker} and attempt = ${fence.attempt}` : sql``}
    returning status, kind, parent_id, input
  `.execute(trx);
  const ended = rows[0];
  if (!ended) return false;

  const onEnd = desk.onEnd.get(ended.kind);
  if (onEnd) {
    const output = ended.status === 'COMPLETED' ? outcome.output : null;
    const { status, input } = ended;
    await onEnd(trx, new EndedJob(trx, { id: job.id, sessionId: job.session_id, status, input, output }));
  }
  await append(trx, {
    jobId: job.id,
    events: [{ type: 'JobStatusChanged', status: ended.status }, { type: 'JobFinished' }],
  });
  await trx.deleteFrom('job_steps').where('job_id', '=', job.id).execute();

  if (job.lane && occupant === job.id) {
    const next = await nextInLane(trx, job.lane, job.id);
    await occupyLane(trx, job.lane, next?.id ?? null);
    if (next) await desk.queue.issue(trx, next.kind, next.id);
  }
  if (ended.parent_id) await tellParent(trx, desk, ended.parent_id);
  return true;
}

/** A job that is made of others gets a ticket, and with it a turn, when one of them ends. */
async function tellParent(trx: Trx, desk: Desk, id: string): Promise<void> {
  const parent = await trx
    .selectFrom('jobs')
    .select('kind')
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  if (parent) await desk.queue.issue(trx, parent.kind, id);
}
