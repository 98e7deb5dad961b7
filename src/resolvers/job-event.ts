import { fractionOf, type Job, type JobEvent, MAX_EVENTS } from '../jobs/index.ts';
import type { Context } from './context.ts';
import type { ProgressView } from './job.ts';
import { pageSize } from './limits.ts';

type Event<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>;

export const progress = ({ progress }: Event<'JobProgressed'>): ProgressView => ({
  ...progress,
  fraction: fractionOf(progress),
});

export const job = ({ jobId }: Event<'JobFinished'>, _: unknown, { jobs, viewer }: Context) =>
  jobs.get(viewer.owner, jobId);

export function events(
  job: Job,
  { after, first }: { after: number; first: number },
  { jobs }: Context,
): Promise<JobEvent[]> {
  pageSize(first, MAX_EVENTS);
  return jobs.events(job, after, first);
}
