-- What was said in a session's conversations.
create table messages (
  session_id text not null references sessions on delete cascade,
  conversation text not null,
  number bigint generated always as identity,
  role text not null,
  content text not null,
  served_by text,
  at timestamptz not null,
  primary key (session_id, conversation, number)
);
