import type { Resolution, ThreadFailure, ThreadStatus } from './types.ts';

/** Where one thread of a run stands. */
export interface ThreadState {
  readonly name: string;
  readonly status: ThreadStatus;
  /** Tries begun. */
  readonly attempt: number;
  /** Retries spent since a person last had it tried again. */
  readonly retries: number;
  /**
   * Of its incoming dependencies, while it is PENDING: how many are satisfied; how many can no longer be; how many
   * have a condition that could not be evaluated. The counts of a thread that is no longer PENDING mean nothing.
   */
  readonly satisfied: number;
  readonly dead: number;
  readonly broken: number;
  /** READY: not before then, for it failed and is to be tried again. */
  readonly notBefore: Date | null;
  /** Why it was skipped, failed, cancelled, waits or is tried again. */
  readonly reason: string | null;
  /** The failure that it ended with, or waits with, or is tried again after. */
  readonly failure: ThreadFailure | null;
  /** Whether any try began. */
  readonly started: boolean;
}

/** Why a run stops before all is done. */
export interface Stop {
  readonly status: 'FAILED' | 'CANCELLED';
  readonly reason: string;
  readonly error: (ThreadFailure & { readonly thread: string }) | null;
}

/** Where a whole run stands: what would take a look at every thread to know. */
export interface RunState {
  /** STOPPING: nothing starts any more; it ends when nothing runs any more. */
  readonly phase: 'RUNNING' | 'STOPPING';
  readonly stop: Stop | null;
  /** Threads RUNNING, and those WAITING for a person. */
  readonly running: number;
  readonly waiting: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
}

/**
 * What happened to a thread, or to the run. `attempt` is the one that it happened to: news of another than the
 * thread's own changes nothing, and so does news for a thread that is over.
 */
export type News =
  | {
      readonly type: 'completed';
      readonly thread: string;
      readonly attempt: number;
      readonly output: unknown;
    }
  | {
      readonly type: 'failed';
      readonly thread: string;
      readonly attempt: number;
      readonly failure: ThreadFailure;
    }
  /** Somebody stopped its job; or the coordinator, while the run stops. */
  | { readonly type: 'cancelled'; readonly thread: string; readonly attempt: number; readonly reason: string }
  /** A READY thread that cannot be started, as its input cannot be gathered. No try began. */
  | { readonly type: 'refused'; readonly thread: string; readonly failure: ThreadFailure }
  /** A person's word on a WAITING thread. */
  | { readonly type: 'resolved'; readonly thread: string; readonly resolution: Resolution }
  /** The whole run is to stop. */
  | { readonly type: 'cancel'; readonly reason: string };

/** For the log of the run. */
export interface ThreadEvent {
  readonly thread: string;
  readonly status: ThreadStatus;
  readonly reason: string | null;
}

export type RunEnd = {
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly error: Stop['error'];
};

const FINAL = new Set<ThreadStatus>(['COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED']);

/** Whether a thread of that status is over. */
export const isOver = (status: ThreadStatus): boolean => FINAL.has(status);
