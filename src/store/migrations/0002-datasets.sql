-- Uploaded tables: what is known of them; their bytes are in object storage under `storage_key`.
create table datasets (
  id text primary key,
  owner text not null,
  session_id text not null references sessions on delete cascade,
  name text not null,
  format text not null,
  bytes bigint not null,
  row_count bigint not null,
  columns jsonb not null,
  storage_key text not null,
  created_at timestamptz not null
);

create index datasets_by_session on datasets (session_id);

-- Files whose row is gone. They are deleted after the row, so that a crash leaves a file too many, never one too few.
create table discarded_files (
  storage_key text primary key,
  discarded_at timestamptz not null default now()
);
