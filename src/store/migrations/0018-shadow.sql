-- What two services made of the same message. It belongs to the session that the message is of, and goes with it.
create table shadow_comparisons (
  id text primary key,
  number bigint generated always as identity,
  owner text not null,
  session_id text not null references sessions on delete cascade,
  feature text not null,
  at timestamptz not null,
  message text not null,
  model text not null,
  -- False where somebody asked for it.
  live boolean not null,
  legacy jsonb not null,
  candidate jsonb not null,
  -- A second reply of the legacy service; null where it was not asked twice.
  control jsonb,
  matches boolean not null,
  differences jsonb not null,
  similarity double precision
);

create index shadow_comparisons_by_owner on shadow_comparisons (owner, number);
create index shadow_comparisons_that_differ on shadow_comparisons (owner, number) where not matches;
create index shadow_comparisons_with_control on shadow_comparisons (feature, number) where control is not null;
create index shadow_comparisons_by_number on shadow_comparisons (number);
create index shadow_comparisons_by_session on shadow_comparisons (session_id);
create index shadow_comparisons_by_age on shadow_comparisons (at);
