import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Store, Trx } from '../store/index.ts';
import { lockJob } from './cancelling.ts';
import type { Desk } from './desk.ts';
import { end, type JobPlace } from './ending.ts';
import { lockLane } from './lanes.ts';
import { requeue } from './requeueing.ts';
import type { JobRow } from './rows.ts';
import type { Undelivered } from './undelivered.ts';
import type { Worker } from './worker.ts';

/** How often a process says that it lives, and looks for those that do not. */
export const HEARTBEAT_MS = 5_000;
/** A process that was silent for this long is dead. Three heartbeats: one may be lost, one may be late. */
const DEAD_AFTER_MS = 15_000;
/** A job that lost this many workers is what kills them. */
export const MAX_CRASHES = 5;
/** Jobs that one look at the table recovers. */
const BATCH = 200;

export interface RecoveryNeeds {
  store: Store;
  desk: Desk;
  /** Absent in a process that runs no jobs. */
  worker: Worker | undefined;
  kinds: readonly string[];
  undelivered: Undelivered;
  log: Logger;
  heartbeatMs?: number;
  deadAfterMs?: number;
}

/** Finds jobs whose worker is gone and gives them back to the queue, so that none is RUNNING for ever. */
export class Recovery {
  readonly #needs: RecoveryNeeds;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  /** Jobs that were ours but did not run at the last look; at the second look they are given back. */
  #orphans = new Set<string>();

  constructor(needs: RecoveryNeeds) {
    this.#needs = needs;
  }

  /**
   * A store that no other process has open can hold no living worker: everything that ran is taken up again before
   * this returns, and the queue is made anew from the jobs.
   */
  async start(): Promise<void> {
    const { store, heartbeatMs = HEARTBEAT_MS } = this.#needs;
    if (store.exclusive) await this.#startOver();
    this.#timer = setInterval(() => {
      // One at a time: while the database is away they would pile up.
      this.#sweeping ??= this.sweep().finally(() => {
        this.#sweeping = undefined;
      });
    }, heartbeatMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** One heartbeat, and one look for the dead. Never throws. */
  async sweep(): Promise<void> {
    const { store, worker, undelivered, log } = this.#needs;
    try {
      if (worker) {
        await sql`
          insert into workers (id) values (${worker.id}) on conflict (id) do update set seen_at = now()
        `.execute(store.db);
        await worker.hearCancels();
        await this.#recoverOrphans(worker);
      }
      await this.#recoverDead();
      await undelivered.flush();
    } catch (error) {
      log.warn({ err: error }, 'looking for lost jobs failed; trying again at the next heartbeat');
    }
  }

  /** Who was seen before this is dead. By the database's clock, the only one that all processes share. */
  get #deadline() {
    const { deadAfterMs = DEAD_AFTER_MS } = this.#needs;
    return sql<Date>`now() - make_interval(secs => ${deadAfterMs / 1_000})`;
  }

  async #startOver(): Promise<void> {
    const { store, desk, kinds } = this.#needs;
    const { queue } = desk;
    await store.db.deleteFrom('workers').execute();
    for (;;) {
      const running = await store.db
        .selectFrom('jobs')
        .select(['id', 'lane', 'session_id'])
        .where('worker', 'is not', null)
        .limit(BATCH)
        .execute();
      if (running.length === 0) break;
      for (const job of running) await this.#recover(job, { crashed: true });
    }
    for (const kind of kinds) await queue.clear(kind);
    await store.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: string; kind: string }>`
        select id, kind from jobs
        where finished_at is null
          and (status <> 'STARTED' or lane is null or exists (select from lanes where lanes.job_id = jobs.id))
        order by number
      `.execute(trx);
      for (const { id, kind } of rows) await queue.issue(trx, kind, id);
    });
  }

  async #recoverDead(): Promise<void> {
    const { store } = this.#needs;
    const { rows } = await sql<{ id: string; lane: string | null; session_id: string | null }>`
      select id, lane, session_id from jobs
      where worker is not null
        and not exists (select from workers where workers.id = jobs.worker and workers.seen_at > ${this.#deadline})
      limit ${BATCH}
    `.execute(store.db);
    for (const job of rows) await this.#recover(job, { crashed: true });
    await sql`delete from workers where seen_at < now() - interval '1 hour'`.execute(store.db);
  }

  /** Jobs that this process took up but does not run: their end could not be written. And the reverse: stops. */
  async #recoverOrphans(worker: Worker): Promise<void> {
    const takenUp = worker.jobsTakenUp;
    const mine = await this.#needs.store.db
      .selectFrom('jobs')
      .select(['id', 'lane', 'session_id'])
      .where('worker', '=', worker.id)
      .execute();
    const ours = new Set(mine.map(({ id }) => id));
    for (const id of takenUp) if (!ours.has(id)) worker.stopRun(id, 'superseded');
    const running = new Set(worker.runningJobs);
    const orphans = mine.filter(({ id }) => !running.has(id));
    for (const job of orphans) if (this.#orphans.has(job.id)) await this.#recover(job, { crashed: false });
    this.#orphans = new Set(orphans.map(({ id }) => id));
  }

  async #recover(place: JobPlace, { crashed }: { crashed: boolean }) {
    const { store, desk, log } = this.#needs;
    await store.db.transaction().execute(async (trx) => {
      if (place.lane) await lockLane(trx, place.lane);
      const job = await lockJob(trx, place.id);
      if (!job?.worker || job.finished_at) return;
      const stillLost = crashed
        ? !(await this.#isAlive(trx, job.worker))
        : job.worker === this.#needs.worker?.id;
      if (!stillLost) return;

      if (job.status === 'CANCELLING') await end(trx, desk, job, { status: 'CANCELLED' });
      else if (crashed && job.crashes + 1 >= MAX_CRASHES)
        await end(trx, desk, job, { status: 'FAILED', error: lost(job) });
      else await requeue(trx, desk, job, crashed ? 1 : 0);
      log.warn({ jobId: job.id, worker: job.worker, attempt: job.attempt }, 'a job lost its worker');
    });
  }

  async #isAlive(trx: Trx, worker: string): Promise<boolean> {
    const { rows } = await sql`
      select from workers where id = ${worker} and seen_at > ${this.#deadline}
    `.execute(trx);
    return rows.length > 0;
  }
}

const lost = (job: JobRow) => ({
  code: 'WORKER_LOST',
  message: `The process that ran the job died ${job.crashes + 1} times.`,
  step: null,
  retryable: true,
});
