/** What crosses the pipe between parent and child: one line of JSON each way. */
import {
  DatasetTooLargeError,
  NotATableError,
  type Place,
  ProgramError,
  SandboxCrashError,
  SandboxError,
  SandboxLimitError,
} from './errors.ts';
import type { DatasetLimits, Execution, Profile, SandboxLimits, TableFile } from './types.ts';

export type Task =
  | { kind: 'profile'; file: TableFile }
  | { kind: 'run'; code: string; file: TableFile | undefined };

export interface Request {
  task: Task;
  limits: SandboxLimits;
  datasetLimits: DatasetLimits;
  /** Unix time in milliseconds at which the child gives up by itself; the parent kills it a little later. */
  deadline: number;
}

export type Reply = { profile: Profile } | { execution: Execution } | { failure: Failure };

/** An error as plain data. */
export type Failure =
  | { code: 'NOT_A_TABLE' | 'PROGRAM_FAILED' | 'SANDBOX_CRASHED'; message: string; place: Place }
  | { code: 'DATASET_TOO_LARGE'; limit: keyof DatasetLimits; allowed: number; found: number }
  | {
      code: 'SANDBOX_LIMIT';
      limit: keyof SandboxLimits;
      allowed: number;
      line: number | undefined;
      message: string;
    };

export function toFailure(error: unknown): Failure {
  if (error instanceof SandboxLimitError) {
    const { code, limit, allowed, line, message } = error;
    return { code, limit, allowed, line, message };
  }
  if (error instanceof DatasetTooLargeError) {
    const { code, limit, allowed, found } = error;
    return { code, limit, allowed, found };
  }
  if (error instanceof NotATableError) {
    return {
      code: error.code,
      message: error.message,
      place: { line: error.line, column: error.column },
    };
  }
  if (error instanceof ProgramError) {
    return { code: error.code, message: error.message, place: { line: error.line } };
  }
  const text = error instanceof Error && !(error instanceof SandboxError) ? error.stack : String(error);
  return { code: 'SANDBOX_CRASHED', message: text ?? String(error), place: {} };
}

export function fromFailure(failure: Failure): SandboxError {
  switch (failure.code) {
    case 'SANDBOX_LIMIT': {
      const error = new SandboxLimitError(failure.limit, failure.allowed, failure.line);
      error.message = failure.message;
      return error;
    }
    case 'DATASET_TOO_LARGE':
      return new DatasetTooLargeError(failure.limit, failure.allowed, failure.found);
    case 'NOT_A_TABLE':
      return new NotATableError(failure.message, failure.place);
    case 'PROGRAM_FAILED':
      return new ProgramError(failure.message, failure.place.line);
    default:
      return new SandboxCrashError(failure.message);
  }
}
