import { DomainError } from '../errors.ts';
import { isUnavailable } from '../store/index.ts';
import type { Job } from './types.ts';

/** The lane is occupied and the caller asked to be rejected then. */
export class SessionBusyError extends DomainError {
  readonly code = 'SESSION_BUSY';
  readonly activeJob: Job;

  constructor(activeJob: Job) {
    super(`The session already runs a job of this kind: ${activeJob.id}.`);
    this.activeJob = activeJob;
  }
}

/** The idempotency key was used before, with different input. */
export class IdempotencyConflictError extends DomainError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
  readonly existingJob: Job;

  constructor(existingJob: Job) {
    super(
      `The idempotency key already belongs to ${existingJob.id}, which was started with different input.`,
    );
    this.existingJob = existingJob;
  }
}

/** Thrown by a job's own work: ends it as FAILED with words for its owner. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: ErrorOptions & { retryable?: boolean } = {}) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Why a running attempt was told to stop; the reason of its signal. */
export type StopReason = 'cancelled' | 'handed over' | 'superseded' | 'timed out' | 'store lost';

export class AttemptStopped extends Error {
  override readonly name = 'AttemptStopped';
  readonly reason: StopReason;

  constructor(reason: StopReason, options?: ErrorOptions) {
    super(`The attempt was stopped: ${reason}.`, options);
    this.reason = reason;
  }
}

/** A database that is away is no fault of the job: its attempt ends, and another one goes on. */
export function lostStore(error: unknown): never {
  throw isUnavailable(error) ? new AttemptStopped('store lost', { cause: error }) : error;
}
