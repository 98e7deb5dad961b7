import { InvalidInputError, InvalidStateError, NotFoundError, RateLimitedError } from '../errors.ts';
import { IdempotencyConflictError, type Job as JobModel, SessionBusyError } from '../jobs/index.ts';
import * as resolve from '../resolvers/workflow.ts';
import {
  type DependencyDefinition,
  DependencyGraphError,
  GRAPH_LIMITS,
  type DependencyGraph as Graph,
  type WorkflowSummary as Summary,
  type ThreadDefinition,
  type ThreadRun as ThreadRunModel,
} from '../services/index.ts';
import { builder } from './builder.ts';
import { BusyPolicy, Job, JobConnection } from './job.ts';
import { Node } from './node.ts';
import { Session } from './session.ts';
import {
  CoordinationPolicy,
  DependencyType,
  FailureResolution,
  ThreadJoin,
  ThreadKind,
  ThreadStatus,
} from './workflow-words.ts';

const Thread = builder.objectRef<ThreadDefinition>('Thread').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    kind: t.expose('kind', { type: ThreadKind }),
    input: t.expose('input', { type: 'JSON' }),
    join: t.expose('join', { type: ThreadJoin }),
    timeoutSeconds: t.exposeInt('timeoutSeconds', { description: 'Of one try.' }),
    maxRetries: t.exposeInt('maxRetries'),
  }),
});

const Dependency = builder.objectRef<DependencyDefinition>('Dependency').implement({
  fields: (t) => ({
    source: t.exposeString('source'),
    target: t.exposeString('target'),
    type: t.expose('type', { type: DependencyType }),
    condition: t.string({ nullable: true, resolve: ({ condition }) => condition ?? null }),
    transform: t.string({ nullable: true, resolve: ({ transform }) => transform ?? null }),
    enabled: t.exposeBoolean('enabled'),
  }),
});

export const DependencyGraph = builder.objectRef<Graph>('DependencyGraph').implement({
  description: 'Threads and what each of them waits for. It can be run as often as its session lives.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id'),
    session: t.field({ type: Session, resolve: resolve.session }),
    threads: t.field({ type: [Thread], resolve: resolve.threads }),
    dependencies: t.field({ type: [Dependency], resolve: resolve.dependencies }),
    executionOrder: t.field({
      type: t.listRef(t.listRef('String')),
      description:
        'Levels of the topological order; the threads of one level may run at the same time. PARALLEL and disabled ' +
        'dependencies order nothing.',
      resolve: resolve.executionOrder,
    }),
    policy: t.field({ type: CoordinationPolicy, resolve: resolve.policy }),
    maxParallelThreads: t.int({ resolve: resolve.maxParallelThreads }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    runs: t.field({
      type: JobConnection,
      description: 'The newest first.',
      args: { first: t.arg.int({ required: true, defaultValue: 20 }), after: t.arg.string() },
      resolve: resolve.runs,
    }),
  }),
});

const ThreadRun = builder.objectRef<ThreadRunModel>('ThreadRun').implement({
  description: 'A thread in one run.',
  fields: (t) => ({
    name: t.exposeString('name'),
    status: t.expose('status', { type: ThreadStatus }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it was skipped, failed or waits.',
    }),
    attempt: t.exposeInt('attempt', { description: 'Tries that were begun.' }),
    job: t.field({
      type: Job,
      nullable: true,
      description: 'Of the newest try. A TRANSFORM has none.',
      resolve: resolve.threadJob,
    }),
    input: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it was given, with all that flowed in; null before it started.',
      resolve: resolve.threadInput,
    }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it gave; null unless it COMPLETED.',
      resolve: resolve.threadOutput,
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
  }),
});

const WorkflowSummary = builder.objectRef<Summary>('WorkflowSummary').implement({
  fields: (t) => ({
    successfulThreads: t.exposeStringList('successfulThreads'),
    failedThreads: t.exposeStringList('failedThreads'),
    skippedThreads: t.exposeStringList('skippedThreads'),
    cancelledThreads: t.exposeStringList('cancelledThreads'),
    totalExecuted: t.exposeInt('totalExecuted', {
      description: 'Threads that were started, or failed before they could be.',
    }),
    successRate: t.exposeFloat('successRate', {
      description: '0 to 1: the successful ones of those that were executed; 1 where none was.',
    }),
  }),
});

export const WorkflowJob = builder.objectRef<JobModel>('WorkflowJob').implement({
  description:
    'One execution of a dependency graph. ThreadStatusChanged events tell its story; progress counts finished threads.',
  interfaces: [Job, Node],
  fields: (t) => ({
    graph: t.field({ type: DependencyGraph, resolve: resolve.graph }),
    input: t.field({ type: 'JSON', description: 'What it was started with.', resolve: resolve.input }),
    threads: t.field({
      type: [ThreadRun],
      description: 'In the order of the graph.',
      resolve: resolve.threadRuns,
    }),
    summary: t.field({
      type: WorkflowSummary,
      nullable: true,
      description: 'Null before the run is over.',
      resolve: resolve.summary,
    }),
  }),
});

const ThreadInput = builder.inputType('ThreadInput', {
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'Unique in the graph; letters, digits, _ and -; at most 100.',
    }),
    kind: t.field({ type: ThreadKind, required: true }),
    input: t.field({
      type: 'JSON',
      required: true,
      defaultValue: {},
      description:
        'The kind’s own input; an object. A DATA_FLOW dependency adds to it. Its texts may hold CEL expressions over ' +
        '`input`, the workflow’s, in braces behind a dollar sign.',
    }),
    inputSchema: t.field({
      type: 'JSON',
      description: 'JSON Schema that the input must satisfy when it runs.',
    }),
    outputSchema: t.field({ type: 'JSON', description: 'JSON Schema that the output must satisfy.' }),
    join: t.field({ type: ThreadJoin, required: true, defaultValue: 'ALL' }),
    timeoutSeconds: t.int({
      description: 'Of one try, 1 to 86400; absent: the graph’s threadTimeoutSeconds.',
    }),
    maxRetries: t.int({ description: '0 to 20; absent: the graph’s.' }),
  }),
});

const FieldMappingInput = builder.inputType('FieldMappingInput', {
  fields: (t) => ({
    from: t.string({
      required: true,
      description: 'Path in the source’s output, for example `report.tables.0.rows`.',
    }),
    to: t.string({ required: true, description: 'Path in the target’s input.' }),
  }),
});

const DependencyInput = builder.inputType('DependencyInput', {
  fields: (t) => ({
    source: t.string({ required: true }),
    target: t.string({ required: true }),
    type: t.field({ type: DependencyType, required: true, defaultValue: 'SEQUENTIAL' }),
    condition: t.string({
      description:
        'CEL expression over `output` (the source’s) and `input` (the workflow’s); must give a boolean. Where it gives ' +
        'false the target is skipped.',
    }),
    dataMapping: t.field({
      type: [FieldMappingInput],
      description: 'Source field path to target field path. A DATA_FLOW without it merges the whole output.',
    }),
    transform: t.string({
      description:
        'CEL expression over `output` and `input` that gives the object to merge into the target’s input.',
    }),
    enabled: t.boolean({ required: true, defaultValue: true }),
  }),
});

const DefineDependenciesInput = builder.inputType('DefineDependenciesInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    threads: t.field({
      type: [ThreadInput],
      required: true,
      description: `1 to ${GRAPH_LIMITS.threads.toLocaleString('en')}.`,
    }),
    dependencies: t.field({
      type: [DependencyInput],
      required: true,
      description: `At most ${GRAPH_LIMITS.dependencies.toLocaleString('en')}.`,
    }),
    policy: t.field({ type: CoordinationPolicy, required: true, defaultValue: 'BEST_EFFORT' }),
    maxParallelThreads: t.int({ required: true, defaultValue: 5, description: '1 to 100.' }),
    threadTimeoutSeconds: t.int({ required: true, defaultValue: 300 }),
    maxRetries: t.int({
      required: true,
      defaultValue: 3,
      description: 'Tries after the first, of failures that may pass: 0 to 20.',
    }),
    retryDelayMs: t.int({
      required: true,
      defaultValue: 1_000,
      description: 'Before the first retry; doubles with each further one.',
    }),
  }),
});

const StartWorkflowInput = builder.inputType('StartWorkflowInput', {
  fields: (t) => ({
    graphId: t.id({ required: true }),
    input: t.field({
      type: 'JSON',
      required: true,
      defaultValue: {},
      description: 'An object; `input` in the graph’s expressions.',
    }),
    onBusy: t.field({ type: BusyPolicy, required: true, defaultValue: 'REJECT' }),
    idempotencyKey: t.string({
      description: 'The same key with the same input gives the same run, however often it is sent.',
    }),
  }),
});

const ResolveThreadFailureInput = builder.inputType('ResolveThreadFailureInput', {
  fields: (t) => ({
    workflowId: t.id({ required: true }),
    thread: t.string({ required: true }),
    resolution: t.field({ type: FailureResolution, required: true }),
  }),
});

builder.queryField('dependencyGraph', (t) =>
  t.field({
    type: DependencyGraph,
    nullable: true,
    description: 'Null where it is not there, or belongs to somebody else.',
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.dependencyGraph,
  }),
);

builder.mutationFields((t) => ({
  defineDependencies: t.field({
    type: DependencyGraph,
    description: 'Checks a whole graph of threads, reporting every problem, and keeps it.',
    errors: {
      types: [DependencyGraphError, InvalidInputError, NotFoundError],
      union: { name: 'DefineDependenciesResult' },
    },
    args: { input: t.arg({ type: DefineDependenciesInput, required: true }) },
    resolve: resolve.defineDependencies,
  }),
  startWorkflow: t.field({
    type: WorkflowJob,
    description: 'Runs a graph; each of its threads is a job of its own. Follow it with jobProgress.',
    errors: {
      types: [SessionBusyError, InvalidInputError, NotFoundError, IdempotencyConflictError, RateLimitedError],
      union: { name: 'StartWorkflowResult' },
    },
    args: { input: t.arg({ type: StartWorkflowInput, required: true }) },
    resolve: resolve.startWorkflow,
  }),
  resolveThreadFailure: t.field({
    type: WorkflowJob,
    description: 'Decides what becomes of a thread that is WAITING.',
    errors: {
      types: [InvalidStateError, NotFoundError],
      union: { name: 'ResolveThreadFailureResult' },
    },
    args: { input: t.arg({ type: ResolveThreadFailureInput, required: true }) },
    resolve: resolve.resolveThreadFailure,
  }),
}));
