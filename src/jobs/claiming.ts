import type { Store, Trx } from '../store/index.ts';
import { lockJob } from './cancelling.ts';
import { append, type Fence } from './log.ts';
import type { UseTicket } from './queue.ts';
import { toJob } from './rows.ts';
import type { Job } from './types.ts';

/** A job that this process made its own. */
export interface Claim {
  job: Job;
  fence: Fence;
  /** Outputs of the steps that earlier attempts completed. */
  completed: Map<string, unknown>;
}

/**
 * Makes a waiting job RUNNING and the worker's, and its ticket used, in one transaction.
 *
 * @returns Null where it does not wait any more, or may not run; then nothing but the ticket has changed.
 */
export function claim(
  store: Store,
  { jobId, worker }: { jobId: string; worker: string },
  useTicket: UseTicket,
  mayRun: (trx: Trx) => Promise<boolean>,
): Promise<Claim | null> {
  return store.db.transaction().execute(async (trx) => {
    await useTicket(trx);
    const waiting = await lockJob(trx, jobId);
    if (waiting?.status !== 'STARTED' || waiting.worker || !(await mayRun(trx))) return null;

    const attempt = waiting.attempt + 1;
    const startedAt = waiting.started_at ?? new Date();
    await trx
      .updateTable('jobs')
      .set({ status: 'RUNNING', worker, attempt, started_at: startedAt })
      .where('id', '=', jobId)
      .execute();
    const lastSeq = await append(trx, { jobId, events: [{ type: 'JobStatusChanged', status: 'RUNNING' }] });
    const steps = attempt === 1 ? [] : await readSteps(trx, jobId);

    return {
      job: {
        ...toJob({ ...waiting, status: 'RUNNING', attempt, started_at: startedAt }),
        lastSeq: lastSeq ?? waiting.last_seq,
      },
      fence: { worker, attempt },
      completed: new Map(steps.map(({ name, output }) => [name, output])),
    };
  });
}

const readSteps = (trx: Trx, jobId: string) =>
  trx.selectFrom('job_steps').select(['name', 'output']).where('job_id', '=', jobId).execute();
