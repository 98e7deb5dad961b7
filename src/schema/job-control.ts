import { InvalidStateError, NotFoundError } from '../errors.ts';
import { typeNameOf } from '../resolvers/job.ts';
import * as resolve from '../resolvers/job-control.ts';
import { AnalysisJob } from './analysis.ts';
import { BackgroundTask } from './background.ts';
import { builder } from './builder.ts';
import { ChatTurn, WatchJob } from './conversation.ts';
import { GoldenRunJob } from './golden.ts';
import { Job, JobFilter } from './job.ts';
import { JobEvent } from './job-event.ts';
import { RolloutJob } from './rollout.ts';
import { WorkflowJob } from './workflow.ts';

const DeletedJob = builder.objectRef<{ id: string }>('DeletedJob').implement({
  fields: (t) => ({ id: t.exposeID('id') }),
});

builder.mutationFields((t) => ({
  cancelJob: t.errorUnionField({
    types: [
      AnalysisJob,
      BackgroundTask,
      WorkflowJob,
      ChatTurn,
      WatchJob,
      GoldenRunJob,
      RolloutJob,
      NotFoundError,
    ],
    union: {
      name: 'CancelJobResult',
      resolveType: (result) => (result instanceof Error ? undefined : typeNameOf(result)),
    },
    description:
      'Idempotent: a finished job comes back as it is. A running one stops: its model call and its code too.',
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.cancelJob,
  }),
  deleteJob: t.field({
    type: DeletedJob,
    description:
      'Deletes a job that is over, with its log and its children. A child goes with its parent only.',
    errors: { types: [InvalidStateError, NotFoundError], union: { name: 'DeleteJobResult' } },
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.deleteJob,
  }),
}));

builder.subscriptionFields((t) => ({
  jobProgress: t.field({
    type: JobEvent,
    description:
      'A job’s log from behind `after` on: first what is stored, then live, each event once and in order, until ' +
      'JobFinished. A client that lost its connection passes the seq it saw last and misses nothing.',
    args: {
      jobId: t.arg.id({ required: true }),
      after: t.arg.int({ required: true, defaultValue: 0 }),
    },
    subscribe: resolve.jobProgress,
    resolve: (event) => event,
  }),
  jobChanges: t.field({
    type: Job,
    description:
      'The caller’s jobs as they change: first those matching now (the newest 100, oldest first), then each change, ' +
      'newest state only.',
    args: { filter: t.arg({ type: JobFilter }) },
    subscribe: resolve.jobChanges,
    resolve: (job) => job,
  }),
}));
