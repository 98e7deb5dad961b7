import type { Logger } from 'pino';
import type { Db, Listener, Store } from '../store/index.ts';
import { IdleTopics } from './idle.ts';
import { EVENTS_CHANNEL } from './log.ts';
import { Replays } from './replays.ts';
import { Topic } from './topic.ts';
import type { JobEvent } from './types.ts';

export interface HubNeeds {
  store: Store;
  log: Logger;
}

/** Who follows. The signal is asked for only where something has to be waited for: most never need one. */
export interface Follower {
  /** Ends it at once, also while it waits. */
  readonly signal: AbortSignal;
}

/** A job's events one by one; and the log that they come from, for those who serve many followers at once. */
export interface Following extends AsyncIterable<JobEvent> {
  readonly after: number;
  /** Counts as a follower until it leaves. */
  join(): { log: Topic; leave: () => void };
}

/**
 * Wakes followers. One LISTEN per process; a follower holds a cursor on a log and nothing else, so a slow one costs
 * nothing and loses nothing: whatever it missed it reads from the log.
 */
export class Hub {
  readonly #db: Db;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #replays: Replays;
  readonly #topics = new Map<string, Topic>();
  readonly #idle = new IdleTopics(({ jobId }) => this.#topics.delete(jobId));
  readonly #watchers = new Set<(jobId: string | null, seq: number) => void>();
  readonly #stopped = new AbortController();
  #listener: Listener | undefined;
  #hears = false;
  #followers = 0;

  constructor({ store, log }: HubNeeds) {
    this.#db = store.db;
    this.#replays = new Replays(store.db);
    this.#store = store;
    this.#log = log;
  }

  /** Followers of this process, of all jobs. */
  get followers(): number {
    return this.#followers;
  }

  /** Whether changes are told by the database; false while the connection that tells them is lost. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Fires when this process follows no more. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  async start(): Promise<void> {
    this.#listener = await this.#store.listen(
      EVENTS_CHANNEL,
      (payload) => this.#hear(payload),
      () => {
        this.#hears = true;
        void this.#catchUp();
      },
      () => {
        this.#hears = false;
        this.#idle.clear();
      },
    );
    this.#hears = true;
  }

  /** Ends every follower. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const topic of this.#topics.values()) topic.stop();
    this.#idle.clear();
    await this.#listener?.close();
  }

  /**
   * A job's events with seq greater than `after`: first what is stored, then live, each once and in order, until
   * JobFinished, or until the job is gone. In batches, as they came; a batch is shared and must not be changed.
   *
   * @param signal Ends it at once, also while it waits.
   */
  async *followBatches(
    jobId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly JobEvent[]> {
    const leaving = AbortSignal.any([signal, this.#stopped.signal]);
    // Listening comes before reading: what is written in between wakes us.
    const { log: topic, leave } = this.#join(jobId);
    try {
      for (let cursor = after; !leaving.aborted; ) {
        const events = await topic.next(cursor, leaving);
        const last = events.at(-1);
        if (!last) return;
        yield events;
        if (last.type === 'JobFinished') return;
        cursor = last.seq;
      }
    } finally {
      leave();
    }
  }

  /** The same, one by one; it begins with its first reader. */
  follow(jobId: string, after: number, follower: Follower): Following {
    return {
      after,
      join: () => this.#join(jobId),
      [Symbol.asyncIterator]: () => this.#events(jobId, after, follower.signal),
    };
  }

  /**
   * Whose job it is; null: there is no such job. Those who ask together share a statement, which reads by the way what
   * they ask for next: the events behind `after`.
   */
  async owner(jobId: string, after: number, follower: Follower): Promise<string | null> {
    const known = this.#topics.get(jobId)?.owner;
    if (known != null) return known;
    const topic = this.#enter(jobId);
    try {
      return await topic.findOwner(after, follower);
    } finally {
      this.#leave(topic);
    }
  }

  /**
   * Tells that this process writes to a job's log now, so that its followers here need not read it back.
   *
   * @returns What takes the events as they were stored, committed, or none; undefined where nobody follows.
   */
  writing(jobId: string): ((stored: readonly JobEvent[]) => void) | undefined {
    return this.#topics.get(jobId)?.writing();
  }

  async *#events(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent> {
    for await (const batch of this.followBatches(jobId, after, signal))
      for (const event of batch) {
        if (signal.aborted || this.#stopped.signal.aborted) return;
        yield event;
      }
  }

  /**
   * Calls `onChange` with the id of every job that changes, and the newest seq, 0 where the job is gone; with null where
   * changes may have been missed.
   *
   * @returns Stops it.
   */
  watch(onChange: (jobId: string | null, seq: number) => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  #join(jobId: string): { log: Topic; leave: () => void } {
    this.#followers += 1;
    const topic = this.#enter(jobId);
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      this.#followers -= 1;
      this.#leave(topic);
    };
    return { log: topic, leave };
  }

  #enter(jobId: string): Topic {
    const topic = this.#topics.get(jobId) ?? new Topic(this.#replays, jobId);
    if (this.#stopped.signal.aborted) topic.stop();
    this.#topics.set(jobId, topic);
    if (topic.followers === 0) this.#idle.take(topic);
    topic.followers += 1;
    return topic;
  }

  #leave(topic: Topic): void {
    topic.followers -= 1;
    if (topic.followers > 0) return;
    if (topic.owner !== null && !this.#stopped.signal.aborted) this.#idle.add(topic);
    else this.#topics.delete(topic.jobId);
  }

  #hear(payload: string): void {
    const [jobId = '', seq = ''] = payload.split(' ');
    this.#topics.get(jobId)?.wake(Number(seq));
    for (const onChange of this.#watchers) onChange(jobId, Number(seq));
  }

  /** The connection was away: asks the tables what it did not hear. Never throws. */
  async #catchUp(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    for (const onChange of this.#watchers) onChange(null, 0);
    try {
      const ids = [...this.#topics.keys()];
      for (let at = 0; at < ids.length; at += CATCH_UP_PAGE) {
        const page = ids.slice(at, at + CATCH_UP_PAGE);
        const rows = await this.#db
          .selectFrom('jobs')
          .select(['id', 'last_seq'])
          .where('id', 'in', page)
          .execute();
        const heads = new Map(rows.map(({ id, last_seq }) => [id, last_seq]));
        for (const id of page) this.#topics.get(id)?.wake(heads.get(id) ?? 0);
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'cannot read what was missed; trying again');
      setTimeout(() => void this.#catchUp(), 1_000).unref();
    }
  }
}

const CATCH_UP_PAGE = 1_000;
