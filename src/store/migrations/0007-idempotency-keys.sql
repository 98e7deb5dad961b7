-- A start that was asked for twice under one key is one job. The key is taken before its job is written.
create table idempotency_keys (
  owner text not null,
  mutation text not null,
  key text not null,
  input_hash text not null,
  job_id text not null references jobs on delete cascade deferrable initially deferred,
  primary key (owner, mutation, key)
);

create index idempotency_keys_by_job on idempotency_keys (job_id);
