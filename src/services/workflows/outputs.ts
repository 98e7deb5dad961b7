import { sql } from 'kysely';
import type { Db, Trx } from '../../store/index.ts';

/**
 * What COMPLETED threads gave, by name. It is kept once: by the thread's job, or, of a thread without one, here.
 */
export async function outputsOf(
  db: Db | Trx,
  runId: string,
  names: readonly string[],
): Promise<Map<string, unknown>> {
  const outputs = await outputsOfRuns(
    db,
    names.map((name) => ({ runId, name })),
  );
  return outputs.get(runId) ?? new Map();
}

/** The same of threads of several runs, in one statement, by run and name. */
export async function outputsOfRuns(
  db: Db | Trx,
  threads: readonly { runId: string; name: string }[],
): Promise<Map<string, Map<string, unknown>>> {
  const outputs = new Map<string, Map<string, unknown>>();
  if (threads.length === 0) return outputs;
  const { rows } = await sql<{ run_id: string; name: string; output: unknown }>`
    select thread.run_id, thread.name, coalesce(thread.output, job.output) as output
    from unnest(${threads.map(({ runId }) => runId)}::text[], ${threads.map(({ name }) => name)}::text[])
      as wanted (run_id, name)
    join thread_runs as thread on thread.run_id = wanted.run_id and thread.name = wanted.name
    left join jobs as job on job.id = thread.job_id
    where thread.status = 'COMPLETED'
  `.execute(db);
  for (const { run_id, name, output } of rows) {
    const ofRun = outputs.get(run_id) ?? new Map<string, unknown>();
    outputs.set(run_id, ofRun.set(name, output));
  }
  return outputs;
}
