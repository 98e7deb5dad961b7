-- The log of a job: seq is 1, 2, 3, … without a gap, assigned under the lock of the job's row.
create table job_events (
  job_id text not null references jobs on delete cascade,
  seq integer not null,
  at timestamptz not null,
  type text not null,
  data jsonb not null,
  primary key (job_id, seq)
);
