import type pg from 'pg';
import type { Ledger } from './ledger.ts';

/** The engine gives a job up after so many lost workers; docs/engine.md says so. */
const ATTEMPTS = 5;
/** A worker is dead after 15 s of silence, and has said that it lives within the last 5 s before. */
const FOUND_AFTER_MS = 9_000;

/** A check's condition for jobs that failed for that reason; whether they should have is for `judgeWorkerLost` to say. */
export const WORKER_LOST = "status = 'FAILED' and error ->> 'code' = 'WORKER_LOST'";

/**
 * The one failure that a campaign may cause: five workers died under a job. Then five of its attempts have to hold
 * the death of a worker each, long enough before their end for the others to have missed it. An attempt that ended
 * because Postgres was away is none of them.
 *
 * @returns How many jobs failed so.
 */
export async function judgeWorkerLost(client: pg.Client, ledger: Ledger): Promise<number> {
  const { rows } = await client.query<{ job_id: string; status: string; at: Date }>(`
    select job_id, data ->> 'status' as status, at from job_events
    where type = 'JobStatusChanged' and job_id in (select id from jobs where ${WORKER_LOST})
    order by job_id, seq
  `);
  const logs = Map.groupBy(rows, ({ job_id }) => job_id);
  for (const [id, changes] of logs) {
    const attempts = changes.flatMap(({ status, at }, place) => {
      const end = changes[place + 1]?.at;
      return status === 'RUNNING' && end ? [{ from: at.getTime(), to: end.getTime() - FOUND_AFTER_MS }] : [];
    });
    const lost = attempts.filter(({ from, to }) =>
      ledger.workersKilledAt.some((at) => at >= from && at <= to),
    );
    if (lost.length < ATTEMPTS)
      ledger.violate('a job was given up though not five workers were killed under it', id, changes);
  }
  return logs.size;
}
