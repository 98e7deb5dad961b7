import { type Selectable, sql } from 'kysely';
import { json, jsonText, type Tables, type Trx } from '../../store/index.ts';
import type { CompiledGraph } from './graph.ts';
import { isOver, type ThreadEvent, type ThreadState } from './states.ts';
import type { ThreadStatus } from './types.ts';

/** Rows of one statement. */
const BATCH = 500;

export type ThreadRow = Selectable<Tables['thread_runs']>;

/** What the coordinator reads of a thread: never its output, which may be large. */
const COLUMNS = ['position', 'name', 'status', 'reason', 'attempt', 'state', 'not_before', 'job_id'] as const;
export type StoredThread = Pick<ThreadRow, (typeof COLUMNS)[number]>;

/** A thread as it stands now, with what it begins with and what it gave, where that is new. */
export interface ThreadChange {
  state: ThreadState;
  /** A try began: its job, if it has one, and the sources whose output went into it. */
  begun?: { jobId: string | null; fedBy: readonly string[] } | undefined;
  /** JSON; of a thread without a job. */
  output?: string | undefined;
}

/** What only the coordinator asks of a thread. */
type Kept = Pick<ThreadState, 'retries' | 'satisfied' | 'dead' | 'broken' | 'failure' | 'started'>;

export function toState(row: StoredThread): ThreadState {
  return {
    name: row.name,
    status: row.status as ThreadStatus,
    attempt: row.attempt,
    notBefore: row.not_before,
    reason: row.reason,
    ...(row.state as Kept),
  };
}

const kept = ({ retries, satisfied, dead, broken, failure, started }: ThreadState): Kept => ({
  retries,
  satisfied,
  dead,
  broken,
  failure,
  started,
});

/** Writes down the threads of a run that begins. */
export async function insertThreads(
  trx: Trx,
  runId: string,
  graph: CompiledGraph,
  threads: readonly ThreadState[],
): Promise<void> {
  for (let at = 0; at < threads.length; at += BATCH)
    await trx
      .insertInto('thread_runs')
      .values(
        threads.slice(at, at + BATCH).map((thread) => ({
          run_id: runId,
          position: graph.thread(thread.name).position,
          name: thread.name,
          status: thread.status,
          reason: thread.reason,
          attempt: thread.attempt,
          state: json(kept(thread)),
          not_before: thread.notBefore,
          job_id: null,
          started_at: null,
          finished_at: null,
        })),
      )
      .execute();
}

/** Writes down how threads of a run stand now. */
export async function updateThreads(
  trx: Trx,
  runId: string,
  graph: CompiledGraph,
  changes: readonly ThreadChange[],
): Promise<void> {
  for (let at = 0; at < changes.length; at += BATCH) {
    const batch = changes.slice(at, at + BATCH);
    const rows = batch.map(({ state, begun, output }) => ({
      position: graph.thread(state.name).position,
      status: state.status,
      reason: state.reason,
      attempt: state.attempt,
      state: kept(state),
      not_before: state.notBefore,
      over: isOver(state.status),
      begun: begun !== undefined,
      job_id: begun?.jobId ?? null,
      fed_by: begun?.fedBy ?? null,
      // As text, so that it is not taken apart and put together once more here.
      output: output ?? null,
    }));
    await sql`
      update thread_runs set
        status = changed.status,
        reason = changed.reason,
        attempt = changed.attempt,
        state = changed.state,
        not_before = changed.not_before,
        job_id = case when changed.begun then changed.job_id else thread_runs.job_id end,
        fed_by = case when changed.begun then changed.fed_by else thread_runs.fed_by end,
        output = coalesce(changed.output::jsonb, thread_runs.output),
        started_at = case when changed.begun then coalesce(thread_runs.started_at, clock_timestamp())
          else thread_runs.started_at end,
        finished_at = case when changed.over then clock_timestamp() end
      from jsonb_to_recordset(${jsonText(rows)}::jsonb) as changed (
        position integer, status text, reason text, attempt integer, state jsonb, not_before timestamptz, over boolean,
        begun boolean, job_id text, fed_by jsonb, output text
      )
      where thread_runs.run_id = ${runId} and thread_runs.position = changed.position
    `.execute(trx);
  }
}

/**
 * Ends the threads of a run that are not over as a run that stops does: what waits for a person has failed, what began is
 * CANCELLED, and all else SKIPPED.
 *
 * @returns What became of them, in the order of the graph.
 */
export async function endUnfinished(trx: Trx, runId: string, reason: string): Promise<ThreadEvent[]> {
  const { rows } = await sql<ThreadEvent & { position: number }>`
    update thread_runs set
      status = case when status = 'WAITING' then 'FAILED' when attempt > 0 then 'CANCELLED' else 'SKIPPED' end,
      reason = case when status = 'WAITING' then reason else ${reason} end,
      not_before = null,
      finished_at = clock_timestamp()
    where run_id = ${runId} and status not in ('COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED')
    returning position, name as thread, status, reason
  `.execute(trx);
  return rows.sort((a, b) => a.position - b.position);
}

/** Threads of a run by their names. */
export async function readThreads(
  trx: Trx,
  runId: string,
  names: readonly string[],
): Promise<StoredThread[]> {
  if (names.length === 0) return [];
  return trx
    .selectFrom('thread_runs')
    .select(COLUMNS)
    .where('run_id', '=', runId)
    .where('name', 'in', names)
    .execute();
}

/** Threads of a run that are not over. */
export async function readUnfinished(trx: Trx, runId: string): Promise<StoredThread[]> {
  return trx
    .selectFrom('thread_runs')
    .select(COLUMNS)
    .where('run_id', '=', runId)
    .where('status', 'not in', ['COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED'])
    .execute();
}

/** RUNNING threads of a run, in the order of the graph. */
export async function readRunning(trx: Trx, runId: string): Promise<StoredThread[]> {
  return trx
    .selectFrom('thread_runs')
    .select(COLUMNS)
    .where('run_id', '=', runId)
    .where('status', '=', 'RUNNING')
    .orderBy('position')
    .execute();
}

/** READY threads whose time has come, behind a position, in the order of the graph. */
export async function readStartable(
  trx: Trx,
  runId: string,
  { now, behind, most }: { now: Date; behind: number; most: number },
): Promise<StoredThread[]> {
  return trx
    .selectFrom('thread_runs')
    .select(COLUMNS)
    .where('run_id', '=', runId)
    .where('status', '=', 'READY')
    .where('position', '>', behind)
    .where((at) => at.or([at('not_before', 'is', null), at('not_before', '<=', now)]))
    .orderBy('position')
    .limit(most)
    .execute();
}

/** When the next READY thread may be tried again; null where none waits for that. */
export async function nextTry(trx: Trx, runId: string, now: Date): Promise<Date | null> {
  const row = await trx
    .selectFrom('thread_runs')
    .select(({ fn }) => fn.min('not_before').as('at'))
    .where('run_id', '=', runId)
    .where('status', '=', 'READY')
    .where('not_before', '>', now)
    .executeTakeFirst();
  return row?.at ?? null;
}
