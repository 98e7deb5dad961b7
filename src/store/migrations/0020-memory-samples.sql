-- What the services held, every few seconds, where the legacy one tells: a comparison of two processes.
create table memory_samples (
  id uuid primary key,
  version text not null,
  at timestamptz not null,
  bytes double precision not null,
  uptime_seconds double precision not null
);

create index memory_samples_by_age on memory_samples (at);
