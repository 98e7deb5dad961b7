import type { JobFilter } from '../jobs/index.ts';
import type { Context } from './context.ts';
import { argument } from './limits.ts';

export const cancelJob = (_: unknown, { id }: { id: string }, { jobs, viewer }: Context) =>
  jobs.cancel(viewer.owner, id);

export const deleteJob = async (_: unknown, { id }: { id: string }, { jobs, viewer }: Context) => {
  await jobs.delete(viewer.owner, id);
  return { id };
};

export function jobProgress(
  _: unknown,
  { jobId, after }: { jobId: string; after: number },
  { jobs, viewer, signal }: Context,
) {
  argument(after >= 0, 'after', 'must be 0 or more');
  return jobs.follow(viewer.owner, jobId, after, signal);
}

export const jobChanges = (
  _: unknown,
  { filter }: { filter?: JobFilter | null | undefined },
  { jobs, viewer, signal }: Context,
) => jobs.changes(viewer.owner, filter ?? {}, signal);
