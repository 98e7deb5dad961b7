-- Every call that was routed to a service or its successor: what verdicts on the successor are made of.
create table service_calls (
  id uuid primary key,
  feature text not null,
  -- The service that the session's flag chose; one that failed and was stood in for is still the one.
  version text not null,
  session_id text not null,
  at timestamptz not null,
  duration_ms double precision not null,
  first_text_ms double precision,
  outcome text not null,
  fell_back boolean not null,
  error text,
  -- The new service's share of sessions at that moment, 0 to 1.
  share double precision not null
);

create index service_calls_by_feature on service_calls (feature, at);
create index service_calls_by_age on service_calls (at);
