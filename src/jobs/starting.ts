import { createHash } from 'node:crypto';
import { type InsertObject, sql } from 'kysely';
import { InvalidInputError, RateLimitedError } from '../errors.ts';
import { newId } from '../ids.ts';
import { json, jsonText, type Tables, type Trx } from '../store/index.ts';
import { cancelLocked } from './cancelling.ts';
import type { Desk } from './desk.ts';
import { IdempotencyConflictError, SessionBusyError } from './errors.ts';
import { jobsInLane, laneOf, occupyLane, openLane } from './lanes.ts';
import { EVENTS_CHANNEL } from './log.ts';
import { JOB_COLUMNS, toJob } from './rows.ts';
import type { BusyPolicy, Job } from './types.ts';

/** Jobs of one kind that may wait in one session. A person who queues more has lost count. */
const LONGEST_LANE = 100;
const LONGEST_KEY = 255;

export interface Start {
  kind: string;
  owner: string;
  /** Whose transaction holds the session's lock. Its jobs of this kind run one at a time, unless `parallel`. */
  sessionId?: string;
  parallel?: boolean;
  parentId?: string;
  input: unknown;
  /** What it is about, for those who filter by that: the id of something. */
  subject?: string;
  /** From when it first ran; a job that takes longer FAILED. At most a day; unless given, its kind's own bound holds. */
  timeoutMs?: number;
  onBusy?: BusyPolicy;
  /** The caller hands the job to `Jobs.offer` behind the commit: where it is free to run here, it is ours at once. */
  offered?: boolean;
  /** `request`: what the client sent, where that is not the job's input. */
  idempotency?: { mutation: string; key: string; request?: unknown };
}

/**
 * Accepts a job: its row, its first event, its place in the lane and its ticket, all in the caller's transaction.
 *
 * @throws {SessionBusyError} The lane is occupied, and `onBusy` is REJECT.
 * @throws {IdempotencyConflictError} The key belongs to a job with other input.
 * @throws {RateLimitedError} Too many wait in the lane.
 */
export async function start(trx: Trx, desk: Desk, request: Start): Promise<Job> {
  const {
    kind,
    owner,
    sessionId,
    parentId,
    input,
    subject,
    timeoutMs,
    parallel,
    onBusy = 'REJECT',
    offered = false,
    idempotency,
  } = request;
  const lane = sessionId && !parallel ? laneOf(sessionId, kind) : null;
  const occupant = lane && sessionId ? await openLane(trx, lane, sessionId) : null;

  const id = newId('job');
  if (idempotency) {
    const earlier = await claimKey(
      trx,
      owner,
      idempotency,
      hash(idempotency.request ?? { kind, sessionId, parentId, input, onBusy }),
      id,
    );
    if (earlier) return earlier;
  }

  let free = occupant === null;
  if (lane && !free) free = await makeWay(trx, desk, lane, onBusy);

  // A ticket, its way through the queue, and a transaction of its own would cost more than many a job's first answer.
  // Should nobody offer it, or this process die, recovery finds it as it finds every job that is not run by its worker.
  const host = free && offered ? desk.host(kind) : undefined;
  const job = await insert(trx, {
    id,
    owner,
    kind,
    lane,
    session_id: sessionId ?? null,
    parent_id: parentId ?? null,
    input: json(input),
    subject: subject ?? null,
    timeout_ms: timeoutMs ?? null,
    ...(host
      ? { status: 'RUNNING', worker: host, attempt: 1, started_at: new Date() }
      : { status: 'STARTED' }),
  });

  if (free && lane) await occupyLane(trx, lane, id);
  NEW.add(job);
  if (host) HOSTED.add(job);
  else if (free) await desk.queue.issue(trx, kind, id);
  return job;
}

/** Jobs that were accepted, and not found by their idempotency key. */
const NEW = new WeakSet<Job>();

/** Whether `start` accepted the job; false where its key gave it an earlier one. */
export const isNew = (job: Job): boolean => NEW.has(job);

/** Jobs that were accepted as RUNNING in this process, until they are offered. */
const HOSTED = new WeakSet<Job>();

/** Whether the job was accepted as ours; true once. */
export const takeHosted = (job: Job): boolean => HOSTED.delete(job);

/** The job's row and its first events, in one statement. */
async function insert(trx: Trx, values: InsertObject<Tables, 'jobs'>): Promise<Job> {
  const statuses = values.status === 'RUNNING' ? ['STARTED', 'RUNNING'] : ['STARTED'];
  const rows = await trx
    .with('job', (db) =>
      db
        .insertInto('jobs')
        .values({ ...values, last_seq: statuses.length })
        .returning(JOB_COLUMNS),
    )
    .with('entries', (db) =>
      db
        .insertInto('job_events')
        .columns(['job_id', 'seq', 'at', 'type', 'data'])
        .expression(
          sql`
          select job.id, status.place::int, clock_timestamp(), 'JobStatusChanged',
            jsonb_build_object('status', status.name)
          from job, jsonb_array_elements_text(${jsonText(statuses)}::jsonb) with ordinality as status (name, place)
        ` as never,
        ),
    )
    .selectFrom('job')
    .select(JOB_COLUMNS)
    .select(sql`pg_notify(${EVENTS_CHANNEL}, job.id || ' ' || job.last_seq)`.as('told'))
    .execute();
  const { told: _, ...row } = rows[0]!;
  return toJob(row);
}

/**
 * The lane is locked and occupied: asks the policy what to do.
 *
 * @returns True where the lane is free now; false where the new job has to wait in it.
 */
async function makeWay(trx: Trx, desk: Desk, lane: string, policy: BusyPolicy): Promise<boolean> {
  const [active, ...waiting] = await jobsInLane(trx, lane);
  if (!active) return true;
  if (policy === 'REJECT') throw new SessionBusyError(toJob(active));

  if (policy === 'CANCEL_RUNNING') {
    // Those behind first: a job that ends gives its lane to the next, and none of these shall have it.
    for (const job of [...waiting.reverse(), active]) await cancelLocked(trx, desk, job);
    return (await jobsInLane(trx, lane)).length === 0;
  }

  if (waiting.length >= LONGEST_LANE)
    throw new RateLimitedError(`${waiting.length} jobs of this kind already wait in the session.`, 30);
  return false;
}

/**
 * Takes the key for a new job. A rival that has it but has not committed is waited for: the primary key decides.
 *
 * @returns The job that the key belongs to already.
 */
async function claimKey(
  trx: Trx,
  owner: string,
  { mutation, key }: { mutation: string; key: string },
  inputHash: string,
  jobId: string,
): Promise<Job | null> {
  if (key.length === 0 || key.length > LONGEST_KEY || key.includes('\0'))
    throw new InvalidInputError([
      { path: 'input.idempotencyKey', message: `must have 1 to ${LONGEST_KEY} characters, none of them NUL` },
    ]);

  for (;;) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('idempotency_keys')
      .values({ owner, mutation, key, input_hash: inputHash, job_id: jobId })
      .onConflict((conflict) => conflict.columns(['owner', 'mutation', 'key']).doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 1n) return null;

    const taken = await trx
      .selectFrom('idempotency_keys')
      .innerJoin('jobs', 'jobs.id', 'idempotency_keys.job_id')
      .select(JOB_COLUMNS.map((column) => `jobs.${column}` as const))
      .select('input_hash')
      .where('idempotency_keys.owner', '=', owner)
      .where('mutation', '=', mutation)
      .where('key', '=', key)
      .executeTakeFirst();
    // Its job was deleted between the two statements, and the key with it.
    if (!taken) continue;
    if (taken.input_hash !== inputHash) throw new IdempotencyConflictError(toJob(taken));
    return toJob(taken);
  }
}

/** Keys in one order, so that the same input has the same hash however it was spelled. */
function hash(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    item && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
  return createHash('sha256').update(text).digest('base64url');
}
