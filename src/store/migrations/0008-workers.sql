-- Processes that run jobs; one whose heartbeat stopped is dead, and its jobs are taken up by others.
create table workers (
  id text primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
