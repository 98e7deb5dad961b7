import { WORKER_LOST } from './worker-lost.ts';

/** What must not be in the database when a campaign is over: each check finds what breaks it. */
interface Check {
  what: string;
  /** Rows with a `job_id`, where there is one. `$1`: the ids of the accepted jobs. */
  sql: string;
}

const FINAL = "('COMPLETED', 'FAILED', 'CANCELLED')";
const TICKETS = `from signalbox_queue.job where state::text in ('created', 'retry', 'active')`;

/** How much is still under way. */
export const OPEN = `
  select ((select count(*) from jobs where finished_at is null) + (select count(*) ${TICKETS}))::int as open
`;

export const CHECKS: readonly Check[] = [
  {
    what: 'a job that was accepted is not there',
    sql: 'select wanted.id as job_id from unnest($1::text[]) as wanted (id) where not exists (select from jobs where jobs.id = wanted.id)',
  },
  {
    what: 'a job is there that nobody was promised',
    sql: 'select id as job_id, kind from jobs where parent_id is null and id <> all($1::text[])',
  },
  {
    what: 'a key leads to a job that its owner does not know',
    sql: 'select job_id, key from idempotency_keys where job_id <> all($1::text[])',
  },
  {
    what: 'a job is not over',
    sql: `select id as job_id, status, worker from jobs where finished_at is null or worker is not null or status not in ${FINAL}`,
  },
  {
    what: 'a job did not complete',
    sql: `select id as job_id, status, error, attempt, crashes from jobs where finished_at is not null and status <> 'COMPLETED' and (${WORKER_LOST}) is not true`,
  },
  {
    what: 'a log is not numbered 1, 2, 3, …',
    sql: `
      select jobs.id as job_id, last_seq, count(seq)::int as events, min(seq) as first, max(seq) as last
      from jobs left join job_events on job_id = jobs.id
      group by jobs.id
      having count(seq) <> last_seq or min(seq) is distinct from 1 or max(seq) is distinct from last_seq`,
  },
  {
    what: 'a job did not end once, with its last event',
    sql: `
      select jobs.id as job_id, count(*) filter (where type = 'JobFinished')::int as ends
      from jobs left join job_events on job_id = jobs.id
      group by jobs.id
      having count(*) filter (where type = 'JobFinished') <> 1
        or max(seq) filter (where type = 'JobFinished') <> jobs.last_seq
        or count(*) filter (where type = 'JobStatusChanged' and data ->> 'status' in ${FINAL}) <> 1`,
  },
  {
    what: 'a step was completed twice',
    sql: `
      select job_id, data ->> 'step' as step, count(*)::int as times from job_events
      where type = 'JobStepCompleted' group by 1, 2 having count(*) > 1`,
  },
  {
    what: 'a thread did not complete once',
    sql: `
      select run_id as job_id, name, status, times
      from thread_runs cross join lateral (
        select count(*)::int as times from job_events
        where job_id = run_id and type = 'ThreadStatusChanged'
          and data ->> 'thread' = name and data ->> 'status' = 'COMPLETED'
      ) as completed
      where status <> 'COMPLETED' or times <> 1`,
  },
  {
    what: 'a turn is not in its conversation once, with its reply',
    sql: `
      select jobs.id as job_id, array_agg(role || ' ' || content order by messages.number) as said
      from jobs left join messages on turn = jobs.id
      where kind = 'CHAT_TURN' and status = 'COMPLETED'
      group by jobs.id
      having array_agg(role || ' ' || content order by messages.number) is distinct from
        array['USER ' || (jobs.input ->> 'message'), 'ASSISTANT You said: ' || (jobs.input ->> 'message')]`,
  },
  {
    what: 'the turns of a conversation are not in the order in which they were accepted',
    sql: `
      select job_id from (
        select turn as job_id, jobs.number, lag(jobs.number) over (partition by messages.session_id order by messages.number) as before
        from messages join jobs on jobs.id = turn
      ) as said
      where before > number`,
  },
  { what: 'a lane is still occupied', sql: 'select job_id, name from lanes where job_id is not null' },
  {
    what: 'a step outlived its job',
    sql: 'select job_id, name from job_steps join jobs on jobs.id = job_id where finished_at is not null',
  },
  { what: 'a ticket is left', sql: `select data ->> 'jobId' as job_id, name, state::text ${TICKETS}` },
];
