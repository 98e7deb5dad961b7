-- Everything that takes time is a job; this row is its newest state, and the lock under which its log grows.
create table jobs (
  id text primary key,
  -- Order of acceptance: pages of jobs are cut along it, and jobs wait in a lane in it.
  number bigint generated always as identity unique,
  owner text not null,
  kind text not null,
  session_id text references sessions on delete cascade,
  parent_id text references jobs on delete cascade,
  -- Jobs of one lane run one at a time; null: no such bound.
  lane text,
  status text not null,
  input jsonb not null,
  output jsonb,
  error jsonb,
  progress jsonb,
  last_seq integer not null default 0,
  -- How often a worker took it up; also the fence: only the newest attempt may write.
  attempt integer not null default 0,
  -- How often the worker was lost; bounds the attempts.
  crashes integer not null default 0,
  -- The process that runs it; null while nobody does.
  worker text,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  model_calls integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested_at timestamptz
);

create index jobs_by_owner on jobs (owner, number);
create index jobs_by_session on jobs (session_id, number);
create index jobs_by_parent on jobs (parent_id, number) where parent_id is not null;
create index jobs_unfinished on jobs (kind, number) where finished_at is null;
create index jobs_waiting_in_lane on jobs (lane, number) where finished_at is null;
create index jobs_by_worker on jobs (worker) where worker is not null;
