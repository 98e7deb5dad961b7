import type { Job } from '../jobs/index.ts';
import type {
  DefineDependencies,
  DependencyGraph,
  Resolution,
  ThreadRun,
  WorkflowInput,
} from '../services/index.ts';
import type { Context } from './context.ts';
import { pageOf } from './job.ts';

interface StartInput {
  graphId: string;
  input?: unknown;
  onBusy: 'REJECT' | 'ENQUEUE' | 'CANCEL_RUNNING';
  idempotencyKey?: string | null | undefined;
}

export const dependencyGraph = (_: unknown, { id }: { id: string }, { load }: Context) => load.graph.load(id);

export const session = async ({ sessionId }: DependencyGraph, _: unknown, { load }: Context) => {
  const session = await load.session.load(sessionId);
  if (!session) throw new Error('A graph goes with its session.');
  return session;
};

export const threads = ({ definition }: DependencyGraph) => definition.threads;

export const dependencies = ({ definition }: DependencyGraph) => definition.dependencies;

export const executionOrder = (graph: DependencyGraph, _: unknown, { workflows }: Context) =>
  workflows.executionOrder(graph);

export const policy = ({ definition }: DependencyGraph) => definition.policy;

export const maxParallelThreads = ({ definition }: DependencyGraph) => definition.maxParallelThreads;

export const runs = (
  { id }: DependencyGraph,
  page: { first: number; after?: string | null | undefined },
  context: Context,
) => pageOf(context, { subject: id }, page);

export const graph = async (job: Job, _: unknown, { load }: Context) => {
  const graph = await load.graph.load((job.input as WorkflowInput).graphId);
  if (!graph) throw new Error('A run goes with its graph.');
  return graph;
};

export const input = (job: Job) => (job.input as WorkflowInput).input;

export const threadRuns = (job: Job, _: unknown, { load }: Context) => load.threads.load(job);

export const summary = (job: Job, _: unknown, { load }: Context) => load.summary.load(job);

export const threadJob = ({ jobId }: ThreadRun, _: unknown, { load }: Context) =>
  jobId === null ? null : load.job.load(jobId);

export const threadInput = (thread: ThreadRun, _: unknown, { load }: Context) =>
  load.threadInput.load(thread);

export const threadOutput = (thread: ThreadRun, _: unknown, { load }: Context) =>
  load.threadOutput.load(thread);

export const defineDependencies = (
  _: unknown,
  { input }: { input: DefineDependencies },
  { workflows, viewer }: Context,
) => workflows.define(viewer, input);

export const startWorkflow = (_: unknown, { input }: { input: StartInput }, { workflows, viewer }: Context) =>
  workflows.start(viewer, input);

export const resolveThreadFailure = (
  _: unknown,
  { input }: { input: { workflowId: string; thread: string; resolution: Resolution } },
  { workflows, viewer }: Context,
) => workflows.resolve(viewer, input);
