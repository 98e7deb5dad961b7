import type { Job as JobModel } from '../jobs/index.ts';
import * as resolve from '../resolvers/job.ts';
import { builder } from './builder.ts';
import { Node } from './node.ts';
import { PageInfo } from './paging.ts';
import { Session } from './session.ts';

export const JobStatus = builder.enumType('JobStatus', {
  values: {
    STARTED: { description: 'Accepted and waiting for a worker.' },
    RUNNING: {},
    WAITING: { description: 'Needs a person’s decision.' },
    CANCELLING: { description: 'Asked to stop; not stopped yet.' },
    COMPLETED: {},
    FAILED: {},
    CANCELLED: {},
  } as const,
});

export const JobKind = builder.enumType('JobKind', {
  values: ['ANALYSIS', 'BACKGROUND_TASK', 'WORKFLOW', 'CHAT_TURN', 'WATCH', 'GOLDEN_RUN', 'ROLLOUT'] as const,
});

export const BusyPolicy = builder.enumType('BusyPolicy', {
  description: 'What starting a job does where its session already runs one of the kind.',
  values: {
    REJECT: { description: 'SessionBusyError, which names the running job.' },
    ENQUEUE: { description: 'The new job waits for those before it.' },
    CANCEL_RUNNING: {
      description: 'Those before it are cancelled; the new job runs when they have stopped.',
    },
  } as const,
});

export const Progress = builder.objectRef<resolve.ProgressView>('Progress').implement({
  fields: (t) => ({
    step: t.exposeInt('step', { description: '1 to `total`.' }),
    total: t.exposeInt('total'),
    message: t.exposeString('message', { description: 'In the language of the session’s preferences.' }),
    fraction: t.exposeFloat('fraction', { description: '0 to 1: the steps that are behind, of all.' }),
  }),
});

const JobError = builder.objectRef<NonNullable<JobModel['error']>>('JobError').implement({
  description: 'Why a job FAILED.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, for machines.' }),
    message: t.exposeString('message'),
    step: t.exposeString('step', { nullable: true, description: 'The step that was under way.' }),
    retryable: t.exposeBoolean('retryable', { description: 'Whether the same request may succeed later.' }),
  }),
});

const Usage = builder.objectRef<JobModel['usage']>('Usage').implement({
  description: 'What a job used of language models.',
  fields: (t) => ({
    inputTokens: t.exposeInt('inputTokens'),
    outputTokens: t.exposeInt('outputTokens'),
    modelCalls: t.exposeInt('modelCalls'),
  }),
});

export const Job = builder.interfaceRef<JobModel>('Job');

Job.implement({
  description:
    'Anything that takes time. A job is an append-only log of events; these fields are its newest state.',
  interfaces: [Node],
  resolveType: (job) => resolve.typeNameOf(job),
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.field({ type: JobKind, resolve: resolve.kind }),
    status: t.expose('status', { type: JobStatus }),
    session: t.field({ type: Session, nullable: true, resolve: resolve.session }),
    parent: t.field({ type: Job, nullable: true, resolve: resolve.parent }),
    progress: t.field({ type: Progress, nullable: true, resolve: resolve.progress }),
    attempt: t.exposeInt('attempt', {
      description: '1 for the first run; one more each time a worker took it up again. 0 before the first.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    cancelRequestedAt: t.expose('cancelRequestedAt', { type: 'DateTime', nullable: true }),
    elapsedSeconds: t.float({
      description: 'Seconds since it was accepted, until now or until it finished.',
      resolve: resolve.elapsedSeconds,
    }),
    error: t.expose('error', { type: JobError, nullable: true }),
    usage: t.field({
      type: Usage,
      nullable: true,
      description: 'Null where no model was called.',
      resolve: resolve.usage,
    }),
    lastSeq: t.exposeInt('lastSeq', { description: 'seq of the newest event; 0 before the first.' }),
  }),
});

export const JobFilter = builder.inputType('JobFilter', {
  description: 'Jobs that match all that is given.',
  fields: (t) => ({
    kinds: t.field({ type: [JobKind] }),
    statuses: t.field({ type: [JobStatus] }),
    sessionId: t.id(),
    parentId: t.id(),
    createdAfter: t.field({ type: 'DateTime' }),
    createdBefore: t.field({ type: 'DateTime' }),
  }),
});

const JobEdge = builder.objectRef<resolve.JobConnectionView['edges'][number]>('JobEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: Job }),
  }),
});

export const JobConnection = builder.objectRef<resolve.JobConnectionView>('JobConnection').implement({
  description: 'A page of jobs, the newest first.',
  fields: (t) => ({
    edges: t.expose('edges', { type: [JobEdge] }),
    pageInfo: t.expose('pageInfo', { type: PageInfo }),
    totalCount: t.int({ description: 'Jobs that match, on all pages.', resolve: resolve.totalCount }),
  }),
});

builder.queryFields((t) => ({
  job: t.field({
    type: Job,
    nullable: true,
    description: 'Null where it is not there, or belongs to somebody else.',
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.job,
  }),
  jobs: t.field({
    type: JobConnection,
    description: 'The caller’s jobs, the newest first.',
    args: {
      filter: t.arg({ type: JobFilter }),
      first: t.arg.int({ required: true, defaultValue: 20 }),
      after: t.arg.string(),
    },
    resolve: resolve.jobs,
  }),
}));

builder.objectField(Session, 'activeJobs', (t) =>
  t.field({
    type: [Job],
    description: 'Jobs that are not over, the newest first.',
    resolve: resolve.activeJobs,
  }),
);
builder.objectField(Session, 'jobs', (t) =>
  t.field({
    type: JobConnection,
    args: {
      filter: t.arg({ type: JobFilter }),
      first: t.arg.int({ required: true, defaultValue: 20 }),
      after: t.arg.string(),
    },
    resolve: resolve.sessionJobs,
  }),
);
