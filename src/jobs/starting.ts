import { createHash } from 'node:crypto';
import { InvalidInputError, RateLimitedError } from '../errors.ts';
import { newId } from '../ids.ts';
import { json, type Trx } from '../store/index.ts';
import { cancelLocked } from './cancelling.ts';
import { IdempotencyConflictError, SessionBusyError } from './errors.ts';
import { jobsInLane, laneOf, occupyLane, openLane } from './lanes.ts';
import { append } from './log.ts';
import type { Queue } from './queue.ts';
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
  onBusy?: BusyPolicy;
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
export async function start(trx: Trx, queue: Queue, request: Start): Promise<Job> {
  const { kind, owner, sessionId, parentId, input, parallel, onBusy = 'REJECT', idempotency } = request;
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
  if (lane && !free) free = await makeWay(trx, queue, lane, onBusy);

  const row = await trx
    .insertInto('jobs')
    .values({
      id,
      owner,
      kind,
      lane,
      session_id: sessionId ?? null,
      parent_id: parentId ?? null,
      status: 'STARTED',
      input: json(input),
    })
    .returning(JOB_COLUMNS)
    .executeTakeFirstOrThrow();
  const lastSeq = await append(trx, { jobId: id, events: [{ type: 'JobStatusChanged', status: 'STARTED' }] });

  if (free) {
    if (lane) await occupyLane(trx, lane, id);
    await queue.issue(trx, kind, id);
  }
  return { ...toJob(row), lastSeq: lastSeq ?? 0 };
}

/**
 * The lane is locked and occupied: asks the policy what to do.
 *
 * @returns True where the lane is free now; false where the new job has to wait in it.
 */
async function makeWay(trx: Trx, queue: Queue, lane: string, policy: BusyPolicy): Promise<boolean> {
  const [active, ...waiting] = await jobsInLane(trx, lane);
  if (!active) return true;
  if (policy === 'REJECT') throw new SessionBusyError(toJob(active));

  if (policy === 'CANCEL_RUNNING') {
    // Those behind first: a job that ends gives its lane to the next, and none of these shall have it.
    for (const job of [...waiting.reverse(), active]) await cancelLocked(trx, queue, job);
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
