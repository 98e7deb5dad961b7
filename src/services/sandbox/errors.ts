import type { DatasetLimits, SandboxLimits } from './types.ts';

/** Where in a file or a program, both counted from 1. */
export interface Place {
  line?: number | undefined;
  column?: number | undefined;
}

/** Everything the sandbox refuses or fails at, with a stable code and plain facts. */
export abstract class SandboxError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The file cannot be read as a table; the message says why and names the line where one is known. */
export class NotATableError extends SandboxError {
  readonly code = 'NOT_A_TABLE';
  readonly line: number | undefined;
  /** In characters. */
  readonly column: number | undefined;

  constructor(message: string, place: Place = {}) {
    super(message);
    this.line = place.line;
    this.column = place.column;
  }
}

export class DatasetTooLargeError extends SandboxError {
  readonly code = 'DATASET_TOO_LARGE';
  readonly limit: keyof DatasetLimits;
  readonly allowed: number;
  readonly found: number;

  constructor(limit: keyof DatasetLimits, allowed: number, found: number) {
    super(
      `The table has ${found.toLocaleString('en')} ${limit}; at most ${allowed.toLocaleString('en')} are allowed.`,
    );
    this.limit = limit;
    this.allowed = allowed;
    this.found = found;
  }
}

/** A program that failed; the message is what a model needs to repair it. */
export class ProgramError extends SandboxError {
  readonly code = 'PROGRAM_FAILED';
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** A limit that was crossed: which one, and where it stands. */
export class SandboxLimitError extends SandboxError {
  readonly code = 'SANDBOX_LIMIT';
  readonly limit: keyof SandboxLimits;
  readonly allowed: number;
  readonly line: number | undefined;

  constructor(limit: keyof SandboxLimits, allowed: number, line?: number, detail = describe(limit, allowed)) {
    super(line === undefined ? detail : `${detail} (line ${line})`);
    this.limit = limit;
    this.allowed = allowed;
    this.line = line;
  }
}

/** The child could not start or ended without an answer: the gateway's trouble, not the caller's. */
export class SandboxCrashError extends SandboxError {
  readonly code = 'SANDBOX_CRASHED';
}

function describe(limit: keyof SandboxLimits, allowed: number): string {
  const n = allowed.toLocaleString('en');
  switch (limit) {
    case 'timeoutMs':
      return `It took longer than the ${allowed / 1000} s allowed.`;
    case 'memoryBytes':
      return `It needed more memory than the ${Math.round(allowed / 2 ** 20)} MiB allowed.`;
    case 'tables':
      return `The program makes more than ${n} tables.`;
    case 'charts':
      return `The program makes more than ${n} charts.`;
    case 'queryRows':
      return `The query returns more than ${n} rows; aggregate or LIMIT.`;
    case 'resultCharacters':
      return `The results are larger than the ${n} characters allowed; keep fewer or shorter rows.`;
    default:
      return `It crossed the limit ${limit} (${n}).`;
  }
}
