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
    timeout_ms: number | null;
    subject: string | null;
    created_at: GeneratedMoment;
    started_at: Moment | null;
    finished_at: Moment | null;
    cancel_requested_at: Moment | null;
  };
  job_events: { job_id: string; seq: number; at: Moment; type: string; data: Json };
  job_steps: { job_id: string; name: string; output: Json; duration_ms: number };
  dependency_graphs: {
    id: string;
    owner: string;
    session_id: string;
    definition: Json;
    created_at: Moment;
  };
  workflow_runs: { job_id: string; graph_id: string; state: Json; wake_at: Moment | null };
  thread_runs: {
    run_id: string;
    position: number;
    name: string;
    status: string;
    reason: string | null;
    attempt: number;
    state: Json;
    not_before: Moment | null;
    job_id: string | null;
    fed_by: Json;
    output: Json;
    started_at: Moment | null;
    finished_at: Moment | null;
  };
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
    turn: string | null;
    interrupted: Generated<boolean>;
  };
  session_memory: {
    session_id: string;
    memory: Generated<string>;
    version: Generated<number>;
    legacy_id: string | null;
    legacy_seen: Json;
  };
  legacy_appends: {
    session_id: string;
    number: GeneratedAlways<number>;
    conversation: string;
    turn: string | null;
    messages: Json;
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
  features: {
    name: string;
    enabled: boolean;
    rollout_percentage: number;
    changed_at: Moment | null;
    changed_by: string | null;
    change_reason: string | null;
  };
  feature_changes: {
    number: GeneratedAlways<number>;
    feature: string;
    change_id: string;
    changed_at: Moment;
    changed_by: string;
    change_reason: string;
    enabled: boolean;
    rollout_percentage: number;
    flag_server: string | null;
  };
  feature_kills: {
    feature: string;
    kill_id: string;
    killed_at: Moment;
    killed_by: string;
    reason: string;
  };
  service_calls: {
    id: string;
    feature: string;
    version: string;
    session_id: string;
    at: Moment;
    duration_ms: number;
    first_text_ms: number | null;
    outcome: string;
    fell_back: boolean;
    error: string | null;
    share: number;
  };
  shadow_comparisons: {
    id: string;
    number: GeneratedAlways<number>;
    owner: string;
    session_id: string;
    feature: string;
    at: Moment;
    message: string;
    model: string;
    live: boolean;
    legacy: Json;
    candidate: Json;
    control: Json;
    matches: boolean;
    differences: Json;
    similarity: number | null;
  };
  golden_suites: {
    name: string;
    service: string;
    recorded_at: Moment;
    case_count: number;
    cases: Json;
  };
  memory_samples: { id: string; version: string; at: Moment; bytes: number; uptime_seconds: number };
  migration_tasks: {
    number: GeneratedAlways<number>;
    id: string;
    key: string;
    description: string;
    phase: string;
    status: Generated<string>;
    started_at: Moment | null;
    completed_at: Moment | null;
    notes: Generated<string>;
  };
}

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;
