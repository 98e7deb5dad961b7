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
  context: Context,
) {
  argument(after >= 0, 'after', 'must be 0 or more');
  return context.jobs.follow(context.viewer.owner, jobId, after, context);
}

export const jobChanges = (
  _: unknown,
  { filter }: { filter?: JobFilter | null | undefined },
  { jobs, viewer, signal }: Context,
) => jobs.changes(viewer.owner, filter ?? {}, signal);
