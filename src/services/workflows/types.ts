/** How one thread hangs on another. */
export type DependencyType = 'SEQUENTIAL' | 'PARALLEL' | 'DATA_FLOW' | 'CONDITIONAL';
/** What a failure means to the rest of the run. */
export type Policy = 'BEST_EFFORT' | 'STRICT' | 'ADAPTIVE';
export type ThreadKind = 'ANALYSIS' | 'BACKGROUND_TASK' | 'CHAT' | 'TRANSFORM';
/** READY: all that it waits for is there; it waits for a place, or for its next try. WAITING: for a person. */
export type ThreadStatus =
  | 'PENDING'
  | 'READY'
  | 'RUNNING'
  | 'WAITING'
  | 'COMPLETED'
  | 'FAILED'
  | 'SKIPPED'
  | 'CANCELLED';
export type Join = 'ALL' | 'ANY';
export type Resolution = 'RETRY' | 'SKIP' | 'ABORT';

export interface ThreadDefinition {
  name: string;
  kind: ThreadKind;
  input: Record<string, unknown>;
  /** JSON Schemas. */
  inputSchema?: unknown;
  outputSchema?: unknown;
  join: Join;
  /** For one try. */
  timeoutSeconds: number;
  /** Tries after the first, of failures that may pass. */
  maxRetries: number;
}

export interface FieldMapping {
  /** Path in the source's output: names and indexes with dots between them. */
  from: string;
  /** Path in the target's input. */
  to: string;
}

export interface DependencyDefinition {
  source: string;
  target: string;
  type: DependencyType;
  /** CEL over `output` (the source's) and `input` (the workflow's). */
  condition?: string | null;
  dataMapping?: FieldMapping[] | null;
  /** CEL over `output` and `input`, giving the object to merge into the target's input. */
  transform?: string | null;
  enabled: boolean;
}

/** A graph of threads as its author wrote it, with every default filled in. */
export interface GraphDefinition {
  threads: ThreadDefinition[];
  dependencies: DependencyDefinition[];
  policy: Policy;
  maxParallelThreads: number;
  /** Before the first retry; doubles with each further one. */
  retryDelayMs: number;
}

/** Why a thread failed. */
export interface ThreadFailure {
  code: string;
  message: string;
  /** Whether the same thread may succeed when it is tried again. */
  retryable: boolean;
}
