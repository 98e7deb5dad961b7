import { newId } from '../ids.ts';
import type { Trx } from '../store/index.ts';
import { Aftermath } from './aftermath.ts';
import { type AttemptNeeds, Attempts, GRACE_MS } from './attempts.ts';
import { CANCEL_CHANNEL } from './cancelling.ts';
import { type Claim, claim } from './claiming.ts';
import { AttemptStopped, type StopReason } from './errors.ts';
import { occupantOf } from './lanes.ts';
import type { TakenUp, UseTicket } from './queue.ts';
import { takeHosted } from './starting.ts';
import type { Job } from './types.ts';

type WorkerNeeds = Omit<AttemptNeeds, 'aftermath'>;

interface Running {
  stop: AbortController;
  over: Promise<void>;
  /** True from when the job's row says that it runs here. */
  ours: boolean;
}

/** Takes jobs up and runs them, in this process. */
export class Worker {
  /** Marks the rows of the jobs that run here; another each time the process starts. */
  readonly id = newId('worker');
  readonly #needs: WorkerNeeds;
  readonly #running = new Map<string, Running>();
  readonly #aftermath: Aftermath;
  readonly #attempts: Attempts;
  #cancels: { close(): Promise<void> } | undefined;
  #stopping = false;

  constructor(needs: WorkerNeeds) {
    this.#needs = needs;
    this.#aftermath = new Aftermath(needs.kinds, needs.log);
    this.#attempts = new Attempts({ ...needs, aftermath: this.#aftermath });
  }

  get runningJobs(): string[] {
    return [...this.#running.keys()];
  }

  /** Those of them that were taken up for certain. */
  get jobsTakenUp(): string[] {
    return [...this.#running].flatMap(([jobId, { ours }]) => (ours ? [jobId] : []));
  }

  async start(): Promise<void> {
    const { store, desk, kinds } = this.#needs;
    await store.db.insertInto('workers').values({ id: this.id }).execute();
    this.#cancels = await store.listen(
      CANCEL_CHANNEL,
      (jobId) => this.stopRun(jobId, 'cancelled'),
      () => void this.hearCancels(),
    );
    for (const { kind, concurrency } of kinds.values())
      await desk.queue.work(kind, concurrency, (...ticket) => this.#takeUp(...ticket));
  }

  /** Reads which of the jobs here were cancelled while nobody listened. Never throws. */
  async hearCancels(): Promise<void> {
    const { store, log } = this.#needs;
    try {
      const cancelled = await store.db
        .selectFrom('jobs')
        .select('id')
        .where('worker', '=', this.id)
        .where('status', '=', 'CANCELLING')
        .execute();
      for (const { id } of cancelled) this.stopRun(id, 'cancelled');
    } catch (error) {
      log.warn({ err: error }, 'cannot read which jobs were cancelled');
    }
  }

  stopRun(jobId: string, reason: StopReason): void {
    this.#running.get(jobId)?.stop.abort(new AttemptStopped(reason));
  }

  /** Stops every run and gives its job back to the queue, for another process or for this one's next start. */
  async stop(): Promise<void> {
    const { desk, store, log } = this.#needs;
    this.#stopping = true;
    const rested = desk.queue
      .rest()
      .catch((error: unknown) => log.warn({ err: error }, 'tickets were left in our hands'));
    const attempts = [...this.#running.values()];
    for (const { stop } of attempts) stop.abort(new AttemptStopped('handed over'));
    await Promise.all(attempts.map(({ over }) => over));
    await this.#aftermath.over(GRACE_MS);
    try {
      await rested;
      await this.#cancels?.close();
      await store.db.deleteFrom('workers').where('id', '=', this.id).execute();
    } catch (error) {
      log.warn({ err: error }, 'cannot sign off; others will find out by the missing heartbeat');
    }
  }

  /**
   * Takes up a job that was accepted in this process a moment ago, ahead of its ticket, if there is a place for it here:
   * the way through the queue costs more than many a job's first answer. Its ticket is used up by whoever draws it.
   * Never throws.
   */
  offer(job: Job): void {
    if (takeHosted(job)) this.#host(job);
    else if (job.status === 'STARTED') this.#takeAhead(job);
  }

  /** Runs a job that was accepted as ours. */
  #host(job: Job): void {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.#needs.desk.queue.takePlace(job.kind, over);
    const stop = new AbortController();
    // Handed back: a process that stops runs nothing new.
    if (this.#stopping) stop.abort(new AttemptStopped('handed over'));
    this.#running.set(job.id, { stop, over, ours: true });
    const fence = { worker: this.id, attempt: job.attempt };
    void this.#run({ job, fence, completed: new Map() }, stop).then(() => {
      this.#running.delete(job.id);
      resolve();
    });
  }

  #takeAhead({ id, kind, lane }: Pick<Job, 'id' | 'kind' | 'lane'>): void {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    if (!this.#needs.desk.queue.takePlace(kind, over)) return;
    const isNext = async (trx: Trx) => lane === null || (await occupantOf(trx, lane)) === id;
    void this.#takeUp(id, async () => {}, isNext).then((taken) =>
      taken ? taken.over.then(resolve) : resolve(),
    );
  }

  /**
   * Takes up a job whose ticket was drawn, if it still waits for that, and lets it run. Never throws.
   *
   * @returns When it is over; null where the ticket is as good as before.
   */
  async #takeUp(
    jobId: string,
    useTicket: UseTicket,
    mayRun: (trx: Trx) => Promise<boolean> = async () => true,
  ): Promise<TakenUp | null> {
    const { store, log } = this.#needs;
    if (this.#stopping || this.#running.has(jobId)) return null;

    // Known before the job is ours, so that a cancel right behind our commit finds what to stop.
    const stop = new AbortController();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const running: Running = { stop, over, ours: false };
    this.#running.set(jobId, running);
    const end = () => {
      this.#running.delete(jobId);
      resolve();
    };
    try {
      const claimed = await claim(store, { jobId, worker: this.id }, useTicket, mayRun);
      running.ours = claimed !== null;
      if (claimed) void this.#run(claimed, stop).then(end);
      else end();
      return { over };
    } catch (error) {
      // Where the claim did commit, its ticket is gone and recovery finds the job among the orphans.
      log.error({ err: error, jobId }, 'a job could not be taken up; its ticket is handed out again');
      end();
      return null;
    }
  }

  /** Never throws. */
  async #run(claimed: Claim, stop: AbortController): Promise<void> {
    try {
      await this.#attempts.run(claimed, stop);
    } catch (error) {
      this.#needs.log.error(
        { err: error, jobId: claimed.job.id },
        'a job could not be run; recovery will see to it',
      );
    }
  }
}
