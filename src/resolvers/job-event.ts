import { fractionOf, type JobEvent } from '../jobs/index.ts';
import type { Context } from './context.ts';
import type { ProgressView } from './job.ts';

type Event<Type extends JobEvent['type']> = Extract<JobEvent, { type: Type }>;

export const progress = ({ progress }: Event<'JobProgressed'>): ProgressView => ({
  ...progress,
  fraction: fractionOf(progress),
});

export const job = ({ jobId }: Event<'JobFinished'>, _: unknown, { jobs, viewer }: Context) =>
  jobs.get(viewer.owner, jobId);
