-- Outputs of the steps that a running job completed, so that the next attempt goes on behind them.
create table job_steps (
  job_id text not null references jobs on delete cascade,
  name text not null,
  output jsonb,
  duration_ms integer not null,
  primary key (job_id, name)
);
