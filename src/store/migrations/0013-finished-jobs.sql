-- Jobs that are over are deleted by age.
create index jobs_finished on jobs (finished_at) where finished_at is not null;
