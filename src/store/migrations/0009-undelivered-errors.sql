-- Failures that could not be written to their job's log, kept so that they are not lost.
create table undelivered_errors (
  id text primary key,
  owner text not null,
  -- No references: the session or the job may be what is gone.
  session_id text,
  job_id text,
  message text not null,
  at timestamptz not null default clock_timestamp()
);

create index undelivered_errors_by_owner on undelivered_errors (owner, at);
