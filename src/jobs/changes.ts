import type { Logger } from 'pino';
import type { Db } from '../store/index.ts';
import type { Hub } from './hub.ts';
import { patiently } from './patience.ts';
import { type JobReader, matches } from './reader.ts';
import { JOB_COLUMNS, toJob } from './rows.ts';
import type { Job, JobFilter } from './types.ts';

/** Jobs that a slow watcher may be behind by; then it reads what it has not been told. */
const KEPT_CHANGES = 1_000;
/** Of those it reads so many at a time, */
const MISSED_PAGE = 500;
/** and those that ended so long before it looked last: the clocks of processes differ. */
const CLOCKS_MS = 120_000;
/** Jobs matching at the beginning that a watcher is told, the newest. */
const FIRST_PAGE = 100;
/** Changes that come within this are read together. */
const GATHER_MS = 20;

interface Watcher {
  owner: string;
  filter: JobFilter;
  /** Newest state of the jobs that changed since the watcher last looked. */
  changed: Map<string, Job>;
  /** True where it has not heard of everything, and has to read. */
  missed: boolean;
  /** When it looked last, by this process's clock; undefined before it has. */
  lookedAt: number | undefined;
  /** How far the jobs were that it read last: a read that began before may come in after it. */
  listed: Map<string, number>;
  wakeUp: PromiseWithResolvers<void>;
}

export interface ChangesNeeds {
  db: Db;
  hub: Hub;
  reader: JobReader;
  log: Logger;
}

/** Tells watchers of jobs as they change. Each changed job is read once, however many watch. */
export class JobChanges {
  readonly #needs: ChangesNeeds;
  readonly #watchers = new Set<Watcher>();
  #unwatch: (() => void) | undefined;
  #dirty = new Set<string>();
  #reading: Promise<void> | undefined;

  constructor(needs: ChangesNeeds) {
    this.#needs = needs;
  }

  /** The owner's jobs that match now, oldest first, then each as it changes, in its newest state only. */
  async *follow(owner: string, filter: JobFilter, signal: AbortSignal): AsyncGenerator<Job> {
    const watcher: Watcher = {
      owner,
      filter,
      changed: new Map(),
      missed: true,
      lookedAt: undefined,
      listed: new Map(),
      wakeUp: Promise.withResolvers(),
    };
    const leaving = AbortSignal.any([signal, this.#needs.hub.stopped]);
    const wake = () => watcher.wakeUp.resolve();
    leaving.addEventListener('abort', wake, { once: true });
    this.#add(watcher);
    try {
      while (!leaving.aborted) {
        for await (const jobs of this.#untold(watcher, leaving))
          for (const job of jobs) {
            if (leaving.aborted) return;
            yield job;
          }
        if (watcher.changed.size === 0 && !watcher.missed) await watcher.wakeUp.promise;
      }
    } finally {
      leaving.removeEventListener('abort', wake);
      this.#remove(watcher);
    }
  }

  async *#untold(watcher: Watcher, signal: AbortSignal): AsyncGenerator<Job[], void> {
    const { lookedAt } = watcher;
    watcher.lookedAt = Date.now();
    watcher.wakeUp = Promise.withResolvers();
    if (watcher.missed) {
      watcher.missed = false;
      watcher.changed.clear();
      watcher.listed.clear();
      if (lookedAt === undefined) yield* this.#newest(watcher, signal);
      else yield* this.#missed(watcher, new Date(lookedAt - CLOCKS_MS), signal);
    } else {
      const jobs = [...watcher.changed.values()];
      watcher.changed.clear();
      yield jobs;
    }
  }

  /** What matches when somebody begins to watch. */
  async *#newest(watcher: Watcher, signal: AbortSignal): AsyncGenerator<Job[], void> {
    const { owner, filter } = watcher;
    const { reader } = this.#needs;
    const newest = async () => (await reader.list(owner, filter, FIRST_PAGE)).jobs.reverse();
    yield this.#read(watcher, newest, signal);
  }

  /** What may have changed while nothing was heard, or too much. */
  async *#missed(watcher: Watcher, since: Date, signal: AbortSignal): AsyncGenerator<Job[], void> {
    const { owner, filter } = watcher;
    const { reader } = this.#needs;
    for (let after = 0; !signal.aborted; ) {
      const page = { first: MISSED_PAGE, after };
      const jobs = await this.#read(watcher, () => reader.changedSince(owner, filter, since, page), signal);
      yield jobs;
      if (jobs.length < MISSED_PAGE) return;
      after = jobs.at(-1)?.number ?? 0;
    }
  }

  async #read(watcher: Watcher, read: () => Promise<Job[]>, signal: AbortSignal): Promise<Job[]> {
    const jobs = await patiently(read, signal).catch((error: unknown) => {
      if (signal.aborted) return [];
      throw error;
    });
    for (const { id, lastSeq } of jobs) {
      watcher.listed.set(id, lastSeq);
      if ((watcher.changed.get(id)?.lastSeq ?? Number.POSITIVE_INFINITY) <= lastSeq)
        watcher.changed.delete(id);
    }
    while (watcher.listed.size > KEPT_CHANGES) {
      const [oldest = ''] = watcher.listed.keys();
      watcher.listed.delete(oldest);
    }
    return jobs;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  #add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    this.#unwatch ??= this.#needs.hub.watch((jobId) => this.#hear(jobId));
  }

  #remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #hear(jobId: string | null): void {
    if (jobId === null || this.#dirty.size >= KEPT_CHANGES) {
      this.#miss();
      return;
    }
    this.#dirty.add(jobId);
    this.#reading ??= this.#readDirty();
  }

  /** One read at a time, so that no state is told after a newer one. Never throws. */
  async #readDirty(): Promise<void> {
    while (this.#dirty.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const ids = [...this.#dirty];
      this.#dirty = new Set();
      try {
        const rows = await this.#needs.db
          .selectFrom('jobs')
          .select(JOB_COLUMNS)
          .where('id', 'in', ids)
          .execute();
        for (const job of rows.map(toJob)) this.#tell(job);
      } catch (error) {
        this.#needs.log.warn({ err: error }, 'changed jobs could not be read');
        this.#miss();
      }
    }
    this.#reading = undefined;
  }

  #tell(job: Job): void {
    for (const watcher of this.#watchers) {
      if (watcher.missed || !matches(job, watcher.owner, watcher.filter)) continue;
      if ((watcher.listed.get(job.id) ?? 0) > job.lastSeq) continue;
      watcher.changed.delete(job.id);
      watcher.changed.set(job.id, job);
      if (watcher.changed.size > KEPT_CHANGES) miss(watcher);
      watcher.wakeUp.resolve();
    }
  }

  #miss(): void {
    for (const watcher of this.#watchers) miss(watcher);
  }
}

function miss(watcher: Watcher): void {
  watcher.missed = true;
  watcher.changed.clear();
  watcher.wakeUp.resolve();
}
