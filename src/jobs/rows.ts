import type { Selectable } from 'kysely';
import type { Tables } from '../store/index.ts';
import { sighted } from './sightings.ts';
import type { EventBody, Job, JobError, JobEvent, JobStatus, Progress } from './types.ts';

/** All of a job but its output, which can be large and is read by itself. */
export const JOB_COLUMNS = [
  'id',
  'number',
  'owner',
  'kind',
  'session_id',
  'parent_id',
  'lane',
  'subject',
  'status',
  'input',
  'error',
  'progress',
  'last_seq',
  'attempt',
  'crashes',
  'worker',
  'input_tokens',
  'output_tokens',
  'model_calls',
  'created_at',
  'timeout_ms',
  'started_at',
  'finished_at',
  'cancel_requested_at',
] as const satisfies (keyof Tables['jobs'])[];

export type JobRow = Omit<Selectable<Tables['jobs']>, 'output'>;

export function toJob(row: JobRow): Job {
  sighted(row.id, row.last_seq);
  return {
    id: row.id,
    number: row.number,
    owner: row.owner,
    kind: row.kind,
    sessionId: row.session_id,
    parentId: row.parent_id,
    lane: row.lane,
    subject: row.subject,
    status: row.status as JobStatus,
    input: row.input,
    error: row.error as JobError | null,
    progress: row.progress as Progress | null,
    lastSeq: row.last_seq,
    attempt: row.attempt,
    usage: { inputTokens: row.input_tokens, outputTokens: row.output_tokens, modelCalls: row.model_calls },
    timeoutMs: row.timeout_ms,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cancelRequestedAt: row.cancel_requested_at,
  };
}

export function toEvent(row: Selectable<Tables['job_events']>): JobEvent {
  sighted(row.job_id, row.seq);
  const body = { type: row.type, ...(row.data as object) } as EventBody;
  return { ...body, jobId: row.job_id, seq: row.seq, at: row.at };
}
