import { InvalidInputError, NotFoundError, UpstreamError } from '../errors.ts';
import type { ShadowComparison as Comparison, ShadowResult as Result } from '../migration/index.ts';
import * as resolve from '../resolvers/shadow.ts';
import { builder } from './builder.ts';
import { FeatureName } from './feature.ts';
import { Node } from './node.ts';
import { PageInfo } from './paging.ts';
import { Session } from './session.ts';

const ShadowResult = builder.objectRef<Result>('ShadowResult').implement({
  description: 'What one service made of the message.',
  fields: (t) => ({
    reply: t.exposeString('reply', {
      nullable: true,
      description: 'At most 20,000 characters; null where the service failed.',
    }),
    error: t.exposeString('error', { nullable: true, description: 'A code, and what happened.' }),
    durationMs: t.exposeInt('durationMs', { description: 'Until the reply was whole.' }),
  }),
});

const ShadowDifferenceKind = builder.enumType('ShadowDifferenceKind', {
  values: {
    TYPE_MISMATCH: { description: 'Another kind of answer: its form, a refusal, its length.' },
    CONTENT_MISMATCH: { description: 'Another text, white space at its ends aside.' },
    ERROR_MISMATCH: { description: 'One of the two failed.' },
  } as const,
});

const ShadowDifference = builder.objectRef<Comparison['differences'][number]>('ShadowDifference').implement({
  fields: (t) => ({
    kind: t.expose('kind', { type: ShadowDifferenceKind }),
    path: t.exposeString('path', { description: 'Where, as `reply`.' }),
    legacy: t.exposeString('legacy', { nullable: true, description: 'The beginning of it.' }),
    candidate: t.exposeString('candidate', { nullable: true }),
  }),
});

const ShadowComparison = builder.objectRef<Comparison>('ShadowComparison').implement({
  description: 'Both services on the same message. Nobody waited for it, and no session shows a trace of it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id'),
    feature: t.expose('feature', { type: FeatureName }),
    at: t.expose('at', { type: 'DateTime' }),
    session: t.field({
      type: Session,
      nullable: true,
      description: 'Null where it has expired meanwhile.',
      resolve: resolve.session,
    }),
    message: t.exposeString('message'),
    model: t.exposeString('model'),
    live: t.exposeBoolean('live', {
      description: 'True of a sample of live traffic; false where shadowTest asked for it.',
    }),
    legacy: t.expose('legacy', { type: ShadowResult }),
    candidate: t.expose('candidate', { type: ShadowResult }),
    control: t.expose('control', {
      type: ShadowResult,
      nullable: true,
      description: 'A second legacy reply, where one was sampled to measure the legacy service’s own noise.',
    }),
    matches: t.exposeBoolean('matches'),
    differences: t.field({ type: [ShadowDifference], resolve: resolve.differences }),
    similarity: t.exposeFloat('similarity', {
      nullable: true,
      description: '0 to 1; null where there are no two texts to compare.',
    }),
  }),
});

const ShadowComparisonEdge = builder
  .objectRef<resolve.ConnectionView['edges'][number]>('ShadowComparisonEdge')
  .implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      node: t.expose('node', { type: ShadowComparison }),
    }),
  });

const ShadowComparisonConnection = builder
  .objectRef<resolve.ConnectionView>('ShadowComparisonConnection')
  .implement({
    description: 'A page of comparisons, the newest first.',
    fields: (t) => ({
      edges: t.expose('edges', { type: [ShadowComparisonEdge] }),
      pageInfo: t.expose('pageInfo', { type: PageInfo }),
      totalCount: t.int({
        description: 'Comparisons that match, on all pages.',
        resolve: resolve.totalCount,
      }),
    }),
  });

const ShadowNoise = builder.objectRef<resolve.NoiseView>('ShadowNoise').implement({
  description:
    'Whether replies of the new service differ from the legacy one’s by more than those differ among themselves.',
  fields: (t) => ({
    triples: t.exposeInt('triples', { description: 'Comparisons with a control.' }),
    eValue: t.exposeFloat('eValue', { description: 'Evidence as of the newest triple.' }),
    peak: t.exposeFloat('peak', { description: 'The highest evidence; what counts.' }),
    threshold: t.exposeFloat('threshold'),
    differs: t.exposeBoolean('differs', { description: 'True once `peak` has reached `threshold`.' }),
  }),
});

const ShadowTestInput = builder.inputType('ShadowTestInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    message: t.string({ required: true, description: 'At most 32,000 characters.' }),
    feature: t.field({
      type: FeatureName,
      required: true,
      defaultValue: 'CHAT',
      description: 'CHAT, SCENARIO (of the session’s currentScenario) or WATCH.',
    }),
    model: t.string({ description: 'Absent: the session’s, else MODEL_CHAT.' }),
    control: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Asks the legacy service twice, to tell its own noise from a difference.',
    }),
  }),
});

builder.queryFields((t) => ({
  shadowComparisons: t.field({
    type: ShadowComparisonConnection,
    description: 'Comparisons in the caller’s sessions, the newest first.',
    args: {
      feature: t.arg({ type: FeatureName }),
      differingOnly: t.arg.boolean({ required: true, defaultValue: false }),
      first: t.arg.int({ required: true, defaultValue: 20 }),
      after: t.arg.string(),
    },
    resolve: resolve.shadowComparisons,
  }),
  shadowNoise: t.field({
    type: ShadowNoise,
    description: 'Of all comparisons of a feature that have a control, whoever’s they are.',
    args: { feature: t.arg({ type: FeatureName, required: true }) },
    resolve: resolve.shadowNoise,
  }),
}));

builder.mutationField('shadowTest', (t) =>
  t.field({
    type: ShadowComparison,
    description:
      'Runs both services on the message, answers with the comparison, and changes nothing in the session.',
    errors: {
      types: [InvalidInputError, NotFoundError, UpstreamError],
      union: { name: 'ShadowTestResult' },
    },
    args: { input: t.arg({ type: ShadowTestInput, required: true }) },
    resolve: resolve.shadowTest,
  }),
);

builder.subscriptionField('shadowComparisons', (t) =>
  t.field({
    type: ShadowComparison,
    description: 'Comparisons in the caller’s sessions as they are made, in whatever process.',
    args: { feature: t.arg({ type: FeatureName }) },
    subscribe: resolve.newComparisons,
    resolve: (comparison) => comparison,
  }),
);
