import { InvalidInputError, NotFoundError, RateLimitedError } from '../errors.ts';
import { IdempotencyConflictError, type Job as JobModel } from '../jobs/index.ts';
import * as resolve from '../resolvers/background.ts';
import { builder } from './builder.ts';
import { Job } from './job.ts';
import { Node } from './node.ts';

const ReasoningEffort = builder.enumType('ReasoningEffort', { values: ['LOW', 'MEDIUM', 'HIGH'] as const });

export const BackgroundTask = builder.objectRef<JobModel>('BackgroundTask').implement({
  description:
    'A question that a model may think about for long. The answer is also a JobTextAppended event of the stream ' +
    '`response`.',
  interfaces: [Job, Node],
  fields: (t) => ({
    question: t.string({ resolve: resolve.question }),
    effort: t.field({ type: ReasoningEffort, resolve: resolve.effort }),
    model: t.string({ resolve: resolve.model }),
    response: t.string({
      nullable: true,
      description: 'Null before the task COMPLETED; `status` and `error` say why.',
      resolve: resolve.response,
    }),
  }),
});

const StartBackgroundTaskInput = builder.inputType('StartBackgroundTaskInput', {
  fields: (t) => ({
    sessionId: t.id({ description: 'The session that it belongs to, and goes with.' }),
    question: t.string({ required: true, description: 'At most 100,000 characters.' }),
    effort: t.field({ type: ReasoningEffort, required: true, defaultValue: 'LOW' }),
    model: t.string({ description: 'The provider’s name of the model; else MODEL_REASONING.' }),
    timeoutSeconds: t.int({ description: 'From when it first ran, 1 to 86400; an hour where absent.' }),
    idempotencyKey: t.string({
      description: 'The same key with the same input gives the same task, however often it is sent.',
    }),
  }),
});

builder.mutationField('startBackgroundTask', (t) =>
  t.field({
    type: BackgroundTask,
    description:
      'Accepts a task and answers at once. Any number of one session run side by side, up to 100 of one caller.',
    errors: {
      types: [InvalidInputError, NotFoundError, IdempotencyConflictError, RateLimitedError],
      union: { name: 'StartBackgroundTaskResult' },
    },
    args: { input: t.arg({ type: StartBackgroundTaskInput, required: true }) },
    resolve: resolve.startBackgroundTask,
  }),
);
