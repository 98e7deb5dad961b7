/**
 * Sandbox: untrusted programs and untrusted files, each handled in a child process of its own.
 *
 * The parent half (this folder) starts, bounds and kills; the other half (`child/`) is what runs over there:
 * DuckDB for the data, QuickJS for the program, Vega for its charts. Neither half knows models, jobs or GraphQL.
 */
export {
  DatasetTooLargeError,
  NotATableError,
  ProgramError,
  SandboxCrashError,
  SandboxError,
  SandboxLimitError,
} from './errors.ts';
export { defaultDatasetLimits, defaultLimits } from './limits.ts';
export { Sandbox } from './sandbox.ts';
export type * from './types.ts';
