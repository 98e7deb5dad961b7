/** STARTED: accepted and waiting for a worker. WAITING: needs a person's decision. */
export type JobStatus =
  | 'STARTED'
  | 'RUNNING'
  | 'WAITING'
  | 'CANCELLING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED';

export type FinalStatus = Extract<JobStatus, 'COMPLETED' | 'FAILED' | 'CANCELLED'>;

/** What starting a job does where its lane is occupied. */
export type BusyPolicy = 'REJECT' | 'ENQUEUE' | 'CANCEL_RUNNING';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

export interface Progress {
  /** 1 to `total`. */
  step: number;
  total: number;
  message: string;
}

/** Why a job FAILED, in words for its owner. */
export interface JobError {
  code: string;
  message: string;
  step: string | null;
  retryable: boolean;
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  modelCalls: number;
}

/** A job's newest state, without its output. */
export interface Job {
  id: string;
  /** Order of acceptance over all jobs. */
  number: number;
  owner: string;
  kind: string;
  sessionId: string | null;
  parentId: string | null;
  lane: string | null;
  /** The id of what it is about. */
  subject: string | null;
  status: JobStatus;
  input: unknown;
  error: JobError | null;
  progress: Progress | null;
  lastSeq: number;
  /** 0 before a worker took it up. */
  attempt: number;
  usage: Usage;
  /** Of all attempts together; null: only its kind's own bound. */
  timeoutMs: number | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  cancelRequestedAt: Date | null;
}

/** What an event says, before it has a place in its log. */
export type EventBody =
  | { type: 'JobStatusChanged'; status: JobStatus }
  | { type: 'JobProgressed'; progress: Progress }
  | { type: 'JobStepCompleted'; step: string; durationMs: number }
  /** `offset`: characters of the same stream that came before. A stream that begins again has offset 0. */
  | { type: 'JobTextAppended'; stream: string; offset: number; text: string }
  | { type: 'JobLogged'; level: LogLevel; message: string }
  /** Which service answers from here on; what the reply said before is void. */
  | { type: 'ReplyServed'; servedBy: 'LEGACY' | 'NEW'; fellBack: boolean }
  /** Of a job that is made of threads. */
  | { type: 'ThreadStatusChanged'; thread: string; status: string; reason: string | null }
  | { type: 'JobFinished' };

export type JobEvent = EventBody & { jobId: string; seq: number; at: Date };

export interface JobFilter {
  kinds?: string[] | null | undefined;
  statuses?: readonly JobStatus[] | null | undefined;
  sessionId?: string | null | undefined;
  parentId?: string | null | undefined;
  /** What the job is about. */
  subject?: string | null | undefined;
  createdAfter?: Date | null | undefined;
  createdBefore?: Date | null | undefined;
}

/** The statuses of a job that is not over. */
export const UNFINISHED: readonly JobStatus[] = ['STARTED', 'RUNNING', 'WAITING', 'CANCELLING'];

/** `fraction` of a progress: steps finished of all. The step that is under way does not count. */
export const fractionOf = ({ step, total }: Progress): number =>
  total > 0 ? Math.max(0, step - 1) / total : 0;
