import { sql } from 'kysely';
import type { Db, Trx } from '../../store/index.ts';
import { GRAPH_LIMITS } from './limits.ts';

/** A thread whose output is asked for. */
export interface Asked {
  runId: string;
  name: string;
  /** False where it is enough that there is one: null stands for it then. */
  whole: boolean;
}

/**
 * What COMPLETED threads gave, by name. It is kept once: by the thread's job, or, of a thread without one, here. Where it
 * is kept no longer, the thread is missing.
 *
 * @param wanted Those of which it is not enough that they have an output.
 * @returns Null where they are too much to be read together.
 */
export async function outputsOf(
  db: Db | Trx,
  runId: string,
  names: readonly string[],
  wanted: ReadonlySet<string>,
): Promise<Map<string, unknown> | null> {
  const outputs = await outputsOfRuns(
    db,
    names.map((name) => ({ runId, name, whole: wanted.has(name) })),
  );
  return outputs && (outputs.get(runId) ?? new Map());
}

/**
 * The same of threads of several runs, in one statement, by run and name.
 *
 * @param most Bytes of JSON that may be read together; beyond it nothing leaves the store.
 */
export async function outputsOfRuns(
  db: Db | Trx,
  threads: readonly Asked[],
  most: number = GRAPH_LIMITS.outputsLength,
): Promise<Map<string, Map<string, unknown>> | null> {
  const outputs = new Map<string, Map<string, unknown>>();
  if (threads.length === 0) return outputs;
  const { rows } = await sql<{ run_id: string; name: string; output: unknown; fits: boolean }>`
    with given as (
      select thread.run_id, thread.name, case when wanted.whole then coalesce(thread.output, job.output) end as output
      from unnest(
        ${threads.map(({ runId }) => runId)}::text[],
        ${threads.map(({ name }) => name)}::text[],
        ${threads.map(({ whole }) => whole)}::boolean[]
      ) as wanted (run_id, name, whole)
      join thread_runs as thread on thread.run_id = wanted.run_id and thread.name = wanted.name
      left join jobs as job on job.id = thread.job_id
      where thread.status = 'COMPLETED'
        and (not wanted.whole or thread.output is not null or job.id is not null)
    ), weighed as (
      select *, coalesce(sum(octet_length(output::text)) over (), 0) <= ${most} as fits
      from given
    )
    select run_id, name, fits, case when fits then output end as output from weighed
  `.execute(db);
  if (rows.some(({ fits }) => !fits)) return null;
  for (const { run_id, name, output } of rows) {
    const ofRun = outputs.get(run_id) ?? new Map<string, unknown>();
    outputs.set(run_id, ofRun.set(name, output));
  }
  return outputs;
}
