import { sql } from 'kysely';
import type { Db } from '../store/index.ts';
import { Gathering } from './gathering.ts';
import { LOG_PAGE, read } from './log.ts';
import { toEvent } from './rows.ts';
import type { JobEvent } from './types.ts';

/** Where a job's log stands, and its first events behind a place, without a hole. */
export interface Opening {
  owner: string;
  lastSeq: number;
  finished: boolean;
  events: JobEvent[];
}

interface Replay {
  jobId: string;
  after: number;
}

/** Jobs whose logs one statement opens, and the events of each that come with it: most who return missed no more. */
const OPENINGS = 250;
const EVENTS_AT_OPENING = 20;
/** Followers who are given their pages together, mostly from the same log. */
const PAGES = 1_000;
/** Jobs whose logs one statement reads. */
const JOBS = 100;
/** Events of one statement over several jobs. */
const EVENTS = 2_000;

/**
 * Reads logs for followers. Those that come back all at once, as after a restart, share statements: whatever is asked
 * for in one turn of the event loop, or while the store is busy, is asked for together.
 */
export class Replays {
  readonly #openings: Gathering<Replay, Opening | null>;
  readonly #pages: Gathering<Replay, JobEvent[]>;

  constructor(db: Db) {
    this.#openings = new Gathering(OPENINGS, (replays) => openings(db, replays));
    this.#pages = new Gathering(PAGES, (replays) => pages(db, replays));
  }

  /** Null: there is no such job. */
  open(jobId: string, after: number): Promise<Opening | null> {
    return this.#openings.ask({ jobId, after });
  }

  /** Some events behind the cursor, in order, without a hole; none only where there are none. */
  page(jobId: string, after: number): Promise<JobEvent[]> {
    return this.#pages.ask({ jobId, after });
  }
}

/** An event in the shape in which a statement over many logs gives it. */
type Entry = [seq: number, at: string, type: string, data: object];

const toEvents = (jobId: string, entries: readonly Entry[] | null): JobEvent[] =>
  (entries ?? []).map(([seq, at, type, data]) =>
    toEvent({ job_id: jobId, seq, at: new Date(at), type, data }),
  );

/**
 * Each log's events behind its cursor, at most `limit`, as one value: the embedded store takes twice as long to read
 * them as rows.
 */
const entriesBehind = (limit: number) => sql`(
  select json_agg(json_build_array(seq, at, type, data) order by seq)
  from (
    select seq, at, type, data from job_events
    where job_events.job_id = wanted.job_id and job_events.seq > wanted.after
    order by job_events.seq
    limit ${limit}
  ) as entry
)`;

const wantedOf = (replays: readonly Replay[]) =>
  sql`unnest(
    ${replays.map(({ jobId }) => jobId)}::text[], ${replays.map(({ after }) => after)}::int[]
  ) as wanted (job_id, after)`;

/** Whose job, how far its log goes, and what it says next: one look at all of it. */
async function openings(db: Db, replays: readonly Replay[]): Promise<(Opening | null)[]> {
  const { rows } = await sql<{
    id: string;
    owner: string;
    last_seq: number;
    finished: boolean;
    entries: Entry[] | null;
  }>`
    select jobs.id, jobs.owner, jobs.last_seq, jobs.finished_at is not null as finished,
      ${entriesBehind(EVENTS_AT_OPENING)} as entries
    from ${wantedOf(replays)}
    join jobs on jobs.id = wanted.job_id
  `.execute(db);
  const found = new Map(
    rows.map(({ id, owner, last_seq, finished, entries }) => [
      id,
      { owner, lastSeq: last_seq, finished, events: toEvents(id, entries) },
    ]),
  );
  return replays.map(({ jobId }) => found.get(jobId) ?? null);
}

/** One page for each job, from its lowest cursor on; cursors beyond that page get the next one. */
async function pages(db: Db, replays: readonly Replay[]): Promise<JobEvent[][]> {
  const found = new Map<Replay, JobEvent[]>();
  for (let open = [...replays]; open.length > 0; open = open.filter((replay) => !found.has(replay))) {
    const lowest = new Map<string, number>();
    for (const { jobId, after } of open)
      lowest.set(jobId, Math.min(after, lowest.get(jobId) ?? Number.POSITIVE_INFINITY));
    const asked = [...lowest].slice(0, JOBS).map(([jobId, after]) => ({ jobId, after }));
    const { events, limit } = await firstPages(db, asked);
    for (const replay of open) {
      const page = events.get(replay.jobId);
      if (!page) continue;
      const last = page.at(-1)?.seq ?? 0;
      if (last <= replay.after && page.length === limit) continue;
      found.set(
        replay,
        page.filter(({ seq }) => seq > replay.after),
      );
    }
  }
  return replays.map((replay) => found.get(replay) ?? []);
}

/** A page of each log, also where it is empty. */
async function firstPages(
  db: Db,
  replays: readonly Replay[],
): Promise<{ events: Map<string, JobEvent[]>; limit: number }> {
  const [only, ...others] = replays;
  if (only && others.length === 0)
    return { events: new Map([[only.jobId, await read(db, only.jobId, only.after)]]), limit: LOG_PAGE };

  const limit = Math.floor(EVENTS / replays.length);
  const { rows } = await sql<{ job_id: string; entries: Entry[] | null }>`
    select wanted.job_id, ${entriesBehind(limit)} as entries from ${wantedOf(replays)}
  `.execute(db);
  return { events: new Map(rows.map(({ job_id, entries }) => [job_id, toEvents(job_id, entries)])), limit };
}
