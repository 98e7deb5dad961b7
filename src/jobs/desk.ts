import type { Trx } from '../store/index.ts';
import type { EndedJob } from './ended.ts';
import type { Queue } from './queue.ts';

/** What is done in the transaction that ends a job of a kind, however it ends and whoever ends it. */
export type OnEnd = (trx: Trx, job: EndedJob) => Promise<void>;

/** What changes of a job's state go through: the queue for those that wait, and what its kind does when it ends. */
export interface Desk {
  queue: Queue;
  /** The worker of this process, where it has a place for a new job of the kind. */
  host(kind: string): string | undefined;
  /** By kind; those that do nothing are missing. */
  onEnd: ReadonlyMap<string, OnEnd>;
}
