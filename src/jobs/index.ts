/**
 * Jobs: the engine. It starts what takes time, keeps the log of each, follows logs, cancels, and takes up again
 * what a lost process left behind.
 * It knows the store and nothing of what the jobs are about.
 *
 * - **job**: a row that says what was asked for and how it stands, and a log of events that says how it got there.
 * - **log**: a job's events, numbered 1, 2, 3, … under the lock of the job's row.
 * - **lane**: a session's jobs of one kind. One occupies it; the others wait in it.
 * - **ticket**: an entry of the queue that says "this job waits to be taken up". The row decides whether it does.
 * - **attempt**: one run of a job by one worker. The newest may write; a superseded one cannot.
 * - **step**: a part of the work whose output is stored, so that no later attempt computes it again.
 * - **turn**: what a job that is made of others does between two waits, in one transaction under its row's lock.
 * - **topic**: what the followers of one log share in a process.
 */

export type { EndedJob } from './ended.ts';
export { createEngine, type Engine } from './engine.ts';
export { AttemptStopped, IdempotencyConflictError, JobFailure, SessionBusyError } from './errors.ts';
export { Jobs, MAX_EVENTS } from './jobs.ts';
export type { JobPage, PageWanted } from './reader.ts';
export type { CoordinatedKind, JobKind, Run } from './run.ts';
export type { Start } from './starting.ts';
export type { EndedChild, Turn } from './turn.ts';
export {
  type BusyPolicy,
  type EventBody,
  fractionOf,
  type Job,
  type JobError,
  type JobEvent,
  type JobFilter,
  type JobStatus,
  type LogLevel,
  type Progress,
  UNFINISHED,
  type Usage,
} from './types.ts';
export type { UndeliveredError } from './undelivered.ts';
