import type { ColumnType, Generated, GeneratedAlways, Kysely, Transaction } from 'kysely';
import type { JsonParameter } from './json.ts';

/** A JSON document: read as parsed, written through `json()`. */
type Json<Document = unknown> = ColumnType<Document, JsonParameter | undefined, JsonParameter>;
type Moment = ColumnType<Date, Date, Date>;
type GeneratedMoment = ColumnType<Date, Date | undefined, Date>;

export interface Tables {
  sessions: {
    id: string;
    owner: string;
    created_at: Moment;
    last_seen_at: Moment;
    expires_at: Moment;
    chat_model: string | null;
    selected_voice: string | null;
    current_scenario: string | null;
    preferences: Json<Record<string, unknown>>;
  };
  datasets: {
    id: string;
    owner: string;
    session_id: string;
    name: string;
    format: string;
    bytes: number;
    row_count: number;
    columns: Json;
    storage_key: string;
    created_at: Moment;
  };
  discarded_files: { storage_key: string; discarded_at: GeneratedMoment };
  jobs: {
    id: string;
    number: GeneratedAlways<number>;
    owner: string;
    kind: string;
    session_id: string | null;
    parent_id: string | null;
    lane: string | null;
    status: string;
    input: Json;
    output: Json;
    error: Json;
    progress: Json;
    last_seq: Generated<number>;
    attempt: Generated<number>;
    crashes: Generated<number>;
    worker: string | null;
    input_tokens: Generated<number>;
    output_tokens: Generated<number>;
    model_calls: Generated<number>;
    created_at: GeneratedMoment;
    started_at: Moment | null;
    finished_at: Moment | null;
    cancel_requested_at: Moment | null;
  };
  job_events: { job_id: string; seq: number; at: Moment; type: string; data: Json };
  job_steps: { job_id: string; name: string; output: Json; duration_ms: number };
  lanes: { name: string; session_id: string | null; job_id: string | null };
  idempotency_keys: { owner: string; mutation: string; key: string; input_hash: string; job_id: string };
  workers: { id: string; started_at: GeneratedMoment; seen_at: GeneratedMoment };
  messages: {
    session_id: string;
    conversation: string;
    number: GeneratedAlways<number>;
    role: string;
    content: string;
    served_by: string | null;
    at: Moment;
  };
  background_responses: {
    job_id: string;
    response_id: string;
    created_at: GeneratedMoment;
    settled_at: Moment | null;
  };
  webhook_deliveries: { id: string; received_at: GeneratedMoment };
  model_limits: {
    name: string;
    requests: number;
    tokens: number;
    refilled_ms: number;
    paused_until_ms: number;
  };
  model_calls: { id: string; limit_name: string; holder: string; expires_ms: number };
  undelivered_errors: {
    id: string;
    owner: string;
    session_id: string | null;
    job_id: string | null;
    message: string;
    at: GeneratedMoment;
  };
}

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;
