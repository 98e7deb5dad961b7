-- Responses that a provider works on for a job. Kept apart from the job, so that one whose job is gone is still stopped.
create table background_responses (
  job_id text primary key,
  response_id text not null,
  created_at timestamptz not null default now(),
  -- When the provider was known to have ended it.
  settled_at timestamptz
);

create index background_responses_unsettled on background_responses (created_at) where settled_at is null;

-- Webhooks that arrived, by the id that their sender gave them: each counts once.
create table webhook_deliveries (
  id text primary key,
  received_at timestamptz not null default now()
);
