import type { Db } from '../store/index.ts';
import { LOG_PAGE, read } from './log.ts';
import { patiently } from './patience.ts';
import type { JobEvent } from './types.ts';

/** Reads that a topic keeps for followers that are a little behind; the rest is in the table. */
const KEPT_BATCHES = 8;

/**
 * What the followers of one job share: the newest seq that was announced, the wake-up, and each read of the log.
 * Two thousand that wait at the same place cause one query.
 */
export class Topic {
  followers = 0;
  readonly #db: Db;
  readonly #jobId: string;
  /** The newest seq announced. */
  #head = 0;
  /** True when nothing will come behind `head`. */
  #over = false;
  #opened: Promise<void> | undefined;
  /** Called, and forgotten, at the next wake-up. */
  #waiting = new Set<() => void>();
  /** The newest reads, by the cursor that they begin behind. */
  readonly #batches = new Map<number, Promise<readonly JobEvent[]>>();

  constructor(db: Db, jobId: string) {
    this.#db = db;
    this.#jobId = jobId;
  }

  /** @param seq The newest seq of the log; 0: the job is gone. */
  wake(seq: number): void {
    if (seq === 0) this.#over = true;
    else if (seq <= this.#head) return;
    this.#head = Math.max(seq, this.#head);
    this.#wakeAll();
  }

  /** Waits for events behind the cursor and gives them. Empty: there will be none, or `signal` fired. */
  async next(cursor: number, signal: AbortSignal): Promise<readonly JobEvent[]> {
    try {
      await patiently(() => this.#openOnce(), signal);
      while (!signal.aborted) {
        if (this.#head > cursor) {
          const events = await patiently(() => this.#read(cursor), signal);
          if (events.length > 0) return signal.aborted ? [] : events;
        }
        if (this.#over) return [];
        // Behind a cursor that is ahead of the log nobody reads, so nobody would see the end.
        const seen = this.#head;
        if (seen < cursor) await patiently(() => this.#open(), signal);
        if (this.#head === seen && !this.#over) await this.#wokenOrAborted(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return [];
  }

  #openOnce(): Promise<void> {
    if (this.#opened) return this.#opened;
    const opened = this.#open();
    this.#opened = opened;
    opened.catch(() => {
      this.#opened = undefined;
    });
    return opened;
  }

  /** Learns where the log stands; from then on wake-ups tell. */
  async #open(): Promise<void> {
    const job = await this.#db
      .selectFrom('jobs')
      .select(['last_seq', 'finished_at'])
      .where('id', '=', this.#jobId)
      .executeTakeFirst();
    this.wake(job?.last_seq ?? 0);
    if (job?.finished_at) this.#end();
  }

  /** One query for all that ask at the same place. */
  #read(cursor: number): Promise<readonly JobEvent[]> {
    const known = this.#batches.get(cursor);
    if (known) return known;

    const batch = read(this.#db, this.#jobId, cursor, LOG_PAGE).then((events) => {
      if (events.at(-1)?.type === 'JobFinished') this.#end();
      // Nothing behind the cursor though something was announced: the job was deleted.
      if (events.length === 0) this.#end();
      return events;
    });
    this.#batches.set(cursor, batch);
    batch.catch(() => this.#batches.delete(cursor));
    for (const oldest of this.#batches.keys()) {
      if (this.#batches.size <= KEPT_BATCHES) break;
      this.#batches.delete(oldest);
    }
    return batch;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Leaves nothing behind, here or on the signal: a quiet job may see many followers come and go. */
  #wokenOrAborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
    });
  }
}
