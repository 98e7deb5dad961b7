import type { JobEvent as JobEventModel } from '../jobs/index.ts';
import * as resolve from '../resolvers/job-event.ts';
import { builder } from './builder.ts';
import { Job, JobStatus, Progress } from './job.ts';
import { ServiceVersion } from './session.ts';
import { ThreadStatus } from './workflow-words.ts';

type Event<Type extends JobEventModel['type']> = Extract<JobEventModel, { type: Type }>;

export const LogLevel = builder.enumType('LogLevel', { values: ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const });

export const JobEvent = builder.interfaceRef<JobEventModel>('JobEvent').implement({
  description:
    'One entry of a job’s log. seq counts 1, 2, 3, … per job without a gap, whichever process wrote it and however ' +
    'often the job was taken up again.',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    seq: t.exposeInt('seq'),
    at: t.expose('at', { type: 'DateTime' }),
    jobId: t.exposeID('jobId'),
  }),
});

builder.objectRef<Event<'JobStatusChanged'>>('JobStatusChanged').implement({
  interfaces: [JobEvent],
  fields: (t) => ({ status: t.expose('status', { type: JobStatus }) }),
});

builder.objectRef<Event<'JobProgressed'>>('JobProgressed').implement({
  interfaces: [JobEvent],
  fields: (t) => ({ progress: t.field({ type: Progress, resolve: resolve.progress }) }),
});

builder.objectRef<Event<'JobStepCompleted'>>('JobStepCompleted').implement({
  description:
    'A durable step ended; after a crash the job goes on behind it, and its output is not computed again.',
  interfaces: [JobEvent],
  fields: (t) => ({ step: t.exposeString('step'), durationMs: t.exposeInt('durationMs') }),
});

builder.objectRef<Event<'JobTextAppended'>>('JobTextAppended').implement({
  description: 'Streamed text.',
  interfaces: [JobEvent],
  fields: (t) => ({
    stream: t.exposeString('stream', { description: 'What the text is part of, for example `report`.' }),
    offset: t.exposeInt('offset', {
      description:
        'Characters of the same stream that came before. A stream that begins again, because its step did, has ' +
        'offset 0: cut what you have to `offset`, then append.',
    }),
    text: t.exposeString('text'),
  }),
});

builder.objectRef<Event<'JobLogged'>>('JobLogged').implement({
  interfaces: [JobEvent],
  fields: (t) => ({ level: t.expose('level', { type: LogLevel }), message: t.exposeString('message') }),
});

builder.objectRef<Event<'ReplyServed'>>('ReplyServed').implement({
  description:
    'Which service gives the reply from here on. Where it falls back in the middle, what the reply said before is void.',
  interfaces: [JobEvent],
  fields: (t) => ({
    servedBy: t.expose('servedBy', { type: ServiceVersion }),
    fellBack: t.exposeBoolean('fellBack'),
  }),
});

builder.objectRef<Event<'ThreadStatusChanged'>>('ThreadStatusChanged').implement({
  interfaces: [JobEvent],
  fields: (t) => ({
    thread: t.exposeString('thread'),
    status: t.field({ type: ThreadStatus, resolve: resolve.threadStatus }),
    reason: t.exposeString('reason', { nullable: true }),
  }),
});

builder.objectRef<Event<'JobFinished'>>('JobFinished').implement({
  description: 'Always the last event of a log; the subscription completes after it.',
  interfaces: [JobEvent],
  fields: (t) => ({ job: t.field({ type: Job, resolve: resolve.job }) }),
});

builder.interfaceField(Job, 'events', (t) =>
  t.field({
    type: [JobEvent],
    description: 'The log, for those who poll: events with seq greater than `after`, at most 1,000.',
    args: {
      after: t.arg.int({ required: true, defaultValue: 0 }),
      first: t.arg.int({ required: true, defaultValue: 100 }),
    },
    resolve: resolve.events,
  }),
);
