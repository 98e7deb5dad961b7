-- One row per (session, kind) that ever ran a job: its lock decides who runs next.
create table lanes (
  name text primary key,
  session_id text references sessions on delete cascade,
  -- The job that occupies the lane; null: free.
  job_id text references jobs on delete set null
);

create index lanes_by_session on lanes (session_id);
create index lanes_by_job on lanes (job_id) where job_id is not null;
