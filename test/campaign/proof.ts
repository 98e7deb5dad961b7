import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { CHECKS, OPEN } from './checks.ts';
import type { Accepted, Ledger, Violation } from './ledger.ts';
import type { Effects } from './model.ts';
import { lineOf, type Told } from './subscriber.ts';
import { judgeWorkerLost } from './worker-lost.ts';

/** What the database holds in the end. */
export interface Findings {
  jobs: number;
  children: number;
  events: number;
  /** Jobs that lost a worker at least once, and how often all of them together were taken up. */
  lostWorkers: number;
  attempts: number;
  undelivered: number;
  /** Jobs that failed because five workers were killed under them. */
  givenUp: number;
}

/** The last child jobs end, and a dead worker's tickets come back. */
const SETTLE_MS = 90_000;
const PAGE = 500;

/** Waits until nothing is under way any more; where something stays, the proof finds it. */
export async function settle(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const giveUp = performance.now() + SETTLE_MS; performance.now() < giveUp; await delay(250)) {
      const { rows } = await client.query<{ open: number }>(OPEN);
      if (rows[0]?.open === 0) return;
    }
  } finally {
    await client.end();
  }
}

/** Asks the database itself, not a gateway, whether everything is as it was promised and told. */
export async function prove(url: string, ledger: Ledger, effects: Effects): Promise<Findings> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const ids = [...ledger.accepted.keys()];
    for (const { what, sql } of CHECKS) {
      const { rows } = await client.query(sql, sql.includes('$1') ? [ids] : []);
      for (const { job_id: jobId, ...details } of rows) ledger.violate(what, jobId, details);
    }
    await compareStories(client, ledger);
    await compareEffects(client, ledger, effects);
    const givenUp = await judgeWorkerLost(client, ledger);
    return { ...(await count(client)), givenUp };
  } finally {
    await client.end();
  }
}

/** The log says, event by event, what the subscribers were told, and nothing that they were not. */
async function compareStories(client: pg.Client, ledger: Ledger): Promise<void> {
  const accepted = [...ledger.accepted.values()];
  for (let at = 0; at < accepted.length; at += PAGE) {
    const page = accepted.slice(at, at + PAGE);
    const { rows } = await client.query<{ job_id: string; type: string; seq: number; data: object }>(
      'select job_id, type, seq, data from job_events where job_id = any($1) order by job_id, seq',
      [page.map(({ id }) => id)],
    );
    const logs = Map.groupBy(rows, ({ job_id }) => job_id);
    for (const { id, story } of page) {
      const log = (logs.get(id) ?? []).map(({ type, seq, data }) => lineOf(asTold(type, seq, data)));
      const differs = Math.max(log.length, story.length);
      for (let place = 0; place < differs; place += 1) {
        if (log[place] === story[place]) continue;
        ledger.violate('the log says otherwise than its subscribers were told', id, {
          seq: place + 1,
          stored: log[place] ?? null,
          told: story[place] ?? null,
        });
        break;
      }
    }
  }
}

function asTold(type: string, seq: number, data: object): Told {
  const { status, ...more } = data as { status?: string };
  if (status === undefined) return { __typename: type, seq, ...more };
  const named = type === 'ThreadStatusChanged' ? { threadStatus: status } : { status };
  return { __typename: type, seq, ...more, ...named };
}

/** No attempt asked the same service twice, and no response was made twice. */
async function compareEffects(client: pg.Client, ledger: Ledger, effects: Effects): Promise<void> {
  const { rows } = await client.query<{ id: string; attempt: number }>('select id, attempt from jobs');
  const attempts = new Map(rows.map(({ id, attempt }) => [id, attempt]));
  for (const job of ledger.accepted.values()) {
    const wrong = wrongEffects(job, attempts.get(job.id) ?? 0, effects);
    if (wrong) ledger.violate('the provider was asked otherwise than it should be', job.id, wrong);
  }
}

function wrongEffects({ order }: Accepted, attempts: number, effects: Effects): object | null {
  if (order.kind === 'analysis') return null;
  if (order.kind !== 'chat') {
    const made = effects.made(order.text);
    return made === 1 ? null : { made };
  }
  const streamed = effects.streamed.get(order.text) ?? 0;
  const inOnePiece = effects.inOnePiece.get(order.text) ?? 0;
  const right = streamed <= attempts && inOnePiece <= attempts && streamed + inOnePiece > 0;
  return right ? null : { attempts, streamed, inOnePiece };
}

async function count(client: pg.Client): Promise<Omit<Findings, 'givenUp'>> {
  const { rows } = await client.query<Omit<Findings, 'givenUp'>>(`
    select count(*)::int as jobs,
      count(parent_id)::int as children,
      (select count(*)::int from job_events) as events,
      count(*) filter (where crashes > 0)::int as "lostWorkers",
      sum(attempt)::int as attempts,
      (select count(*)::int from undelivered_errors) as undelivered
    from jobs
  `);
  return rows[0]!;
}

/** The violations with what the database knows about their jobs. */
export async function withEvidence(url: string, violations: readonly Violation[]): Promise<Violation[]> {
  if (violations.length === 0) return [];
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const known: Violation[] = [];
    for (const { jobId, ...violation } of violations) {
      const job = await client.query('select * from jobs where id = $1', [jobId]);
      const log = await client.query('select * from job_events where job_id = $1 order by seq', [jobId]);
      known.push({ ...violation, ...(jobId && { jobId, job: job.rows[0], log: log.rows }) });
    }
    return known;
  } finally {
    await client.end();
  }
}
