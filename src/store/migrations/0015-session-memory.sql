-- Conversations are shared with the legacy application while the move is under way: where their truth is, what of the
-- legacy application's was taken over, and what is still to be written there. This row is locked last of all, after
-- session, lane and job, so that a turn can enter its conversation in the transaction that ends it.
create table session_memory (
  session_id text primary key references sessions on delete cascade,
  memory text not null default 'NEW',
  version bigint not null default 0,
  legacy_id text,
  legacy_seen jsonb
);

create unique index session_memory_by_legacy_id on session_memory (legacy_id) where legacy_id is not null;

create table legacy_appends (
  session_id text not null references sessions on delete cascade,
  number bigint generated always as identity,
  conversation text not null,
  turn text,
  messages jsonb,
  primary key (session_id, number)
);

create unique index legacy_appends_by_turn on legacy_appends (session_id, conversation, turn) where turn is not null;

alter table messages add column turn text;

alter table messages add column interrupted boolean not null default false;

create unique index messages_by_turn on messages (session_id, conversation, turn, role) where turn is not null;

create index messages_by_kind on messages (session_id, split_part(conversation, ':', 1), number);
