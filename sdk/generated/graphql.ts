/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AddMigrationTaskInput = {
  description: string;
  /** Of its own; at most 100 characters. */
  key: string;
  phase: string;
};

/** What starting a job does where its session already runs one of the kind. */
export type BusyPolicy =
  /** Those before it are cancelled; the new job runs when they have stopped. */
  | 'CANCEL_RUNNING'
  /** The new job waits for those before it. */
  | 'ENQUEUE'
  /** SessionBusyError, which names the running job. */
  | 'REJECT';

export type ChangeMigrationTaskInput = {
  id: string;
  /** What came of it; of BLOCKED it must say what blocks the task. */
  notes?: string | null | undefined;
  status: MigrationTaskStatus;
};

export type ChatRole =
  | 'ASSISTANT'
  | 'SYSTEM'
  | 'USER';

/** Cancels what still runs, waits up to waitSeconds for it to stop, then deletes the session with all that it owns. */
export type CloseSessionInput = {
  id: string;
  /** 0 to 60. */
  waitSeconds?: number;
};

export type ConversationKind =
  | 'CHAT'
  | 'SCENARIO'
  | 'WATCH';

export type CoordinationPolicy =
  /** Failures that may pass are retried, then treated as in BEST_EFFORT. One that will not pass, of a thread whose output others need, waits for resolveThreadFailure; of any other thread, the thread is skipped. */
  | 'ADAPTIVE'
  /** Dependents of a failed thread are skipped; the rest goes on. */
  | 'BEST_EFFORT'
  /** The first failure, after its retries, stops the run. */
  | 'STRICT';

export type CreateSessionInput = {
  chatModel?: string | null | undefined;
  currentScenario?: string | null | undefined;
  /** The id of a session of the legacy application, where that shares its sessions: its conversations and settings go on in this one. Only one session can have it. The bare id: of a signed cookie, what is before the dot. */
  legacyId?: string | null | undefined;
  /** An object of at most 64 KiB and 100 levels. */
  preferences?: unknown;
  selectedVoice?: string | null | undefined;
};

export type DatasetFormat =
  | 'CSV'
  | 'JSON'
  | 'NDJSON'
  | 'PARQUET'
  | 'TSV';

export type DefineDependenciesInput = {
  /** At most 10,000. */
  dependencies: Array<DependencyInput>;
  /** 1 to 100. */
  maxParallelThreads?: number;
  /** Tries after the first, of failures that may pass: 0 to 20. */
  maxRetries?: number;
  policy?: CoordinationPolicy;
  /** Before the first retry; doubles with each further one. */
  retryDelayMs?: number;
  sessionId: string;
  threadTimeoutSeconds?: number;
  /** 1 to 2,000. */
  threads: Array<ThreadInput>;
};

export type DependencyInput = {
  /** CEL expression over `output` (the source’s) and `input` (the workflow’s); must give a boolean. Where it gives false the target is skipped. */
  condition?: string | null | undefined;
  /** Source field path to target field path. A DATA_FLOW without it merges the whole output. */
  dataMapping?: Array<FieldMappingInput> | null | undefined;
  enabled?: boolean;
  source: string;
  target: string;
  /** CEL expression over `output` and `input` that gives the object to merge into the target’s input. */
  transform?: string | null | undefined;
  type?: DependencyType;
};

export type DependencyType =
  /** SEQUENTIAL, and the target runs only if the condition holds on the source’s output; else it is skipped. */
  | 'CONDITIONAL'
  /** SEQUENTIAL, and the source’s output feeds the target’s input. */
  | 'DATA_FLOW'
  /** No order: both may run at the same time. */
  | 'PARALLEL'
  /** The target starts after the source completed. */
  | 'SEQUENTIAL';

/** How sure an issue is. */
export type Evidence =
  /** Being worse than allowed is ruled out. */
  | 'CLEARED'
  /** Chance is ruled out, at 5 % over all rules and all looks. */
  | 'CONFIRMED'
  /** Fewer than 300 calls or 50 sessions of one of the services. */
  | 'INSUFFICIENT_DATA'
  /** Chance can explain it. */
  | 'UNCONFIRMED';

export type FailureResolution =
  /** Stop the run; it FAILED. */
  | 'ABORT'
  /** Try it again, with its retries renewed. */
  | 'RETRY'
  /** Skip it, and what depends on it. */
  | 'SKIP';

/** What is moved from a legacy service to its successor. */
export type FeatureName =
  /** Phase 4: conversations. */
  | 'CHAT'
  /** Phase 2: the clients of language models. */
  | 'LLM'
  /** Phase 5: conversations with a persona. */
  | 'SCENARIO'
  /** Phase 3: where conversations are kept. */
  | 'SESSION'
  /** Phase 1: checks and formats. */
  | 'UTILS'
  /** Phase 6: two personas talking. */
  | 'WATCH';

export type FieldMappingInput = {
  /** Path in the source’s output, for example `report.tables.0.rows`. */
  from: string;
  /** Path in the target’s input. */
  to: string;
};

/** Who decides on a feature now. */
export type FlagSource =
  /** `USE_NEW_…` decides, where this was asked. */
  | 'ENVIRONMENT'
  /** Our own table: without a flag server, or because of a rollback. */
  | 'LOCAL'
  /** The flag server. */
  | 'UNLEASH';

/** A conversation to have with the service. Its past grows with each reply. */
export type GoldenPatternInput = {
  conversation?: ConversationKind;
  /** At most 20; none of a WATCH. */
  messages: Array<string>;
  model?: string | null | undefined;
  /** Once in a suite. */
  name: string;
  /** Of a SCENARIO or a WATCH. */
  scenarioId?: string | null | undefined;
};

export type GraphProblemCode =
  | 'CYCLE'
  | 'DUPLICATE_DEPENDENCY'
  | 'DUPLICATE_THREAD'
  | 'INVALID_CONDITION'
  | 'INVALID_MAPPING'
  | 'INVALID_SCHEMA'
  | 'INVALID_THREAD_INPUT'
  | 'SELF_DEPENDENCY'
  | 'TOO_LARGE'
  | 'UNKNOWN_THREAD';

/** Jobs that match all that is given. */
export type JobFilter = {
  createdAfter?: string | null | undefined;
  createdBefore?: string | null | undefined;
  kinds?: Array<JobKind> | null | undefined;
  parentId?: string | null | undefined;
  sessionId?: string | null | undefined;
  statuses?: Array<JobStatus> | null | undefined;
};

export type JobKind =
  | 'ANALYSIS'
  | 'BACKGROUND_TASK'
  | 'CHAT_TURN'
  | 'GOLDEN_RUN'
  | 'ROLLOUT'
  | 'WATCH'
  | 'WORKFLOW';

export type JobStatus =
  | 'CANCELLED'
  /** Asked to stop; not stopped yet. */
  | 'CANCELLING'
  | 'COMPLETED'
  | 'FAILED'
  | 'RUNNING'
  /** Accepted and waiting for a worker. */
  | 'STARTED'
  /** Needs a person’s decision. */
  | 'WAITING';

export type LogLevel =
  | 'DEBUG'
  | 'ERROR'
  | 'INFO'
  | 'WARN';

export type MigrationTaskStatus =
  | 'BLOCKED'
  | 'COMPLETED'
  | 'IN_PROGRESS'
  | 'PENDING';

export type Readiness =
  | 'NOT_READY'
  | 'READY';

export type ReasoningEffort =
  | 'HIGH'
  | 'LOW'
  | 'MEDIUM';

export type RecordGoldenInput = {
  /** A suite of that name is replaced. */
  name: string;
  /** Absent: a greeting, several turns, another model, a scenario and a watch. */
  patterns?: Array<GoldenPatternInput> | null | undefined;
  service?: ServiceVersion;
};

export type ReportLanguage =
  | 'EN'
  | 'JA';

export type ResolveThreadFailureInput = {
  resolution: FailureResolution;
  thread: string;
  workflowId: string;
};

export type RollbackInput = {
  /** Absent: all features. */
  feature?: FeatureName | null | undefined;
  /** Kept, and told to ALERT_WEBHOOK_URL. */
  reason: string;
};

/** What to do with the traffic. */
export type RolloutAction =
  /** Leave it as it is: nothing is sure yet. */
  | 'HOLD'
  /** Nothing speaks against more traffic, and a worse response time is ruled out. */
  | 'PROMOTE'
  /** Worse, and chance is ruled out. */
  | 'ROLLBACK';

export type SendMessageInput = {
  /** CHAT, or SCENARIO: with the partner of the session’s currentScenario. */
  conversation?: ConversationKind;
  /** The same key with the same input gives the same turn, however often it is sent. */
  idempotencyKey?: string | null | undefined;
  /** At most 32,000 characters. */
  message: string;
  /** From now on the session’s; absent: the session’s, else MODEL_CHAT. */
  model?: string | null | undefined;
  sessionId: string;
  /** Answer when the reply is complete (true), or at once, to follow it with jobProgress (false). Nobody waits longer than two minutes: the turn comes back as it stands then, and goes on. */
  wait?: boolean;
};

export type ServiceVersion =
  | 'LEGACY'
  | 'NEW';

export type SetFeatureInput = {
  /** Absent: as it is. True lifts a rollback. */
  enabled?: boolean | null | undefined;
  feature: FeatureName;
  /** Kept with the change; 1,000 characters at most. */
  reason: string;
  /** 0 to 100. Absent: as it is. */
  rolloutPercentage?: number | null | undefined;
};

export type ShadowDifferenceKind =
  /** Another text, white space at its ends aside. */
  | 'CONTENT_MISMATCH'
  /** One of the two failed. */
  | 'ERROR_MISMATCH'
  /** Another kind of answer: its form, a refusal, its length. */
  | 'TYPE_MISMATCH';

export type ShadowTestInput = {
  /** Asks the legacy service twice, to tell its own noise from a difference. */
  control?: boolean;
  /** CHAT, SCENARIO (of the session’s currentScenario) or WATCH. */
  feature?: FeatureName;
  /** At most 32,000 characters. */
  message: string;
  /** Absent: the session’s, else MODEL_CHAT. */
  model?: string | null | undefined;
  sessionId: string;
};

export type StartAnalysisInput = {
  /** A dataset of the same session. */
  datasetId?: string | null | undefined;
  /** The same key with the same input gives the same job, however often it is sent. */
  idempotencyKey?: string | null | undefined;
  /** What to find out; at most 10,000 characters. */
  message: string;
  /** `builtin` is a deterministic analyst that needs no key. */
  model?: string | null | undefined;
  onBusy?: BusyPolicy;
  sessionId: string;
};

export type StartBackgroundTaskInput = {
  effort?: ReasoningEffort;
  /** The same key with the same input gives the same task, however often it is sent. */
  idempotencyKey?: string | null | undefined;
  /** The provider’s name of the model; else MODEL_REASONING. */
  model?: string | null | undefined;
  /** At most 100,000 characters. */
  question: string;
  /** The session that it belongs to, and goes with. */
  sessionId?: string | null | undefined;
  /** From when it first ran, 1 to 86400; an hour where absent. */
  timeoutSeconds?: number | null | undefined;
};

export type StartRolloutInput = {
  /** CHAT, SCENARIO, WATCH or LLM: their calls are measured. */
  feature: FeatureName;
  /** Calls of the new service without which no step is left. Verdicts need 300 in any case. */
  minRequestsPerStep?: number;
  /** Kept with each change; 500 characters at most. */
  reason: string;
  /** How long each step lasts at least; a week at most. */
  stepSeconds?: number;
  /** Shares in percent, each above the one before; at most 20. */
  steps?: Array<number>;
};

export type StartWatchInput = {
  idempotencyKey?: string | null | undefined;
  /** Absent: the session’s chatModel, else MODEL_CHAT. */
  model?: string | null | undefined;
  scenarioId: string;
  sessionId: string;
  /** Lines, 1 to 100. */
  turns?: number;
};

export type StartWorkflowInput = {
  graphId: string;
  /** The same key with the same input gives the same run, however often it is sent. */
  idempotencyKey?: string | null | undefined;
  /** An object; `input` in the graph’s expressions. */
  input?: unknown;
  onBusy?: BusyPolicy;
};

export type ThreadInput = {
  /** The kind’s own input; an object. A DATA_FLOW dependency adds to it. Its texts may hold CEL expressions over `input`, the workflow’s, in braces behind a dollar sign. */
  input?: unknown;
  /** JSON Schema that the input must satisfy when it runs. */
  inputSchema?: unknown;
  join?: ThreadJoin;
  kind: ThreadKind;
  /** 0 to 20; absent: the graph’s. */
  maxRetries?: number | null | undefined;
  /** Unique in the graph; letters, digits, _ and -; at most 100. */
  name: string;
  /** JSON Schema that the output must satisfy. */
  outputSchema?: unknown;
  /** Of one try, 1 to 86400; absent: the graph’s threadTimeoutSeconds. */
  timeoutSeconds?: number | null | undefined;
};

export type ThreadJoin =
  /** Every incoming dependency must be satisfied. */
  | 'ALL'
  /** One is enough. */
  | 'ANY';

export type ThreadKind =
  /** Input: `message`, `datasetId`, `model`. */
  | 'ANALYSIS'
  /** Input: `question`, `effort`, `model`. Output: `response`. */
  | 'BACKGROUND_TASK'
  /** Input: `message`, `model`. Output: `reply`. It is a turn of the session’s own conversation, so that one runs at a time. */
  | 'CHAT'
  /** Input: `expression`, CEL over `inputs` (what flowed in) and `input` (the workflow’s); its value is the output. */
  | 'TRANSFORM';

export type ThreadStatus =
  | 'CANCELLED'
  | 'COMPLETED'
  | 'FAILED'
  | 'PENDING'
  /** All that it waits for is there; it waits for a place, or for its next try. */
  | 'READY'
  | 'RUNNING'
  /** Did not run, or needs not have; never a failure. */
  | 'SKIPPED'
  /** Failed, and waits for resolveThreadFailure. */
  | 'WAITING';

/** What is absent stays; null forgets. */
export type UpdateSessionInput = {
  chatModel?: string | null | undefined;
  currentScenario?: string | null | undefined;
  id: string;
  /** Replaces the preferences as a whole. */
  preferences?: unknown;
  selectedVoice?: string | null | undefined;
};

export type UploadDatasetInput = {
  file: Blob;
  /** Instead of the file’s own name. */
  name?: string | null | undefined;
  sessionId: string;
};

export type VerifyGoldenInput = {
  name: string;
  /** 1: every reply must be the recorded one. 5 to 20 for services whose replies vary by themselves: what counts then is whether they differ by more than the recorded service does from itself. */
  repeats?: number;
  service?: ServiceVersion;
};

export type UploadDatasetMutationVariables = Exact<{
  input: UploadDatasetInput;
}>;


export type UploadDatasetMutation = { uploadDataset:
    | { __typename: 'Dataset', id: string, name: string, format: DatasetFormat, bytes: number, rowCount: number, createdAt: string, columns: Array<{ name: string, type: string, nullCount: number, distinctCount: number, min: string | null, max: string | null, examples: Array<string> }> }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
   };

export type StartAnalysisMutationVariables = Exact<{
  input: StartAnalysisInput;
}>;


export type StartAnalysisMutation = { startAnalysis:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'IdempotencyConflictError', message: string, existingJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
    | { __typename: 'SessionBusyError', message: string, activeJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
   };

export type AnalysisQueryVariables = Exact<{
  id: string;
}>;


export type AnalysisQuery = { job:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, result: { code: string, plan: { summary: string, steps: Array<string> }, execution: { output: string, durationMs: number, repairs: number, tables: Array<{ title: string, columns: Array<string>, rows: Array<Array<unknown>>, truncated: boolean }>, charts: Array<{ title: string, vegaLite: unknown, svg: string }> }, report: { markdown: string, html: string } } | null, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask' }
    | { __typename: 'ChatTurn' }
    | { __typename: 'GoldenRunJob' }
    | { __typename: 'RolloutJob' }
    | { __typename: 'WatchJob' }
    | { __typename: 'WorkflowJob' }
   | null };

export type StartBackgroundTaskMutationVariables = Exact<{
  input: StartBackgroundTaskInput;
}>;


export type StartBackgroundTaskMutation = { startBackgroundTask:
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'IdempotencyConflictError', message: string, existingJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
   };

export type BackgroundTaskQueryVariables = Exact<{
  id: string;
}>;


export type BackgroundTaskQuery = { job:
    | { __typename: 'AnalysisJob' }
    | { __typename: 'BackgroundTask', response: string | null, question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'ChatTurn' }
    | { __typename: 'GoldenRunJob' }
    | { __typename: 'RolloutJob' }
    | { __typename: 'WatchJob' }
    | { __typename: 'WorkflowJob' }
   | null };

export type ScenariosQueryVariables = Exact<{ [key: string]: never; }>;


export type ScenariosQuery = { scenarios: Array<{ id: string, title: string, description: string, language: string, situation: string, personas: Array<string>, partner: string, opening: string, aims: Array<string>, userPersona: { name: string, role: string, character: string, knows: string | null, goals: Array<string> } }> };

export type HistoryQueryVariables = Exact<{
  id: string;
  kind: ConversationKind;
  last: number;
}>;


export type HistoryQuery = { session: { history: Array<{ role: ChatRole, content: string, at: string, servedBy: ServiceVersion | null, interrupted: boolean }> } | null };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage:
    | { __typename: 'ChatTurn', reply: string | null, servedBy: ServiceVersion | null, fellBack: boolean, conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'IdempotencyConflictError', message: string, existingJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
    | { __typename: 'UpstreamError', service: string, retryable: boolean, message: string }
   };

export type StartWatchMutationVariables = Exact<{
  input: StartWatchInput;
}>;


export type StartWatchMutation = { startWatch:
    | { __typename: 'IdempotencyConflictError', message: string, existingJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
    | { __typename: 'SessionBusyError', message: string, activeJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   };

export type ChatTurnQueryVariables = Exact<{
  id: string;
}>;


export type ChatTurnQuery = { job:
    | { __typename: 'AnalysisJob' }
    | { __typename: 'BackgroundTask' }
    | { __typename: 'ChatTurn', reply: string | null, servedBy: ServiceVersion | null, fellBack: boolean, conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'GoldenRunJob' }
    | { __typename: 'RolloutJob' }
    | { __typename: 'WatchJob' }
    | { __typename: 'WorkflowJob' }
   | null };

export type DiagnosticsQueryVariables = Exact<{ [key: string]: never; }>;


export type DiagnosticsQuery = { diagnostics: { version: string, uptimeSeconds: number, memoryBytes: number, subscribers: number, store: { kind: string, version: string, schemaVersion: string }, modelClients: { hits: number, misses: number, maxSize: number, currentSize: number }, queues: Array<{ name: string, waiting: number, active: number, failed: number }> } };

type JobState_AnalysisJob_Fragment = { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_BackgroundTask_Fragment = { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_ChatTurn_Fragment = { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_GoldenRunJob_Fragment = { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_RolloutJob_Fragment = { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_WatchJob_Fragment = { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_WorkflowJob_Fragment = { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

export type JobStateFragment =
  | JobState_AnalysisJob_Fragment
  | JobState_BackgroundTask_Fragment
  | JobState_ChatTurn_Fragment
  | JobState_GoldenRunJob_Fragment
  | JobState_RolloutJob_Fragment
  | JobState_WatchJob_Fragment
  | JobState_WorkflowJob_Fragment
;

export type GraphStateFragment = { __typename: 'DependencyGraph', id: string, executionOrder: Array<Array<string>>, policy: CoordinationPolicy, maxParallelThreads: number, createdAt: string, threads: Array<{ name: string, kind: ThreadKind, join: ThreadJoin, timeoutSeconds: number, maxRetries: number }>, dependencies: Array<{ source: string, target: string, type: DependencyType, condition: string | null, transform: string | null, enabled: boolean }> };

export type SessionStateFragment = { __typename: 'Session', id: string, chatModel: string | null, selectedVoice: string | null, currentScenario: string | null, preferences: unknown, createdAt: string, lastSeenAt: string, expiresAt: string };

export type DatasetProfileFragment = { __typename: 'Dataset', id: string, name: string, format: DatasetFormat, bytes: number, rowCount: number, createdAt: string, columns: Array<{ name: string, type: string, nullCount: number, distinctCount: number, min: string | null, max: string | null, examples: Array<string> }> };

export type AnalysisReportFragment = { code: string, plan: { summary: string, steps: Array<string> }, execution: { output: string, durationMs: number, repairs: number, tables: Array<{ title: string, columns: Array<string>, rows: Array<Array<unknown>>, truncated: boolean }>, charts: Array<{ title: string, vegaLite: unknown, svg: string }> }, report: { markdown: string, html: string } };

type Failure_DependencyGraphError_Fragment = { __typename: 'DependencyGraphError', message: string };

type Failure_IdempotencyConflictError_Fragment = { __typename: 'IdempotencyConflictError', message: string };

type Failure_InvalidInputError_Fragment = { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> };

type Failure_InvalidStateError_Fragment = { __typename: 'InvalidStateError', message: string };

type Failure_NotFoundError_Fragment = { __typename: 'NotFoundError', id: string, message: string };

type Failure_RateLimitedError_Fragment = { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string };

type Failure_SessionBusyError_Fragment = { __typename: 'SessionBusyError', message: string };

type Failure_UpstreamError_Fragment = { __typename: 'UpstreamError', service: string, retryable: boolean, message: string };

export type FailureFragment =
  | Failure_DependencyGraphError_Fragment
  | Failure_IdempotencyConflictError_Fragment
  | Failure_InvalidInputError_Fragment
  | Failure_InvalidStateError_Fragment
  | Failure_NotFoundError_Fragment
  | Failure_RateLimitedError_Fragment
  | Failure_SessionBusyError_Fragment
  | Failure_UpstreamError_Fragment
;

export type JobQueryVariables = Exact<{
  id: string;
}>;


export type JobQuery = { job:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   | null };

export type JobsQueryVariables = Exact<{
  filter?: JobFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type JobsQuery = { jobs: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }> } };

export type CancelJobMutationVariables = Exact<{
  id: string;
}>;


export type CancelJobMutation = { cancelJob:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   };

export type DeleteJobMutationVariables = Exact<{
  id: string;
}>;


export type DeleteJobMutation = { deleteJob:
    | { __typename: 'DeletedJob', id: string }
    | { __typename: 'InvalidStateError', status: string, message: string }
    | { __typename: 'NotFoundError', id: string, message: string }
   };

export type JobProgressSubscriptionVariables = Exact<{
  jobId: string;
  after: number;
}>;


export type JobProgressSubscription = { jobProgress:
    | { __typename: 'JobFinished', seq: number, at: string, jobId: string, job:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'JobLogged', level: LogLevel, message: string, seq: number, at: string, jobId: string }
    | { __typename: 'JobProgressed', seq: number, at: string, jobId: string, progress: { step: number, total: number, fraction: number, message: string } }
    | { __typename: 'JobStatusChanged', status: JobStatus, seq: number, at: string, jobId: string }
    | { __typename: 'JobStepCompleted', step: string, durationMs: number, seq: number, at: string, jobId: string }
    | { __typename: 'JobTextAppended', stream: string, offset: number, text: string, seq: number, at: string, jobId: string }
    | { __typename: 'ReplyServed', servedBy: ServiceVersion, fellBack: boolean, seq: number, at: string, jobId: string }
    | { __typename: 'ThreadStatusChanged', thread: string, reason: string | null, seq: number, at: string, jobId: string, threadStatus: ThreadStatus }
   };

export type JobChangesSubscriptionVariables = Exact<{
  filter?: JobFilter | null | undefined;
}>;


export type JobChangesSubscription = { jobChanges:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   };

export type FeatureStateFragment = { __typename: 'Feature', name: FeatureName, enabled: boolean, rolloutPercentage: number, source: FlagSource, lastChange: { at: string, by: string, reason: string, enabled: boolean, rolloutPercentage: number } | null };

export type ShadowStateFragment = { __typename: 'ShadowComparison', id: string, feature: FeatureName, at: string, message: string, model: string, live: boolean, matches: boolean, similarity: number | null, legacy: { reply: string | null, error: string | null, durationMs: number }, candidate: { reply: string | null, error: string | null, durationMs: number }, control: { reply: string | null, error: string | null, durationMs: number } | null, differences: Array<{ kind: ShadowDifferenceKind, path: string, legacy: string | null, candidate: string | null }> };

export type LatenciesFragment = { improvementP50: number | null, improvementP95: number | null, legacy: { requests: number, sessions: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null }, candidate: { requests: number, sessions: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null } };

export type GoldenSuiteStateFragment = { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion };

export type TaskStateFragment = { __typename: 'MigrationTask', id: string, key: string, description: string, phase: string, status: MigrationTaskStatus, startedAt: string | null, completedAt: string | null, notes: string };

export type FeaturesQueryVariables = Exact<{ [key: string]: never; }>;


export type FeaturesQuery = { features: Array<{ __typename: 'Feature', name: FeatureName, enabled: boolean, rolloutPercentage: number, source: FlagSource, lastChange: { at: string, by: string, reason: string, enabled: boolean, rolloutPercentage: number } | null }> };

export type FeatureHistoryQueryVariables = Exact<{
  feature: FeatureName;
  first: number;
}>;


export type FeatureHistoryQuery = { featureHistory: Array<{ at: string, by: string, reason: string, enabled: boolean, rolloutPercentage: number }> };

export type FeatureChangesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type FeatureChangesSubscription = { featureChanges: { __typename: 'Feature', name: FeatureName, enabled: boolean, rolloutPercentage: number, source: FlagSource, lastChange: { at: string, by: string, reason: string, enabled: boolean, rolloutPercentage: number } | null } };

export type RoutingQueryVariables = Exact<{
  feature: FeatureName;
  sessionId: string;
}>;


export type RoutingQuery = { routing: { feature: FeatureName, version: ServiceVersion, reason: string } };

export type SetFeatureMutationVariables = Exact<{
  input: SetFeatureInput;
}>;


export type SetFeatureMutation = { setFeature:
    | { __typename: 'Feature', name: FeatureName, enabled: boolean, rolloutPercentage: number, source: FlagSource, lastChange: { at: string, by: string, reason: string, enabled: boolean, rolloutPercentage: number } | null }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'UpstreamError', service: string, retryable: boolean, message: string }
   };

export type RollbackMutationVariables = Exact<{
  input: RollbackInput;
}>;


export type RollbackMutation = { rollback:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'RollbackReport', at: string, reason: string, healthy: boolean, features: Array<{ __typename: 'Feature', name: FeatureName, enabled: boolean, rolloutPercentage: number, source: FlagSource, lastChange: { at: string, by: string, reason: string, enabled: boolean, rolloutPercentage: number } | null }> }
    | { __typename: 'UpstreamError', service: string, retryable: boolean, message: string }
   };

export type ShadowTestMutationVariables = Exact<{
  input: ShadowTestInput;
}>;


export type ShadowTestMutation = { shadowTest:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'ShadowComparison', id: string, feature: FeatureName, at: string, message: string, model: string, live: boolean, matches: boolean, similarity: number | null, legacy: { reply: string | null, error: string | null, durationMs: number }, candidate: { reply: string | null, error: string | null, durationMs: number }, control: { reply: string | null, error: string | null, durationMs: number } | null, differences: Array<{ kind: ShadowDifferenceKind, path: string, legacy: string | null, candidate: string | null }> }
    | { __typename: 'UpstreamError', service: string, retryable: boolean, message: string }
   };

export type ShadowComparisonsQueryVariables = Exact<{
  feature?: FeatureName | null | undefined;
  differingOnly: boolean;
  first: number;
  after?: string | null | undefined;
}>;


export type ShadowComparisonsQuery = { shadowComparisons: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { __typename: 'ShadowComparison', id: string, feature: FeatureName, at: string, message: string, model: string, live: boolean, matches: boolean, similarity: number | null, legacy: { reply: string | null, error: string | null, durationMs: number }, candidate: { reply: string | null, error: string | null, durationMs: number }, control: { reply: string | null, error: string | null, durationMs: number } | null, differences: Array<{ kind: ShadowDifferenceKind, path: string, legacy: string | null, candidate: string | null }> } }> } };

export type NewComparisonsSubscriptionVariables = Exact<{
  feature?: FeatureName | null | undefined;
}>;


export type NewComparisonsSubscription = { shadowComparisons: { __typename: 'ShadowComparison', id: string, feature: FeatureName, at: string, message: string, model: string, live: boolean, matches: boolean, similarity: number | null, legacy: { reply: string | null, error: string | null, durationMs: number }, candidate: { reply: string | null, error: string | null, durationMs: number }, control: { reply: string | null, error: string | null, durationMs: number } | null, differences: Array<{ kind: ShadowDifferenceKind, path: string, legacy: string | null, candidate: string | null }> } };

export type ComparisonReportQueryVariables = Exact<{
  feature: FeatureName;
  since?: string | null | undefined;
  until?: string | null | undefined;
  language: ReportLanguage;
}>;


export type ComparisonReportQuery = { comparisonReport: { feature: FeatureName, since: string, until: string, details: unknown, markdown: string, text: string, responseTime: { improvementP50: number | null, improvementP95: number | null, legacy: { requests: number, sessions: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null }, candidate: { requests: number, sessions: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null } }, firstText: { improvementP50: number | null, improvementP95: number | null, legacy: { requests: number, sessions: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null }, candidate: { requests: number, sessions: number, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null } }, errorRate: { legacy: number | null, candidate: number | null, improvement: number | null }, memoryUsage: { legacyBytes: number | null, candidateBytes: number | null, improvement: number | null }, recommendation: { status: Readiness, action: RolloutAction, message: string, reasons: Array<string>, issues: Array<{ rule: string, message: string, evidence: Evidence }> } } };

export type StartRolloutMutationVariables = Exact<{
  input: StartRolloutInput;
}>;


export type StartRolloutMutation = { startRollout:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'InvalidStateError', message: string, state: string }
    | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   };

export type RolloutQueryVariables = Exact<{
  id: string;
}>;


export type RolloutQuery = { job:
    | { __typename: 'AnalysisJob' }
    | { __typename: 'BackgroundTask' }
    | { __typename: 'ChatTurn' }
    | { __typename: 'GoldenRunJob' }
    | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'WatchJob' }
    | { __typename: 'WorkflowJob' }
   | null };

export type GoldenSuitesQueryVariables = Exact<{ [key: string]: never; }>;


export type GoldenSuitesQuery = { goldenSuites: Array<{ __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }> };

export type GoldenSuiteFileQueryVariables = Exact<{
  name: string;
}>;


export type GoldenSuiteFileQuery = { goldenSuiteFile: string | null };

export type GoldenTestFileQueryVariables = Exact<{
  name: string;
  suiteFile: string;
}>;


export type GoldenTestFileQuery = { goldenTestFile: string | null };

export type RecordGoldenMutationVariables = Exact<{
  input: RecordGoldenInput;
}>;


export type RecordGoldenMutation = { recordGolden:
    | { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'UpstreamError', service: string, retryable: boolean, message: string }
   };

export type ImportGoldenMutationVariables = Exact<{
  file: string;
}>;


export type ImportGoldenMutation = { importGolden:
    | { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
   };

export type VerifyGoldenMutationVariables = Exact<{
  input: VerifyGoldenInput;
}>;


export type VerifyGoldenMutation = { verifyGolden:
    | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
   };

export type GoldenRunQueryVariables = Exact<{
  id: string;
}>;


export type GoldenRunQuery = { job:
    | { __typename: 'AnalysisJob' }
    | { __typename: 'BackgroundTask' }
    | { __typename: 'ChatTurn' }
    | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, regressions: Array<{ case: string, path: string, expected: unknown, actual: unknown }>, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'RolloutJob' }
    | { __typename: 'WatchJob' }
    | { __typename: 'WorkflowJob' }
   | null };

export type MigrationStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type MigrationStatusQuery = { migrationStatus: { total: number, completed: number, inProgress: number, blocked: number, pending: number, progressPercentage: number, currentPhase: string | null, tasks: Array<{ __typename: 'MigrationTask', id: string, key: string, description: string, phase: string, status: MigrationTaskStatus, startedAt: string | null, completedAt: string | null, notes: string }>, blockedTasks: Array<{ __typename: 'MigrationTask', id: string, key: string, description: string, phase: string, status: MigrationTaskStatus, startedAt: string | null, completedAt: string | null, notes: string }> } };

export type AddMigrationTaskMutationVariables = Exact<{
  input: AddMigrationTaskInput;
}>;


export type AddMigrationTaskMutation = { addMigrationTask:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'MigrationTask', id: string, key: string, description: string, phase: string, status: MigrationTaskStatus, startedAt: string | null, completedAt: string | null, notes: string }
   };

export type ChangeMigrationTaskMutationVariables = Exact<{
  input: ChangeMigrationTaskInput;
}>;


export type ChangeMigrationTaskMutation = { changeMigrationTask:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'InvalidStateError', message: string, state: string }
    | { __typename: 'MigrationTask', id: string, key: string, description: string, phase: string, status: MigrationTaskStatus, startedAt: string | null, completedAt: string | null, notes: string }
    | { __typename: 'NotFoundError', id: string, message: string }
   };

export type SessionQueryVariables = Exact<{
  id: string;
}>;


export type SessionQuery = { session: { __typename: 'Session', id: string, chatModel: string | null, selectedVoice: string | null, currentScenario: string | null, preferences: unknown, createdAt: string, lastSeenAt: string, expiresAt: string } | null };

export type CreateSessionMutationVariables = Exact<{
  input: CreateSessionInput;
}>;


export type CreateSessionMutation = { createSession:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'InvalidStateError', message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
    | { __typename: 'Session', id: string, chatModel: string | null, selectedVoice: string | null, currentScenario: string | null, preferences: unknown, createdAt: string, lastSeenAt: string, expiresAt: string }
   };

export type UpdateSessionMutationVariables = Exact<{
  input: UpdateSessionInput;
}>;


export type UpdateSessionMutation = { updateSession:
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'Session', id: string, chatModel: string | null, selectedVoice: string | null, currentScenario: string | null, preferences: unknown, createdAt: string, lastSeenAt: string, expiresAt: string }
   };

export type CloseSessionMutationVariables = Exact<{
  input: CloseSessionInput;
}>;


export type CloseSessionMutation = { closeSession:
    | { __typename: 'ClosedSession', id: string, cancelledJobs: number }
    | { __typename: 'InvalidStateError', status: string, message: string }
    | { __typename: 'NotFoundError', id: string, message: string }
   };

export type DependencyGraphQueryVariables = Exact<{
  id: string;
}>;


export type DependencyGraphQuery = { dependencyGraph: { __typename: 'DependencyGraph', id: string, executionOrder: Array<Array<string>>, policy: CoordinationPolicy, maxParallelThreads: number, createdAt: string, threads: Array<{ name: string, kind: ThreadKind, join: ThreadJoin, timeoutSeconds: number, maxRetries: number }>, dependencies: Array<{ source: string, target: string, type: DependencyType, condition: string | null, transform: string | null, enabled: boolean }> } | null };

export type DefineDependenciesMutationVariables = Exact<{
  input: DefineDependenciesInput;
}>;


export type DefineDependenciesMutation = { defineDependencies:
    | { __typename: 'DependencyGraph', id: string, executionOrder: Array<Array<string>>, policy: CoordinationPolicy, maxParallelThreads: number, createdAt: string, threads: Array<{ name: string, kind: ThreadKind, join: ThreadJoin, timeoutSeconds: number, maxRetries: number }>, dependencies: Array<{ source: string, target: string, type: DependencyType, condition: string | null, transform: string | null, enabled: boolean }> }
    | { __typename: 'DependencyGraphError', message: string, problems: Array<{ code: GraphProblemCode, message: string, threads: Array<string> }> }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
   };

export type StartWorkflowMutationVariables = Exact<{
  input: StartWorkflowInput;
}>;


export type StartWorkflowMutation = { startWorkflow:
    | { __typename: 'IdempotencyConflictError', message: string, existingJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
    | { __typename: 'SessionBusyError', message: string, activeJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'ChatTurn', conversation: ConversationKind, message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'GoldenRunJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, serviceVersion: ServiceVersion, suite: { __typename: 'GoldenSuite', name: string, recordedAt: string, cases: number, recordedFrom: ServiceVersion }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'RolloutJob', feature: FeatureName, steps: Array<number>, currentPercentage: number, minRequestsPerStep: number, stepSeconds: number, reason: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WatchJob', turns: number, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, scenario: { id: string, title: string, personas: Array<string> }, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
    | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   };

export type ResolveThreadFailureMutationVariables = Exact<{
  input: ResolveThreadFailureInput;
}>;


export type ResolveThreadFailureMutation = { resolveThreadFailure:
    | { __typename: 'InvalidStateError', message: string, standing: string }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'WorkflowJob', id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   };

export type WorkflowQueryVariables = Exact<{
  id: string;
}>;


export type WorkflowQuery = { job:
    | { __typename: 'AnalysisJob' }
    | { __typename: 'BackgroundTask' }
    | { __typename: 'ChatTurn' }
    | { __typename: 'GoldenRunJob' }
    | { __typename: 'RolloutJob' }
    | { __typename: 'WatchJob' }
    | { __typename: 'WorkflowJob', input: unknown, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, graph: { __typename: 'DependencyGraph', id: string, executionOrder: Array<Array<string>>, policy: CoordinationPolicy, maxParallelThreads: number, createdAt: string, threads: Array<{ name: string, kind: ThreadKind, join: ThreadJoin, timeoutSeconds: number, maxRetries: number }>, dependencies: Array<{ source: string, target: string, type: DependencyType, condition: string | null, transform: string | null, enabled: boolean }> }, threads: Array<{ name: string, status: ThreadStatus, reason: string | null, attempt: number, input: unknown, output: unknown, startedAt: string | null, finishedAt: string | null, job:
          | { id: string, status: JobStatus }
          | { id: string, status: JobStatus }
          | { id: string, status: JobStatus }
          | { id: string, status: JobStatus }
          | { id: string, status: JobStatus }
          | { id: string, status: JobStatus }
          | { id: string, status: JobStatus }
         | null }>, summary: { successfulThreads: Array<string>, failedThreads: Array<string>, skippedThreads: Array<string>, cancelledThreads: Array<string>, totalExecuted: number, successRate: number } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const GoldenSuiteStateFragmentDoc = new TypedDocumentString(`
    fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}
    `, {"fragmentName":"GoldenSuiteState"}) as unknown as TypedDocumentString<GoldenSuiteStateFragment, unknown>;
export const JobStateFragmentDoc = new TypedDocumentString(`
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
    fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`, {"fragmentName":"JobState"}) as unknown as TypedDocumentString<JobStateFragment, unknown>;
export const GraphStateFragmentDoc = new TypedDocumentString(`
    fragment GraphState on DependencyGraph {
  __typename
  id
  threads {
    name
    kind
    join
    timeoutSeconds
    maxRetries
  }
  dependencies {
    source
    target
    type
    condition
    transform
    enabled
  }
  executionOrder
  policy
  maxParallelThreads
  createdAt
}
    `, {"fragmentName":"GraphState"}) as unknown as TypedDocumentString<GraphStateFragment, unknown>;
export const SessionStateFragmentDoc = new TypedDocumentString(`
    fragment SessionState on Session {
  __typename
  id
  chatModel
  selectedVoice
  currentScenario
  preferences
  createdAt
  lastSeenAt
  expiresAt
}
    `, {"fragmentName":"SessionState"}) as unknown as TypedDocumentString<SessionStateFragment, unknown>;
export const DatasetProfileFragmentDoc = new TypedDocumentString(`
    fragment DatasetProfile on Dataset {
  __typename
  id
  name
  format
  bytes
  rowCount
  columns {
    name
    type
    nullCount
    distinctCount
    min
    max
    examples
  }
  createdAt
}
    `, {"fragmentName":"DatasetProfile"}) as unknown as TypedDocumentString<DatasetProfileFragment, unknown>;
export const AnalysisReportFragmentDoc = new TypedDocumentString(`
    fragment AnalysisReport on AnalysisResult {
  plan {
    summary
    steps
  }
  code
  execution {
    output
    tables {
      title
      columns
      rows
      truncated
    }
    charts {
      title
      vegaLite
      svg
    }
    durationMs
    repairs
  }
  report {
    markdown
    html
  }
}
    `, {"fragmentName":"AnalysisReport"}) as unknown as TypedDocumentString<AnalysisReportFragment, unknown>;
export const FailureFragmentDoc = new TypedDocumentString(`
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
    `, {"fragmentName":"Failure"}) as unknown as TypedDocumentString<FailureFragment, unknown>;
export const FeatureStateFragmentDoc = new TypedDocumentString(`
    fragment FeatureState on Feature {
  __typename
  name
  enabled
  rolloutPercentage
  source
  lastChange {
    at
    by
    reason
    enabled
    rolloutPercentage
  }
}
    `, {"fragmentName":"FeatureState"}) as unknown as TypedDocumentString<FeatureStateFragment, unknown>;
export const ShadowStateFragmentDoc = new TypedDocumentString(`
    fragment ShadowState on ShadowComparison {
  __typename
  id
  feature
  at
  message
  model
  live
  legacy {
    reply
    error
    durationMs
  }
  candidate {
    reply
    error
    durationMs
  }
  control {
    reply
    error
    durationMs
  }
  matches
  differences {
    kind
    path
    legacy
    candidate
  }
  similarity
}
    `, {"fragmentName":"ShadowState"}) as unknown as TypedDocumentString<ShadowStateFragment, unknown>;
export const LatenciesFragmentDoc = new TypedDocumentString(`
    fragment Latencies on LatencyComparison {
  legacy {
    requests
    sessions
    p50Ms
    p95Ms
    p99Ms
  }
  candidate {
    requests
    sessions
    p50Ms
    p95Ms
    p99Ms
  }
  improvementP50
  improvementP95
}
    `, {"fragmentName":"Latencies"}) as unknown as TypedDocumentString<LatenciesFragment, unknown>;
export const TaskStateFragmentDoc = new TypedDocumentString(`
    fragment TaskState on MigrationTask {
  __typename
  id
  key
  description
  phase
  status
  startedAt
  completedAt
  notes
}
    `, {"fragmentName":"TaskState"}) as unknown as TypedDocumentString<TaskStateFragment, unknown>;
export const UploadDatasetDocument = new TypedDocumentString(`
    mutation UploadDataset($input: UploadDatasetInput!) {
  uploadDataset(input: $input) {
    ...DatasetProfile
    ...Failure
  }
}
    fragment DatasetProfile on Dataset {
  __typename
  id
  name
  format
  bytes
  rowCount
  columns {
    name
    type
    nullCount
    distinctCount
    min
    max
    examples
  }
  createdAt
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}`) as unknown as TypedDocumentString<UploadDatasetMutation, UploadDatasetMutationVariables>;
export const StartAnalysisDocument = new TypedDocumentString(`
    mutation StartAnalysis($input: StartAnalysisInput!) {
  startAnalysis(input: $input) {
    ...JobState
    ...Failure
    ... on SessionBusyError {
      activeJob {
        ...JobState
      }
    }
    ... on IdempotencyConflictError {
      existingJob {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<StartAnalysisMutation, StartAnalysisMutationVariables>;
export const AnalysisDocument = new TypedDocumentString(`
    query Analysis($id: ID!) {
  job(id: $id) {
    __typename
    ... on AnalysisJob {
      ...JobState
      result {
        ...AnalysisReport
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment AnalysisReport on AnalysisResult {
  plan {
    summary
    steps
  }
  code
  execution {
    output
    tables {
      title
      columns
      rows
      truncated
    }
    charts {
      title
      vegaLite
      svg
    }
    durationMs
    repairs
  }
  report {
    markdown
    html
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<AnalysisQuery, AnalysisQueryVariables>;
export const StartBackgroundTaskDocument = new TypedDocumentString(`
    mutation StartBackgroundTask($input: StartBackgroundTaskInput!) {
  startBackgroundTask(input: $input) {
    ...JobState
    ...Failure
    ... on IdempotencyConflictError {
      existingJob {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<StartBackgroundTaskMutation, StartBackgroundTaskMutationVariables>;
export const BackgroundTaskDocument = new TypedDocumentString(`
    query BackgroundTask($id: ID!) {
  job(id: $id) {
    __typename
    ... on BackgroundTask {
      ...JobState
      response
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<BackgroundTaskQuery, BackgroundTaskQueryVariables>;
export const ScenariosDocument = new TypedDocumentString(`
    query Scenarios {
  scenarios {
    id
    title
    description
    language
    situation
    personas
    partner
    opening
    userPersona {
      name
      role
      character
      knows
      goals
    }
    aims
  }
}
    `) as unknown as TypedDocumentString<ScenariosQuery, ScenariosQueryVariables>;
export const HistoryDocument = new TypedDocumentString(`
    query History($id: ID!, $kind: ConversationKind!, $last: Int!) {
  session(id: $id) {
    history(kind: $kind, last: $last) {
      role
      content
      at
      servedBy
      interrupted
    }
  }
}
    `) as unknown as TypedDocumentString<HistoryQuery, HistoryQueryVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ...JobState
    ... on ChatTurn {
      reply
      servedBy
      fellBack
    }
    ...Failure
    ... on IdempotencyConflictError {
      existingJob {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const StartWatchDocument = new TypedDocumentString(`
    mutation StartWatch($input: StartWatchInput!) {
  startWatch(input: $input) {
    ...JobState
    ...Failure
    ... on IdempotencyConflictError {
      existingJob {
        ...JobState
      }
    }
    ... on SessionBusyError {
      activeJob {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<StartWatchMutation, StartWatchMutationVariables>;
export const ChatTurnDocument = new TypedDocumentString(`
    query ChatTurn($id: ID!) {
  job(id: $id) {
    __typename
    ... on ChatTurn {
      ...JobState
      reply
      servedBy
      fellBack
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<ChatTurnQuery, ChatTurnQueryVariables>;
export const DiagnosticsDocument = new TypedDocumentString(`
    query Diagnostics {
  diagnostics {
    version
    uptimeSeconds
    memoryBytes
    subscribers
    store {
      kind
      version
      schemaVersion
    }
    modelClients {
      hits
      misses
      maxSize
      currentSize
    }
    queues {
      name
      waiting
      active
      failed
    }
  }
}
    `) as unknown as TypedDocumentString<DiagnosticsQuery, DiagnosticsQueryVariables>;
export const JobDocument = new TypedDocumentString(`
    query Job($id: ID!) {
  job(id: $id) {
    ...JobState
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<JobQuery, JobQueryVariables>;
export const JobsDocument = new TypedDocumentString(`
    query Jobs($filter: JobFilter, $first: Int!, $after: String) {
  jobs(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<JobsQuery, JobsQueryVariables>;
export const CancelJobDocument = new TypedDocumentString(`
    mutation CancelJob($id: ID!) {
  cancelJob(id: $id) {
    ...JobState
    ...Failure
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<CancelJobMutation, CancelJobMutationVariables>;
export const DeleteJobDocument = new TypedDocumentString(`
    mutation DeleteJob($id: ID!) {
  deleteJob(id: $id) {
    ... on DeletedJob {
      __typename
      id
    }
    ... on InvalidStateError {
      status
    }
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}`) as unknown as TypedDocumentString<DeleteJobMutation, DeleteJobMutationVariables>;
export const JobProgressDocument = new TypedDocumentString(`
    subscription JobProgress($jobId: ID!, $after: Int!) {
  jobProgress(jobId: $jobId, after: $after) {
    __typename
    seq
    at
    jobId
    ... on JobStatusChanged {
      status
    }
    ... on JobProgressed {
      progress {
        step
        total
        fraction
        message
      }
    }
    ... on JobStepCompleted {
      step
      durationMs
    }
    ... on JobTextAppended {
      stream
      offset
      text
    }
    ... on ReplyServed {
      servedBy
      fellBack
    }
    ... on ThreadStatusChanged {
      thread
      threadStatus: status
      reason
    }
    ... on JobLogged {
      level
      message
    }
    ... on JobFinished {
      job {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<JobProgressSubscription, JobProgressSubscriptionVariables>;
export const JobChangesDocument = new TypedDocumentString(`
    subscription JobChanges($filter: JobFilter) {
  jobChanges(filter: $filter) {
    ...JobState
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<JobChangesSubscription, JobChangesSubscriptionVariables>;
export const FeaturesDocument = new TypedDocumentString(`
    query Features {
  features {
    ...FeatureState
  }
}
    fragment FeatureState on Feature {
  __typename
  name
  enabled
  rolloutPercentage
  source
  lastChange {
    at
    by
    reason
    enabled
    rolloutPercentage
  }
}`) as unknown as TypedDocumentString<FeaturesQuery, FeaturesQueryVariables>;
export const FeatureHistoryDocument = new TypedDocumentString(`
    query FeatureHistory($feature: FeatureName!, $first: Int!) {
  featureHistory(feature: $feature, first: $first) {
    at
    by
    reason
    enabled
    rolloutPercentage
  }
}
    `) as unknown as TypedDocumentString<FeatureHistoryQuery, FeatureHistoryQueryVariables>;
export const FeatureChangesDocument = new TypedDocumentString(`
    subscription FeatureChanges {
  featureChanges {
    ...FeatureState
  }
}
    fragment FeatureState on Feature {
  __typename
  name
  enabled
  rolloutPercentage
  source
  lastChange {
    at
    by
    reason
    enabled
    rolloutPercentage
  }
}`) as unknown as TypedDocumentString<FeatureChangesSubscription, FeatureChangesSubscriptionVariables>;
export const RoutingDocument = new TypedDocumentString(`
    query Routing($feature: FeatureName!, $sessionId: ID!) {
  routing(feature: $feature, sessionId: $sessionId) {
    feature
    version
    reason
  }
}
    `) as unknown as TypedDocumentString<RoutingQuery, RoutingQueryVariables>;
export const SetFeatureDocument = new TypedDocumentString(`
    mutation SetFeature($input: SetFeatureInput!) {
  setFeature(input: $input) {
    ...FeatureState
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment FeatureState on Feature {
  __typename
  name
  enabled
  rolloutPercentage
  source
  lastChange {
    at
    by
    reason
    enabled
    rolloutPercentage
  }
}`) as unknown as TypedDocumentString<SetFeatureMutation, SetFeatureMutationVariables>;
export const RollbackDocument = new TypedDocumentString(`
    mutation Rollback($input: RollbackInput!) {
  rollback(input: $input) {
    ... on RollbackReport {
      __typename
      features {
        ...FeatureState
      }
      at
      reason
      healthy
    }
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment FeatureState on Feature {
  __typename
  name
  enabled
  rolloutPercentage
  source
  lastChange {
    at
    by
    reason
    enabled
    rolloutPercentage
  }
}`) as unknown as TypedDocumentString<RollbackMutation, RollbackMutationVariables>;
export const ShadowTestDocument = new TypedDocumentString(`
    mutation ShadowTest($input: ShadowTestInput!) {
  shadowTest(input: $input) {
    ...ShadowState
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment ShadowState on ShadowComparison {
  __typename
  id
  feature
  at
  message
  model
  live
  legacy {
    reply
    error
    durationMs
  }
  candidate {
    reply
    error
    durationMs
  }
  control {
    reply
    error
    durationMs
  }
  matches
  differences {
    kind
    path
    legacy
    candidate
  }
  similarity
}`) as unknown as TypedDocumentString<ShadowTestMutation, ShadowTestMutationVariables>;
export const ShadowComparisonsDocument = new TypedDocumentString(`
    query ShadowComparisons($feature: FeatureName, $differingOnly: Boolean!, $first: Int!, $after: String) {
  shadowComparisons(
    feature: $feature
    differingOnly: $differingOnly
    first: $first
    after: $after
  ) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        ...ShadowState
      }
    }
  }
}
    fragment ShadowState on ShadowComparison {
  __typename
  id
  feature
  at
  message
  model
  live
  legacy {
    reply
    error
    durationMs
  }
  candidate {
    reply
    error
    durationMs
  }
  control {
    reply
    error
    durationMs
  }
  matches
  differences {
    kind
    path
    legacy
    candidate
  }
  similarity
}`) as unknown as TypedDocumentString<ShadowComparisonsQuery, ShadowComparisonsQueryVariables>;
export const NewComparisonsDocument = new TypedDocumentString(`
    subscription NewComparisons($feature: FeatureName) {
  shadowComparisons(feature: $feature) {
    ...ShadowState
  }
}
    fragment ShadowState on ShadowComparison {
  __typename
  id
  feature
  at
  message
  model
  live
  legacy {
    reply
    error
    durationMs
  }
  candidate {
    reply
    error
    durationMs
  }
  control {
    reply
    error
    durationMs
  }
  matches
  differences {
    kind
    path
    legacy
    candidate
  }
  similarity
}`) as unknown as TypedDocumentString<NewComparisonsSubscription, NewComparisonsSubscriptionVariables>;
export const ComparisonReportDocument = new TypedDocumentString(`
    query ComparisonReport($feature: FeatureName!, $since: DateTime, $until: DateTime, $language: ReportLanguage!) {
  comparisonReport(
    feature: $feature
    since: $since
    until: $until
    language: $language
  ) {
    feature
    since
    until
    responseTime {
      ...Latencies
    }
    firstText {
      ...Latencies
    }
    errorRate {
      legacy
      candidate
      improvement
    }
    memoryUsage {
      legacyBytes
      candidateBytes
      improvement
    }
    recommendation {
      status
      action
      message
      issues {
        rule
        message
        evidence
      }
      reasons
    }
    details
    markdown
    text
  }
}
    fragment Latencies on LatencyComparison {
  legacy {
    requests
    sessions
    p50Ms
    p95Ms
    p99Ms
  }
  candidate {
    requests
    sessions
    p50Ms
    p95Ms
    p99Ms
  }
  improvementP50
  improvementP95
}`) as unknown as TypedDocumentString<ComparisonReportQuery, ComparisonReportQueryVariables>;
export const StartRolloutDocument = new TypedDocumentString(`
    mutation StartRollout($input: StartRolloutInput!) {
  startRollout(input: $input) {
    ...JobState
    ... on InvalidStateError {
      state: status
    }
    ...Failure
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<StartRolloutMutation, StartRolloutMutationVariables>;
export const RolloutDocument = new TypedDocumentString(`
    query Rollout($id: ID!) {
  job(id: $id) {
    __typename
    ... on RolloutJob {
      ...JobState
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<RolloutQuery, RolloutQueryVariables>;
export const GoldenSuitesDocument = new TypedDocumentString(`
    query GoldenSuites {
  goldenSuites {
    ...GoldenSuiteState
  }
}
    fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<GoldenSuitesQuery, GoldenSuitesQueryVariables>;
export const GoldenSuiteFileDocument = new TypedDocumentString(`
    query GoldenSuiteFile($name: String!) {
  goldenSuiteFile(name: $name)
}
    `) as unknown as TypedDocumentString<GoldenSuiteFileQuery, GoldenSuiteFileQueryVariables>;
export const GoldenTestFileDocument = new TypedDocumentString(`
    query GoldenTestFile($name: String!, $suiteFile: String!) {
  goldenTestFile(name: $name, suiteFile: $suiteFile)
}
    `) as unknown as TypedDocumentString<GoldenTestFileQuery, GoldenTestFileQueryVariables>;
export const RecordGoldenDocument = new TypedDocumentString(`
    mutation RecordGolden($input: RecordGoldenInput!) {
  recordGolden(input: $input) {
    ...GoldenSuiteState
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<RecordGoldenMutation, RecordGoldenMutationVariables>;
export const ImportGoldenDocument = new TypedDocumentString(`
    mutation ImportGolden($file: String!) {
  importGolden(file: $file) {
    ...GoldenSuiteState
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<ImportGoldenMutation, ImportGoldenMutationVariables>;
export const VerifyGoldenDocument = new TypedDocumentString(`
    mutation VerifyGolden($input: VerifyGoldenInput!) {
  verifyGolden(input: $input) {
    ...JobState
    ...Failure
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<VerifyGoldenMutation, VerifyGoldenMutationVariables>;
export const GoldenRunDocument = new TypedDocumentString(`
    query GoldenRun($id: ID!) {
  job(id: $id) {
    __typename
    ... on GoldenRunJob {
      ...JobState
      regressions {
        case
        path
        expected
        actual
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<GoldenRunQuery, GoldenRunQueryVariables>;
export const MigrationStatusDocument = new TypedDocumentString(`
    query MigrationStatus {
  migrationStatus {
    total
    completed
    inProgress
    blocked
    pending
    progressPercentage
    currentPhase
    tasks {
      ...TaskState
    }
    blockedTasks {
      ...TaskState
    }
  }
}
    fragment TaskState on MigrationTask {
  __typename
  id
  key
  description
  phase
  status
  startedAt
  completedAt
  notes
}`) as unknown as TypedDocumentString<MigrationStatusQuery, MigrationStatusQueryVariables>;
export const AddMigrationTaskDocument = new TypedDocumentString(`
    mutation AddMigrationTask($input: AddMigrationTaskInput!) {
  addMigrationTask(input: $input) {
    ...TaskState
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment TaskState on MigrationTask {
  __typename
  id
  key
  description
  phase
  status
  startedAt
  completedAt
  notes
}`) as unknown as TypedDocumentString<AddMigrationTaskMutation, AddMigrationTaskMutationVariables>;
export const ChangeMigrationTaskDocument = new TypedDocumentString(`
    mutation ChangeMigrationTask($input: ChangeMigrationTaskInput!) {
  changeMigrationTask(input: $input) {
    ...TaskState
    ... on InvalidStateError {
      state: status
    }
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment TaskState on MigrationTask {
  __typename
  id
  key
  description
  phase
  status
  startedAt
  completedAt
  notes
}`) as unknown as TypedDocumentString<ChangeMigrationTaskMutation, ChangeMigrationTaskMutationVariables>;
export const SessionDocument = new TypedDocumentString(`
    query Session($id: ID!) {
  session(id: $id) {
    ...SessionState
  }
}
    fragment SessionState on Session {
  __typename
  id
  chatModel
  selectedVoice
  currentScenario
  preferences
  createdAt
  lastSeenAt
  expiresAt
}`) as unknown as TypedDocumentString<SessionQuery, SessionQueryVariables>;
export const CreateSessionDocument = new TypedDocumentString(`
    mutation CreateSession($input: CreateSessionInput!) {
  createSession(input: $input) {
    ...SessionState
    ...Failure
  }
}
    fragment SessionState on Session {
  __typename
  id
  chatModel
  selectedVoice
  currentScenario
  preferences
  createdAt
  lastSeenAt
  expiresAt
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}`) as unknown as TypedDocumentString<CreateSessionMutation, CreateSessionMutationVariables>;
export const UpdateSessionDocument = new TypedDocumentString(`
    mutation UpdateSession($input: UpdateSessionInput!) {
  updateSession(input: $input) {
    ...SessionState
    ...Failure
  }
}
    fragment SessionState on Session {
  __typename
  id
  chatModel
  selectedVoice
  currentScenario
  preferences
  createdAt
  lastSeenAt
  expiresAt
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}`) as unknown as TypedDocumentString<UpdateSessionMutation, UpdateSessionMutationVariables>;
export const CloseSessionDocument = new TypedDocumentString(`
    mutation CloseSession($input: CloseSessionInput!) {
  closeSession(input: $input) {
    ... on ClosedSession {
      __typename
      id
      cancelledJobs
    }
    ... on InvalidStateError {
      status
    }
    ...Failure
  }
}
    fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}`) as unknown as TypedDocumentString<CloseSessionMutation, CloseSessionMutationVariables>;
export const DependencyGraphDocument = new TypedDocumentString(`
    query DependencyGraph($id: ID!) {
  dependencyGraph(id: $id) {
    ...GraphState
  }
}
    fragment GraphState on DependencyGraph {
  __typename
  id
  threads {
    name
    kind
    join
    timeoutSeconds
    maxRetries
  }
  dependencies {
    source
    target
    type
    condition
    transform
    enabled
  }
  executionOrder
  policy
  maxParallelThreads
  createdAt
}`) as unknown as TypedDocumentString<DependencyGraphQuery, DependencyGraphQueryVariables>;
export const DefineDependenciesDocument = new TypedDocumentString(`
    mutation DefineDependencies($input: DefineDependenciesInput!) {
  defineDependencies(input: $input) {
    ...GraphState
    ...Failure
    ... on DependencyGraphError {
      problems {
        code
        message
        threads
      }
    }
  }
}
    fragment GraphState on DependencyGraph {
  __typename
  id
  threads {
    name
    kind
    join
    timeoutSeconds
    maxRetries
  }
  dependencies {
    source
    target
    type
    condition
    transform
    enabled
  }
  executionOrder
  policy
  maxParallelThreads
  createdAt
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}`) as unknown as TypedDocumentString<DefineDependenciesMutation, DefineDependenciesMutationVariables>;
export const StartWorkflowDocument = new TypedDocumentString(`
    mutation StartWorkflow($input: StartWorkflowInput!) {
  startWorkflow(input: $input) {
    ...JobState
    ...Failure
    ... on IdempotencyConflictError {
      existingJob {
        ...JobState
      }
    }
    ... on SessionBusyError {
      activeJob {
        ...JobState
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<StartWorkflowMutation, StartWorkflowMutationVariables>;
export const ResolveThreadFailureDocument = new TypedDocumentString(`
    mutation ResolveThreadFailure($input: ResolveThreadFailureInput!) {
  resolveThreadFailure(input: $input) {
    ...JobState
    ... on InvalidStateError {
      standing: status
    }
    ...Failure
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment Failure on Error {
  __typename
  message
  ... on InvalidInputError {
    issues {
      path
      message
    }
  }
  ... on NotFoundError {
    id
  }
  ... on RateLimitedError {
    retryAfterSeconds
  }
  ... on UpstreamError {
    service
    retryable
  }
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<ResolveThreadFailureMutation, ResolveThreadFailureMutationVariables>;
export const WorkflowDocument = new TypedDocumentString(`
    query Workflow($id: ID!) {
  job(id: $id) {
    __typename
    ... on WorkflowJob {
      ...JobState
      graph {
        ...GraphState
      }
      input
      threads {
        name
        status
        reason
        attempt
        input
        output
        startedAt
        finishedAt
        job {
          id
          status
        }
      }
      summary {
        successfulThreads
        failedThreads
        skippedThreads
        cancelledThreads
        totalExecuted
        successRate
      }
    }
  }
}
    fragment JobState on Job {
  __typename
  id
  kind
  status
  progress {
    step
    total
    fraction
    message
  }
  error {
    code
    message
    step
    retryable
  }
  usage {
    inputTokens
    outputTokens
    modelCalls
  }
  lastSeq
  attempt
  createdAt
  startedAt
  finishedAt
  cancelRequestedAt
  elapsedSeconds
  ... on AnalysisJob {
    message
    model
    dataset {
      id
      name
    }
  }
  ... on BackgroundTask {
    question
    effort
    model
  }
  ... on ChatTurn {
    conversation
    message
    model
  }
  ... on GoldenRunJob {
    serviceVersion: service
    suite {
      ...GoldenSuiteState
    }
  }
  ... on RolloutJob {
    feature
    steps
    currentPercentage
    minRequestsPerStep
    stepSeconds
    reason
  }
  ... on WatchJob {
    turns
    scenario {
      id
      title
      personas
    }
  }
}
fragment GraphState on DependencyGraph {
  __typename
  id
  threads {
    name
    kind
    join
    timeoutSeconds
    maxRetries
  }
  dependencies {
    source
    target
    type
    condition
    transform
    enabled
  }
  executionOrder
  policy
  maxParallelThreads
  createdAt
}
fragment GoldenSuiteState on GoldenSuite {
  __typename
  name
  recordedAt
  recordedFrom: service
  cases
}`) as unknown as TypedDocumentString<WorkflowQuery, WorkflowQueryVariables>;