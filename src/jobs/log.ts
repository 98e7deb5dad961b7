import { sql } from 'kysely';
import { type Db, jsonText, type Trx } from '../store/index.ts';
import { lastIn, streamedIn } from './pages.ts';
import { toEvent } from './rows.ts';
import { sighted } from './sightings.ts';
import type { EventBody, JobEvent, Progress, Usage } from './types.ts';

/** Says `<job id> <newest seq>`; seq 0 says that the job is gone. It wakes; the table tells. */
export const EVENTS_CHANNEL = 'signalbox_events';

/** Rows of one read of a log. */
export const LOG_PAGE = 500;

/** Which attempt writes. A log refuses every attempt but the newest, and everybody once the job has finished. */
export interface Fence {
  worker: string;
  attempt: number;
}

export interface Entry {
  jobId: string;
  events: EventBody[];
  /** Changes of the job's row that belong to the events. */
  progress?: Progress | undefined;
  usage?: Usage | undefined;
}

/**
 * Adds events to a job's log: numbers them under the lock of the job's row and wakes its followers at commit,
 * in one statement.
 *
 * @param fence Who writes; absent only where the caller holds the row's lock and has looked.
 * @returns The log's newest seq; null, and nothing written, where the fence does not hold any more.
 */
export async function append(db: Db | Trx, entry: Entry, fence?: Fence): Promise<number | null> {
  const written = await write(db, entry, fence);
  return written?.last_seq ?? null;
}

/** The same; gives the events as whoever reads the log will see them, for a caller whose transaction this is alone. */
export async function appendAndTell(db: Db, entry: Entry, fence: Fence): Promise<JobEvent[] | null> {
  const written = await write(db, entry, fence);
  if (!written) return null;
  const { jobId, events } = entry;
  const bodies = JSON.parse(jsonText(events)) as EventBody[];
  const before = written.last_seq - bodies.length;
  return bodies.map((body, place) => ({ ...body, jobId, seq: before + place + 1, at: written.at }));
}

async function write(
  db: Db | Trx,
  { jobId, events, progress, usage }: Entry,
  fence: Fence | undefined,
): Promise<{ last_seq: number; at: Date } | undefined> {
  const stillOurs = fence
    ? sql`and worker = ${fence.worker} and attempt = ${fence.attempt} and finished_at is null`
    : sql``;
  const { rows } = await sql<{ last_seq: number; at: Date }>`
    with job as (
      update jobs set
        last_seq = last_seq + ${events.length}::int,
        progress = coalesce(${progress ? jsonText(progress) : null}::jsonb, progress),
        input_tokens = input_tokens + ${usage?.inputTokens ?? 0}::bigint,
        output_tokens = output_tokens + ${usage?.outputTokens ?? 0}::bigint,
        model_calls = model_calls + ${usage?.modelCalls ?? 0}::int
      where id = ${jobId} ${stillOurs}
      returning id, last_seq, clock_timestamp() as at
    ), entries as (
      insert into job_events (job_id, seq, at, type, data)
      select job.id, job.last_seq - ${events.length}::int + event.place::int, job.at,
        event.body ->> 'type', event.body - 'type'
      from job, jsonb_array_elements(${jsonText(events)}::jsonb) with ordinality as event (body, place)
    )
    select last_seq, at, pg_notify(${EVENTS_CHANNEL}, id || ' ' || last_seq) from job
  `.execute(db);
  if (rows[0]) sighted(jobId, rows[0].last_seq, true);
  return rows[0];
}

/** Tells followers in every process that the log is gone and they need not wait. */
export async function announceGone(db: Db | Trx, jobIds: string[]): Promise<void> {
  for (const jobId of jobIds) {
    sighted(jobId, Number.POSITIVE_INFINITY, true);
    await sql`select pg_notify(${EVENTS_CHANNEL}, ${`${jobId} 0`})`.execute(db);
  }
}

/** The events with seq greater than `after`, in order, at most `limit`. */
export async function read(db: Db, jobId: string, after: number, limit = LOG_PAGE): Promise<JobEvent[]> {
  const rows = await db
    .selectFrom('job_events')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

/** The text of a stream as its followers have it. */
export async function streamed(db: Db | Trx, jobId: string, stream: string): Promise<string> {
  const [text = ''] = await streamedIn(db, [jobId], stream);
  return text;
}

/** The newest event of a type. */
export async function lastOf<Type extends EventBody['type']>(
  db: Db | Trx,
  jobId: string,
  type: Type,
): Promise<Extract<JobEvent, { type: Type }> | null> {
  const [event = null] = await lastIn(db, [jobId], type);
  return event;
}
