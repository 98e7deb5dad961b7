import { InvalidInputError, NotFoundError, RateLimitedError, UpstreamError } from '../errors.ts';
import type { Job as JobModel } from '../jobs/index.ts';
import type { GoldenSuiteSummary, GoldenRegression as Regression } from '../migration/index.ts';
import * as resolve from '../resolvers/golden.ts';
import { builder } from './builder.ts';
import { Job } from './job.ts';
import { Node } from './node.ts';
import { ConversationKind, ServiceVersion } from './session.ts';

const GoldenSuite = builder.objectRef<GoldenSuiteSummary>('GoldenSuite').implement({
  description: 'What a service answered once, and shall answer again. Operators share the suites.',
  fields: (t) => ({
    name: t.exposeString('name'),
    recordedAt: t.expose('recordedAt', { type: 'DateTime' }),
    service: t.expose('service', { type: ServiceVersion, description: 'The one that was recorded.' }),
    cases: t.exposeInt('cases'),
  }),
});

const GoldenRegression = builder.objectRef<Regression>('GoldenRegression').implement({
  fields: (t) => ({
    case: t.exposeString('case', { description: 'The pattern; `*` of what concerns the whole suite.' }),
    path: t.exposeString('path', { description: 'Where, as `replies[0]`.' }),
    expected: t.expose('expected', { type: 'JSON', nullable: true }),
    actual: t.expose('actual', { type: 'JSON', nullable: true }),
  }),
});

export const GoldenRunJob = builder.objectRef<JobModel>('GoldenRunJob').implement({
  description:
    'Replays a golden suite against a service and reports what differs. Times and ids do not count.',
  interfaces: [Job, Node],
  fields: (t) => ({
    suite: t.field({
      type: GoldenSuite,
      description: 'As it was when the run began.',
      resolve: resolve.suite,
    }),
    service: t.field({ type: ServiceVersion, resolve: resolve.service }),
    regressions: t.field({
      type: [GoldenRegression],
      description: 'At most 1,000; none before the run has COMPLETED.',
      resolve: resolve.regressions,
    }),
  }),
});

const GoldenPatternInput = builder.inputType('GoldenPatternInput', {
  description: 'A conversation to have with the service. Its past grows with each reply.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Once in a suite.' }),
    conversation: t.field({ type: ConversationKind, required: true, defaultValue: 'CHAT' }),
    messages: t.stringList({ required: true, description: 'At most 20; none of a WATCH.' }),
    model: t.string(),
    scenarioId: t.id({ description: 'Of a SCENARIO or a WATCH.' }),
  }),
});

const RecordGoldenInput = builder.inputType('RecordGoldenInput', {
  fields: (t) => ({
    name: t.string({ required: true, description: 'A suite of that name is replaced.' }),
    service: t.field({ type: ServiceVersion, required: true, defaultValue: 'LEGACY' }),
    patterns: t.field({
      type: [GoldenPatternInput],
      description: 'Absent: a greeting, several turns, another model, a scenario and a watch.',
    }),
  }),
});

const VerifyGoldenInput = builder.inputType('VerifyGoldenInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    service: t.field({ type: ServiceVersion, required: true, defaultValue: 'NEW' }),
    repeats: t.int({
      required: true,
      defaultValue: 1,
      description:
        '1: every reply must be the recorded one. 5 to 20 for services whose replies vary by themselves: what counts ' +
        'then is whether they differ by more than the recorded service does from itself.',
    }),
  }),
});

builder.queryFields((t) => ({
  goldenSuites: t.field({ type: [GoldenSuite], description: 'By name.', resolve: resolve.goldenSuites }),
  goldenSuiteFile: t.string({
    nullable: true,
    description: 'A suite as the text of a JSON file, to commit and review; null where it is not there.',
    args: { name: t.arg.string({ required: true }) },
    resolve: resolve.goldenSuiteFile,
  }),
  goldenTestFile: t.string({
    nullable: true,
    description:
      'A test of a suite’s file that needs nothing but Node, and a gateway to ask: `node --test`. Null where the suite ' +
      'is not there.',
    args: {
      name: t.arg.string({ required: true }),
      suiteFile: t.arg.string({
        required: true,
        description: 'As seen from the test: `./suite.golden.json`.',
      }),
    },
    resolve: resolve.goldenTestFile,
  }),
}));

builder.mutationFields((t) => ({
  recordGolden: t.field({
    type: GoldenSuite,
    description:
      'Has conversations with a service, of no session, and keeps what it answered. Takes 5 minutes at most.',
    errors: { types: [InvalidInputError, UpstreamError], union: { name: 'RecordGoldenResult' } },
    args: { input: t.arg({ type: RecordGoldenInput, required: true }) },
    resolve: resolve.recordGolden,
  }),
  importGolden: t.field({
    type: GoldenSuite,
    description: 'Keeps the suite of a file that goldenSuiteFile gave; one of that name is replaced.',
    errors: { types: [InvalidInputError], union: { name: 'ImportGoldenResult' } },
    args: { file: t.arg.string({ required: true, description: 'The text of the file.' }) },
    resolve: resolve.importGolden,
  }),
  verifyGolden: t.field({
    type: GoldenRunJob,
    description: 'Starts a run of a suite; follow it with jobProgress.',
    errors: {
      types: [InvalidInputError, NotFoundError, RateLimitedError],
      union: { name: 'VerifyGoldenResult' },
    },
    args: { input: t.arg({ type: VerifyGoldenInput, required: true }) },
    resolve: resolve.verifyGolden,
  }),
}));
