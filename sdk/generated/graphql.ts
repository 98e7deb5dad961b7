/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What starting a job does where its session already runs one of the kind. */
export type BusyPolicy =
  /** Those before it are cancelled; the new job runs when they have stopped. */
  | 'CANCEL_RUNNING'
  /** The new job waits for those before it. */
  | 'ENQUEUE'
  /** SessionBusyError, which names the running job. */
  | 'REJECT';

/** Cancels what still runs, waits up to waitSeconds for it to stop, then deletes the session with all that it owns. */
export type CloseSessionInput = {
  id: string;
  /** 0 to 60. */
  waitSeconds?: number;
};

export type CreateSessionInput = {
  chatModel?: string | null | undefined;
  currentScenario?: string | null | undefined;
  /** An object of at most 64 KiB. */
  preferences?: unknown;
  selectedVoice?: string | null | undefined;
};

export type DatasetFormat =
  | 'CSV'
  | 'JSON'
  | 'NDJSON'
  | 'PARQUET'
  | 'TSV';

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
  | 'BACKGROUND_TASK';

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

export type ReasoningEffort =
  | 'HIGH'
  | 'LOW'
  | 'MEDIUM';

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
       }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotFoundError', id: string, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string }
    | { __typename: 'SessionBusyError', message: string, activeJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }
   };

export type AnalysisQueryVariables = Exact<{
  id: string;
}>;


export type AnalysisQuery = { job:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, result: { code: string, plan: { summary: string, steps: Array<string> }, execution: { output: string, durationMs: number, repairs: number, tables: Array<{ title: string, columns: Array<string>, rows: Array<Array<unknown>>, truncated: boolean }>, charts: Array<{ title: string, vegaLite: unknown, svg: string }> }, report: { markdown: string, html: string } } | null, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask' }
   | null };

export type StartBackgroundTaskMutationVariables = Exact<{
  input: StartBackgroundTaskInput;
}>;


export type StartBackgroundTaskMutation = { startBackgroundTask:
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'IdempotencyConflictError', message: string, existingJob:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
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
   | null };

export type DiagnosticsQueryVariables = Exact<{ [key: string]: never; }>;


export type DiagnosticsQuery = { diagnostics: { version: string, uptimeSeconds: number, memoryBytes: number, subscribers: number, store: { kind: string, version: string, schemaVersion: string }, modelClients: { hits: number, misses: number, maxSize: number, currentSize: number }, queues: Array<{ name: string, waiting: number, active: number, failed: number }> } };

type JobState_AnalysisJob_Fragment = { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

type JobState_BackgroundTask_Fragment = { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null };

export type JobStateFragment =
  | JobState_AnalysisJob_Fragment
  | JobState_BackgroundTask_Fragment
;

export type SessionStateFragment = { __typename: 'Session', id: string, chatModel: string | null, selectedVoice: string | null, currentScenario: string | null, preferences: unknown, createdAt: string, lastSeenAt: string, expiresAt: string };

export type DatasetProfileFragment = { __typename: 'Dataset', id: string, name: string, format: DatasetFormat, bytes: number, rowCount: number, createdAt: string, columns: Array<{ name: string, type: string, nullCount: number, distinctCount: number, min: string | null, max: string | null, examples: Array<string> }> };

export type AnalysisReportFragment = { code: string, plan: { summary: string, steps: Array<string> }, execution: { output: string, durationMs: number, repairs: number, tables: Array<{ title: string, columns: Array<string>, rows: Array<Array<unknown>>, truncated: boolean }>, charts: Array<{ title: string, vegaLite: unknown, svg: string }> }, report: { markdown: string, html: string } };

type Failure_IdempotencyConflictError_Fragment = { __typename: 'IdempotencyConflictError', message: string };

type Failure_InvalidInputError_Fragment = { __typename: 'InvalidInputError', message: string, issues: Array<{ path: string, message: string }> };

type Failure_InvalidStateError_Fragment = { __typename: 'InvalidStateError', message: string };

type Failure_NotFoundError_Fragment = { __typename: 'NotFoundError', id: string, message: string };

type Failure_RateLimitedError_Fragment = { __typename: 'RateLimitedError', retryAfterSeconds: number, message: string };

type Failure_SessionBusyError_Fragment = { __typename: 'SessionBusyError', message: string };

export type FailureFragment =
  | Failure_IdempotencyConflictError_Fragment
  | Failure_InvalidInputError_Fragment
  | Failure_InvalidStateError_Fragment
  | Failure_NotFoundError_Fragment
  | Failure_RateLimitedError_Fragment
  | Failure_SessionBusyError_Fragment
;

export type JobQueryVariables = Exact<{
  id: string;
}>;


export type JobQuery = { job:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
   | null };

export type JobsQueryVariables = Exact<{
  filter?: JobFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type JobsQuery = { jobs: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node:
        | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
        | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
       }> } };

export type CancelJobMutationVariables = Exact<{
  id: string;
}>;


export type CancelJobMutation = { cancelJob:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'NotFoundError', id: string, message: string }
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
       }
    | { __typename: 'JobLogged', level: LogLevel, message: string, seq: number, at: string, jobId: string }
    | { __typename: 'JobProgressed', seq: number, at: string, jobId: string, progress: { step: number, total: number, fraction: number, message: string } }
    | { __typename: 'JobStatusChanged', status: JobStatus, seq: number, at: string, jobId: string }
    | { __typename: 'JobStepCompleted', step: string, durationMs: number, seq: number, at: string, jobId: string }
    | { __typename: 'JobTextAppended', stream: string, offset: number, text: string, seq: number, at: string, jobId: string }
   };

export type JobChangesSubscriptionVariables = Exact<{
  filter?: JobFilter | null | undefined;
}>;


export type JobChangesSubscription = { jobChanges:
    | { __typename: 'AnalysisJob', message: string, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, dataset: { id: string, name: string } | null, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
    | { __typename: 'BackgroundTask', question: string, effort: ReasoningEffort, model: string, id: string, kind: JobKind, status: JobStatus, lastSeq: number, attempt: number, createdAt: string, startedAt: string | null, finishedAt: string | null, cancelRequestedAt: string | null, elapsedSeconds: number, progress: { step: number, total: number, fraction: number, message: string } | null, error: { code: string, message: string, step: string | null, retryable: boolean } | null, usage: { inputTokens: number, outputTokens: number, modelCalls: number } | null }
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
}
    `, {"fragmentName":"JobState"}) as unknown as TypedDocumentString<JobStateFragment, unknown>;
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
}
    `, {"fragmentName":"Failure"}) as unknown as TypedDocumentString<FailureFragment, unknown>;
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
}`) as unknown as TypedDocumentString<BackgroundTaskQuery, BackgroundTaskQueryVariables>;
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
}`) as unknown as TypedDocumentString<JobChangesSubscription, JobChangesSubscriptionVariables>;
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
}`) as unknown as TypedDocumentString<CloseSessionMutation, CloseSessionMutationVariables>;