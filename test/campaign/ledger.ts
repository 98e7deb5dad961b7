import type { Order } from './orders.ts';

/** Something that must not be. */
export interface Violation {
  what: string;
  jobId?: string;
  details?: unknown;
  /** What the database knows of the job. */
  job?: unknown;
  log?: unknown;
}

/** A job that a gateway said it had accepted. */
export interface Accepted {
  id: string;
  order: Order;
  /** Its log as its subscribers saw it: the event with seq n at n - 1. */
  story: string[];
  over: boolean;
}

/** What clients know: the jobs that were promised to them, and the events that they were told. */
export class Ledger {
  readonly accepted = new Map<string, Accepted>();
  readonly violations: Violation[] = [];
  readonly counts = { follows: 0, events: 0, resumptions: 0, retriedStarts: 0, askedAgain: 0 };
  /** By the clock that the database has, too. */
  readonly workersKilledAt: number[] = [];
  /** `performance.now()` of the newest event. */
  newsAt = performance.now();
  readonly #open: Accepted[] = [];

  accept(id: string, order: Order): void {
    const known = this.accepted.get(id);
    if (known && known.order !== order) {
      this.violate('two orders were given one job', id, [known.order, order]);
      return;
    }
    if (known) return;
    const job: Accepted = { id, order, story: [], over: false };
    this.accepted.set(id, job);
    this.#open.push(job);
    this.newsAt = performance.now();
  }

  /** An event as one subscriber was told it; whoever else is told of it must be told the same. */
  told(id: string, seq: number, event: string, ends: boolean): void {
    this.counts.events += 1;
    const job = this.accepted.get(id);
    if (!job) return;
    const known = job.story[seq - 1];
    if (known !== undefined && known !== event)
      this.violate('two subscribers were told different events', id, { seq, known, event });
    job.story[seq - 1] ??= event;
    if (known === undefined) this.newsAt = performance.now();
    if (!ends || job.over) return;
    job.over = true;
    this.#open.splice(this.#open.indexOf(job), 1);
  }

  /** Jobs whose end nobody has seen yet. */
  get open(): readonly Accepted[] {
    return this.#open;
  }

  violate(what: string, jobId?: string, details?: unknown): void {
    this.violations.push({ what, ...(jobId && { jobId }), ...(details !== undefined && { details }) });
  }
}
