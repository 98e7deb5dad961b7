-- Recorded answers of a service, to be compared with later ones. A recording under the same name replaces the earlier one.
create table golden_suites (
  name text primary key,
  service text not null,
  recorded_at timestamptz not null,
  case_count integer not null,
  -- Patterns with their results, as the suite's file has them.
  cases jsonb not null
);
