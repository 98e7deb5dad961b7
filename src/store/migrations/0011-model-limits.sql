-- What a model provider allows, held by all processes together: levels of the buckets, and the calls under way.
create table model_limits (
  name text primary key,
  requests double precision not null,
  tokens double precision not null,
  refilled_ms double precision not null,
  paused_until_ms double precision not null
);

create table model_calls (
  id text primary key,
  limit_name text not null,
  holder text not null,
  expires_ms double precision not null
);
create index model_calls_limit_name on model_calls (limit_name);
create index model_calls_holder on model_calls (holder);
