import { NotFoundError } from '../errors.ts';
import { fractionOf, type Job, type JobEvent, MAX_EVENTS } from '../jobs/index.ts';
import type { ThreadStatus } from '../services/index.ts';
import type { Context } from './context.ts';
import type { ProgressView } from './job.ts';
import { pageSize } from './limits.ts';

type Event<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>;

export const progress = ({ progress }: Event<'JobProgressed'>): ProgressView => ({
  ...progress,
  fraction: fractionOf(progress),
});

export const threadStatus = ({ status }: Event<'ThreadStatusChanged'>) => status as ThreadStatus;

export async function job({ jobId }: Event<'JobFinished'>, _: unknown, { load }: Context): Promise<Job> {
  const job = await load.changedJob.load(jobId);
  if (!job) throw new NotFoundError('job', jobId);
  return job;
}

export function events(
  job: Job,
  { after, first }: { after: number; first: number },
  { load }: Context,
): Promise<JobEvent[]> {
  pageSize(first, MAX_EVENTS);
  return load.events.load({ jobId: job.id, after, first });
}
