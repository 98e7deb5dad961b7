import { couldBeId } from '../ids.ts';
import type { Db } from '../store/index.ts';
import type { Hub } from './hub.ts';
import { JOB_COLUMNS, toJob } from './rows.ts';
import { type Sighting, watchSightings } from './sightings.ts';
import type { Job } from './types.ts';

/** Rows that are kept, and the longest input of one: 16 MiB in all. */
const KEPT = 1_000;
const LONGEST_INPUT = 16 * 1024;
/** A row is kept so long, counted from before it was read: as late as this we may be where nobody tells us. */
const KEPT_MS = 1_000;
/** A transaction of ours is over by then, committed or not. */
const WRITE_MS = 60_000;
/** Jobs with writes of ours that nobody has told us of yet. */
const WRITES = 10_000;

/** Behind everything that a row can say. */
const GONE = Number.POSITIVE_INFINITY;

interface Kept {
  job: Job;
  until: number;
}

/** A read under way, for all who asked since it began; replaced as soon as there is something newer. */
interface Reading {
  readonly id: string;
  readonly began: number;
  readonly job: Promise<Job | null>;
}

/**
 * Rows of jobs that are asked for over and over. What comes from here is never older than anything that this process
 * has shown of the job before: every read and write is a sighting, and drops what it outdates, as does each
 * notification. Nothing is kept or shared while nobody hears notifications; where they are lost and nobody knows it yet,
 * rows are late by `KEPT_MS` and no more.
 */
export class HotJobs {
  readonly #db: Db;
  readonly #hub: Pick<Hub, 'watch' | 'hears'>;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Reading>();
  /** How far the jobs above are known to be: the same said again is no news. */
  readonly #known = new Map<string, number>();
  /** Writes of this process: a row below them may not be kept, because nothing says when they commit. */
  readonly #written = new Map<string, { seq: number; until: number }>();
  /** Until then nothing is kept: there were more writes than can be told apart. */
  #pausedUntil = 0;
  readonly #stop: () => void;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(db: Db, hub: Pick<Hub, 'watch' | 'hears'>, now: () => number = () => performance.now()) {
    this.#db = db;
    this.#hub = hub;
    this.#now = now;
    const unwatch = hub.watch((jobId, seq) => {
      if (jobId === null) this.#dropAll();
      else this.#hear(jobId, seq || GONE);
    });
    const unsight = watchSightings((sighting) => this.#sight(sighting));
    this.#stop = () => {
      unwatch();
      unsight();
    };
  }

  stop(): void {
    this.#stop();
    this.#dropAll();
  }

  /** Without asking the store; undefined where that has to be asked, also for what belongs to somebody else. */
  peek(owner: string, id: string): Job | undefined {
    const kept = this.#kept.get(id);
    if (!kept || kept.job.owner !== owner || !this.#hub.hears) return undefined;
    if (this.#now() < kept.until) return kept.job;
    this.#kept.delete(id);
    return undefined;
  }

  /** In no order; those that do not exist, or are somebody else's, are missing. */
  async findMany(owner: string, ids: readonly string[]): Promise<Job[]> {
    const found: (Job | Promise<Job | null>)[] = [];
    const missing = new Set<string>();
    for (const id of new Set(ids)) {
      const known = this.peek(owner, id) ?? this.#readingOf(id);
      if (known) found.push(known);
      else if (couldBeId(id)) missing.add(id);
    }
    if (missing.size > 0) found.push(...this.#read([...missing]));
    return (await Promise.all(found)).filter((job) => job?.owner === owner) as Job[];
  }

  /** One that takes long is not joined for ever: it may show what was so when it began. */
  #readingOf(id: string): Promise<Job | null> | undefined {
    const reading = this.#reading.get(id);
    return reading && this.#hub.hears && this.#now() < reading.began + KEPT_MS ? reading.job : undefined;
  }

  #read(ids: readonly string[]): Promise<Job | null>[] {
    const began = this.#now();
    const jobs = this.#rows(ids, began, () => readings);
    const readings: Reading[] = ids.map((id) => ({
      id,
      began,
      job: jobs.then((byId) => byId.get(id) ?? null),
    }));
    for (const reading of readings) this.#reading.set(reading.id, reading);
    return readings.map(({ job }) => job);
  }

  async #rows(
    ids: readonly string[],
    began: number,
    readings: () => readonly Reading[],
  ): Promise<Map<string, Job>> {
    // Those that were replaced meanwhile may be older than what was shown since.
    const end = () =>
      readings().filter(({ id, job }) => this.#reading.get(id)?.job === job && this.#reading.delete(id));
    try {
      const rows = await this.#db.selectFrom('jobs').select(JOB_COLUMNS).where('id', 'in', ids).execute();
      const current = end();
      const byId = new Map(rows.map((row) => [row.id, toJob(row)]));
      for (const { id } of current) this.#keep(byId.get(id), began);
      return byId;
    } catch (error) {
      end();
      throw error;
    }
  }

  #keep(job: Job | undefined, began: number): void {
    if (!job || !this.#hub.hears || began < this.#pausedUntil) return;
    const written = this.#written.get(job.id);
    if (written && job.lastSeq < written.seq && began < written.until) return;
    if (written) this.#written.delete(job.id);
    if (JSON.stringify(job.input ?? null).length > LONGEST_INPUT) return;

    put(this.#kept, job.id, { job: Object.freeze(job), until: began + KEPT_MS }, KEPT);
    put(this.#known, job.id, Math.max(job.lastSeq, this.#known.get(job.id) ?? 0), WRITES);
  }

  /** Committed. */
  #hear(jobId: string, seq: number): void {
    this.#outdate(jobId, seq);
    const written = this.#written.get(jobId);
    if (!written || written.seq > seq) return;
    this.#written.delete(jobId);
    // It was known before it was there to be read: who joins a reading of that time would not see it.
    this.#reading.delete(jobId);
  }

  #sight({ jobId, seq, ours }: Sighting): void {
    this.#outdate(jobId, seq);
    if (!ours) return;

    if (this.#written.size >= WRITES) {
      this.#written.clear();
      this.#pausedUntil = this.#now() + WRITE_MS;
      this.#dropAll();
    }
    this.#written.set(jobId, { seq, until: this.#now() + WRITE_MS });
  }

  /** Forgets what is older than `seq`; a read under way may bring something older. */
  #outdate(id: string, seq: number): void {
    const kept = this.#kept.get(id);
    if (!kept && !this.#reading.has(id)) return;
    if (seq <= (this.#known.get(id) ?? 0)) return;
    if (seq !== GONE) put(this.#known, id, seq, WRITES);
    if (kept && kept.job.lastSeq < seq) this.#kept.delete(id);
    this.#reading.delete(id);
  }

  #dropAll(): void {
    this.#kept.clear();
    this.#reading.clear();
  }
}

/** As the newest; the oldest goes where there are too many. */
function put<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
