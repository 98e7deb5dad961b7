import { type Selectable, sql } from 'kysely';
import type { Db, Tables, Trx } from '../store/index.ts';
import { toEvent } from './rows.ts';
import type { EventBody, JobEvent } from './types.ts';

/** Which events of a job's log: those behind `after`, at most `first`. */
export interface LogRange {
  jobId: string;
  after: number;
  first: number;
}

/** Several ranges of several logs in one statement, each in order. A log has no holes, so a range has bounds. */
export async function readRanges(db: Db, ranges: readonly LogRange[]): Promise<JobEvent[][]> {
  const column = <Name extends keyof LogRange>(name: Name) => ranges.map((range) => range[name]);
  const { rows } = await sql<Selectable<Tables['job_events']> & { place: number }>`
    select wanted.place, event.*
    from unnest(
      ${ranges.map((_, place) => place)}::int[], ${column('jobId')}::text[],
      ${column('after')}::int[], ${column('first')}::int[]
    ) as wanted (place, job_id, behind, length)
    join job_events as event on event.job_id = wanted.job_id
      and event.seq > wanted.behind and event.seq <= wanted.behind::bigint + wanted.length
    order by wanted.place, event.seq
  `.execute(db);
  const found: JobEvent[][] = ranges.map(() => []);
  for (const { place, ...row } of rows) found[place]?.push(toEvent(row));
  return found;
}

/** The text of a stream in each log, as followers have it: a piece replaces what came behind its offset. */
export async function streamedIn(db: Db | Trx, jobIds: readonly string[], stream: string): Promise<string[]> {
  const { rows } = await sql<{ job_id: string; offset: number; text: string }>`
    select job_id, (data ->> 'offset')::int as "offset", data ->> 'text' as text
    from job_events
    where job_id = any (${[...new Set(jobIds)]}::text[])
      and type = 'JobTextAppended' and data ->> 'stream' = ${stream}
    order by job_id, seq
  `.execute(db);
  const texts = new Map<string, string>();
  for (const { job_id, offset, text } of rows)
    texts.set(job_id, (texts.get(job_id) ?? '').slice(0, offset) + text);
  return jobIds.map((jobId) => texts.get(jobId) ?? '');
}

/** The newest event of a type in each log. */
export async function lastIn<Type extends EventBody['type']>(
  db: Db | Trx,
  jobIds: readonly string[],
  type: Type,
): Promise<(Extract<JobEvent, { type: Type }> | null)[]> {
  const { rows } = await sql<Selectable<Tables['job_events']>>`
    select event.*
    from unnest(${[...new Set(jobIds)]}::text[]) as wanted (job_id)
    cross join lateral (
      select * from job_events where job_id = wanted.job_id and type = ${type} order by seq desc limit 1
    ) as event
  `.execute(db);
  const events = new Map(rows.map((row) => [row.job_id, toEvent(row)]));
  return jobIds.map((jobId) => (events.get(jobId) ?? null) as Extract<JobEvent, { type: Type }> | null);
}
