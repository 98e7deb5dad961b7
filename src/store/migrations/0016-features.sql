-- Which features get their new service, for what share of sessions, and who decided so.
create table features (
  name text primary key,
  enabled boolean not null,
  rollout_percentage integer not null check (rollout_percentage between 0 and 100),
  -- Null while nobody has changed it.
  changed_at timestamptz,
  changed_by text,
  change_reason text
);

insert into features (name, enabled, rollout_percentage) values
  ('UTILS', true, 100),
  ('LLM', true, 100),
  ('SESSION', false, 0),
  ('CHAT', false, 0),
  ('SCENARIO', false, 0),
  ('WATCH', false, 0);

create table feature_changes (
  number bigint generated always as identity primary key,
  feature text not null references features,
  change_id uuid not null,
  changed_at timestamptz not null,
  changed_by text not null,
  change_reason text not null,
  enabled boolean not null,
  rollout_percentage integer not null,
  -- What came of telling the flag server; null where it was not told.
  flag_server text,
  unique (feature, change_id)
);

-- Features that were rolled back. As long as a row is here, no flag turns the feature on.
create table feature_kills (
  feature text primary key references features,
  kill_id uuid not null,
  killed_at timestamptz not null,
  killed_by text not null,
  reason text not null
);
