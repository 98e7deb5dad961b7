import type { UndeliveredError as Undelivered } from '../jobs/index.ts';
import * as resolve from '../resolvers/operations.ts';
import { builder } from './builder.ts';

const StoreDiagnostics = builder.objectRef<resolve.StoreView>('StoreDiagnostics').implement({
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'pglite, postgres, citus, cockroachdb or yugabytedb.' }),
    version: t.exposeString('version'),
    schemaVersion: t.exposeString('schemaVersion', { description: 'The newest migration applied.' }),
  }),
});

const CacheDiagnostics = builder.objectRef<resolve.CacheView>('CacheDiagnostics').implement({
  fields: (t) => ({
    hits: t.exposeInt('hits'),
    misses: t.exposeInt('misses'),
    maxSize: t.exposeInt('maxSize'),
    currentSize: t.exposeInt('currentSize'),
  }),
});

const QueueDiagnostics = builder.objectRef<resolve.QueueView>('QueueDiagnostics').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    waiting: t.exposeInt('waiting'),
    active: t.exposeInt('active'),
    failed: t.exposeInt('failed'),
  }),
});

const Diagnostics = builder.objectRef<resolve.DiagnosticsView>('Diagnostics').implement({
  description: 'How the gateway does.',
  fields: (t) => ({
    version: t.exposeString('version'),
    uptimeSeconds: t.exposeFloat('uptimeSeconds'),
    store: t.field({ type: StoreDiagnostics, resolve: resolve.store }),
    modelClients: t.field({
      type: CacheDiagnostics,
      description: 'Clients of the model provider: made once per configuration, however many ask at a time.',
      resolve: resolve.modelClients,
    }),
    queues: t.field({
      type: [QueueDiagnostics],
      description: 'One per kind of job that has any.',
      resolve: resolve.queues,
    }),
    subscribers: t.int({ description: 'Followers of jobs in this process.', resolve: resolve.subscribers }),
    memoryBytes: t.exposeFloat('memoryBytes', { description: 'Resident memory of this process.' }),
  }),
});

const UndeliveredError = builder.objectRef<Undelivered>('UndeliveredError').implement({
  description: 'A failure that could not be written to its job’s log, kept so that it is not lost.',
  fields: (t) => ({
    id: t.exposeID('id'),
    sessionId: t.exposeID('sessionId', { nullable: true }),
    jobId: t.exposeID('jobId', { nullable: true }),
    message: t.exposeString('message'),
    at: t.expose('at', { type: 'DateTime' }),
  }),
});

builder.queryFields((t) => ({
  diagnostics: t.field({
    type: Diagnostics,
    description: 'For operators: how the gateway does now.',
    resolve: resolve.diagnostics,
  }),
  undeliveredErrors: t.field({
    type: [UndeliveredError],
    description: 'The caller’s, the newest first.',
    args: { first: t.arg.int({ required: true, defaultValue: 50 }) },
    resolve: resolve.undeliveredErrors,
  }),
}));

builder.mutationField('clearUndeliveredErrors', (t) =>
  t.int({ description: 'Answers how many there were.', resolve: resolve.clearUndeliveredErrors }),
);
