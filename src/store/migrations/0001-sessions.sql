-- A user's isolated working space; everything a client makes hangs on one and goes with it.
create table sessions (
  id text primary key,
  owner text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  chat_model text,
  selected_voice text,
  current_scenario text,
  preferences jsonb not null default '{}'
);

create index sessions_by_expiry on sessions (expires_at);
create index sessions_by_owner on sessions (owner);
