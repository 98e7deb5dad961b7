-- Graphs of threads that depend on each other, and their runs: a row per thread, so that a turn touches only what it changes.
-- From when it first ran; null: only its kind's own bound.
alter table jobs add column timeout_ms bigint;
-- What the job is about, where others ask for all that are about it.
alter table jobs add column subject text;
create index jobs_by_subject on jobs (subject, number) where subject is not null;

create table dependency_graphs (
  id text primary key,
  owner text not null,
  session_id text not null references sessions on delete cascade,
  -- As its author wrote it, with every default filled in.
  definition jsonb not null,
  created_at timestamptz not null
);

create index dependency_graphs_by_session on dependency_graphs (session_id);

create table workflow_runs (
  job_id text primary key references jobs on delete cascade,
  graph_id text not null references dependency_graphs on delete cascade,
  -- The coordinator's own counts and phase; it alone reads and writes them.
  state jsonb not null,
  -- The next turn that was asked for.
  wake_at timestamptz
);

create index workflow_runs_by_graph on workflow_runs (graph_id);

create table thread_runs (
  run_id text not null references workflow_runs on delete cascade,
  -- Place in the graph's definition.
  position integer not null,
  name text not null,
  status text not null,
  reason text,
  attempt integer not null,
  -- The coordinator's counts of dependencies and tries.
  state jsonb not null,
  not_before timestamptz,
  -- Of the newest try.
  job_id text references jobs on delete set null,
  -- Sources whose output went into it.
  fed_by jsonb,
  -- Of a thread without a job.
  output jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (run_id, position)
);

create unique index thread_runs_by_name on thread_runs (run_id, name);
create index thread_runs_in_motion on thread_runs (run_id, status, position)
  where status in ('READY', 'RUNNING', 'WAITING');
