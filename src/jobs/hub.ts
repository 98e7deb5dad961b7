import type { Logger } from 'pino';
import type { Db, Listener, Store } from '../store/index.ts';
import { EVENTS_CHANNEL } from './log.ts';
import { Topic } from './topic.ts';
import type { JobEvent } from './types.ts';

export interface HubNeeds {
  store: Store;
  log: Logger;
}

/**
 * Wakes followers. One LISTEN per process; a follower holds a cursor on a log and nothing else, so a slow one costs
 * nothing and loses nothing: whatever it missed it reads from the log.
 */
export class Hub {
  readonly #db: Db;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #topics = new Map<string, Topic>();
  readonly #watchers = new Set<(jobId: string | null) => void>();
  readonly #stopped = new AbortController();
  #listener: Listener | undefined;
  #followers = 0;

  constructor({ store, log }: HubNeeds) {
    this.#db = store.db;
    this.#store = store;
    this.#log = log;
  }

  /** Followers of this process, of all jobs. */
  get followers(): number {
    return this.#followers;
  }

  /** Fires when this process follows no more. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  async start(): Promise<void> {
    this.#listener = await this.#store.listen(
      EVENTS_CHANNEL,
      (payload) => this.#hear(payload),
      () => void this.#catchUp(),
    );
  }

  /** Ends every follower. */
  async stop(): Promise<void> {
    this.#stopped.abort();
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
    const topic = this.#join(jobId);
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
      this.#leave(jobId, topic);
    }
  }

  /** The same, one by one. */
  async *follow(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent> {
    for await (const batch of this.followBatches(jobId, after, signal))
      for (const event of batch) {
        if (signal.aborted || this.#stopped.signal.aborted) return;
        yield event;
      }
  }

  /**
   * Calls `onChange` with the id of every job that changes; with null where changes may have been missed.
   *
   * @returns Stops it.
   */
  watch(onChange: (jobId: string | null) => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  #join(jobId: string): Topic {
    this.#followers += 1;
    const topic = this.#topics.get(jobId) ?? new Topic(this.#db, jobId);
    this.#topics.set(jobId, topic);
    topic.followers += 1;
    return topic;
  }

  #leave(jobId: string, topic: Topic): void {
    this.#followers -= 1;
    topic.followers -= 1;
    if (topic.followers === 0) this.#topics.delete(jobId);
  }

  #hear(payload: string): void {
    const [jobId = '', seq = ''] = payload.split(' ');
    this.#topics.get(jobId)?.wake(Number(seq));
    for (const onChange of this.#watchers) onChange(jobId);
  }

  /** The connection was away: asks the tables what it did not hear. Never throws. */
  async #catchUp(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    for (const onChange of this.#watchers) onChange(null);
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
