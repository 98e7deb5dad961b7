import { fractionOf, type Job, type JobFilter, UNFINISHED } from '../jobs/index.ts';
import type { Session } from '../services/index.ts';
import type { Context } from './context.ts';
import { argument, pageSize } from './limits.ts';

export interface ProgressView {
  step: number;
  total: number;
  message: string;
  fraction: number;
}

export interface JobEdgeView {
  cursor: string;
  node: Job;
}

export interface JobConnectionView {
  edges: JobEdgeView[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  filter: JobFilter;
}

interface PageArgs {
  filter?: JobFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}

const TYPE_NAMES: Record<string, string> = { ANALYSIS: 'AnalysisJob', BACKGROUND_TASK: 'BackgroundTask' };

export function typeNameOf({ kind }: { kind: string }): string {
  const name = TYPE_NAMES[kind];
  if (!name) throw new Error(`No type is named for jobs of the kind ${kind}.`);
  return name;
}

export const kind = (job: Job) => job.kind as 'ANALYSIS' | 'BACKGROUND_TASK';

export const job = (_: unknown, { id }: { id: string }, { load }: Context) => load.job.load(id);

export const jobs = (_: unknown, { filter, ...page }: PageArgs, context: Context) =>
  pageOf(context, filter ?? {}, page);

export const sessionJobs = ({ id }: Session, { filter, ...page }: PageArgs, context: Context) =>
  pageOf(context, { ...filter, sessionId: id }, page);

export const activeJobs = async ({ id }: Session, _: unknown, { jobs, viewer }: Context) =>
  (await jobs.list(viewer.owner, { sessionId: id, statuses: UNFINISHED }, 1_000)).jobs;

export const session = ({ sessionId }: Job, _: unknown, { load }: Context) =>
  sessionId === null ? null : load.session.load(sessionId);

export const parent = ({ parentId }: Job, _: unknown, { load }: Context) =>
  parentId === null ? null : load.job.load(parentId);

export const progress = ({ progress, status }: Job): ProgressView | null =>
  progress && { ...progress, fraction: status === 'COMPLETED' ? 1 : fractionOf(progress) };

export const elapsedSeconds = ({ createdAt, finishedAt }: Job, _: unknown, { about }: Context) =>
  Math.max(0, ((finishedAt ?? about.now()).getTime() - createdAt.getTime()) / 1_000);

export const usage = ({ usage }: Job) => (usage.modelCalls > 0 ? usage : null);

export const totalCount = ({ filter }: JobConnectionView, _: unknown, { jobs, viewer }: Context) =>
  jobs.count(viewer.owner, filter);

async function pageOf(
  { jobs, viewer }: Context,
  filter: JobFilter,
  { first, after }: Omit<PageArgs, 'filter'>,
): Promise<JobConnectionView> {
  pageSize(first);
  const before = after == null ? undefined : Number(after);
  argument(before === undefined || /^\d{1,15}$/.test(after ?? ''), 'after', 'must be a cursor of this list');

  const page = await jobs.list(viewer.owner, filter, first, before);
  const edges = page.jobs.map((node) => ({ cursor: String(node.number), node }));
  return {
    filter,
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: before !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
