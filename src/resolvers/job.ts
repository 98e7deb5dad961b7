import { fractionOf, type Job, type JobFilter, UNFINISHED } from '../jobs/index.ts';
import type { Session } from '../services/index.ts';
import type { Context } from './context.ts';
import { type Connection, connectionOf, type PageArgs, placeOf } from './paging.ts';

export interface ProgressView {
  step: number;
  total: number;
  message: string;
  fraction: number;
}

export interface JobConnectionView extends Connection<Job> {
  filter: JobFilter;
}

interface ListArgs extends PageArgs {
  filter?: JobFilter | null | undefined;
}

const TYPE_NAMES: Record<string, string> = {
  ANALYSIS: 'AnalysisJob',
  BACKGROUND_TASK: 'BackgroundTask',
  WORKFLOW: 'WorkflowJob',
  CHAT_TURN: 'ChatTurn',
  WATCH: 'WatchJob',
  GOLDEN_RUN: 'GoldenRunJob',
  ROLLOUT: 'RolloutJob',
};

export function typeNameOf({ kind }: { kind: string }): string {
  const name = TYPE_NAMES[kind];
  if (!name) throw new Error(`No type is named for jobs of the kind ${kind}.`);
  return name;
}

export const kind = (job: Job) =>
  job.kind as 'ANALYSIS' | 'BACKGROUND_TASK' | 'WORKFLOW' | 'CHAT_TURN' | 'WATCH' | 'GOLDEN_RUN' | 'ROLLOUT';

export const job = (_: unknown, { id }: { id: string }, { load }: Context) =>
  load.job.peek(id) ?? load.job.load(id);

export const jobs = (_: unknown, { filter, ...page }: ListArgs, context: Context) =>
  pageOf(context, filter ?? {}, page);

export const sessionJobs = ({ id }: Session, { filter, ...page }: ListArgs, context: Context) =>
  pageOf(context, { ...filter, sessionId: id }, page);

export const activeJobs = async ({ id }: Session, _: unknown, { load }: Context) =>
  (await load.jobs.load({ filter: { sessionId: id, statuses: UNFINISHED }, first: 1_000 })).jobs;

export const session = ({ sessionId }: Job, _: unknown, { load }: Context) =>
  sessionId === null ? null : load.session.load(sessionId);

export const parent = ({ parentId }: Job, _: unknown, { load }: Context) =>
  parentId === null ? null : load.job.load(parentId);

export const progress = ({ progress, status }: Job): ProgressView | null =>
  progress && { ...progress, fraction: status === 'COMPLETED' ? 1 : fractionOf(progress) };

export const elapsedSeconds = ({ createdAt, finishedAt }: Job, _: unknown, { about }: Context) =>
  Math.max(0, ((finishedAt ?? about.now()).getTime() - createdAt.getTime()) / 1_000);

export const usage = ({ usage }: Job) => (usage.modelCalls > 0 ? usage : null);

export const totalCount = ({ filter }: JobConnectionView, _: unknown, { load }: Context) =>
  load.jobCount.load(filter);

export async function pageOf(
  { load }: Context,
  filter: JobFilter,
  asked: PageArgs,
): Promise<JobConnectionView> {
  const before = placeOf(asked);
  const page = await load.jobs.load({ filter, first: asked.first, before });
  return { filter, ...connectionOf(page.jobs, { hasNextPage: page.hasNextPage, before }) };
}
