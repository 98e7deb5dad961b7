import { InvalidInputError, NotFoundError, RateLimitedError } from '../errors.ts';
import { IdempotencyConflictError, type Job as JobModel, SessionBusyError } from '../jobs/index.ts';
import * as resolve from '../resolvers/analysis.ts';
import type { AnalysisResult as Result } from '../services/index.ts';
import { builder } from './builder.ts';
import { Dataset } from './dataset.ts';
import { BusyPolicy, Job } from './job.ts';
import { Node } from './node.ts';

const AnalysisPlan = builder.objectRef<Result['plan']>('AnalysisPlan').implement({
  fields: (t) => ({ summary: t.exposeString('summary'), steps: t.exposeStringList('steps') }),
});

const ResultTable = builder.objectRef<Result['execution']['tables'][number]>('ResultTable').implement({
  fields: (t) => ({
    title: t.exposeString('title'),
    columns: t.exposeStringList('columns'),
    rows: t.field({
      // The contract's [[JSON]!]!: a cell may be null.
      type: t.listRef(t.listRef('JSON', { nullable: true })),
      resolve: ({ rows }) => rows,
    }),
    truncated: t.exposeBoolean('truncated', { description: 'True where there were more rows.' }),
  }),
});

const Chart = builder.objectRef<Result['execution']['charts'][number]>('Chart').implement({
  fields: (t) => ({
    title: t.exposeString('title'),
    vegaLite: t.expose('vegaLite', { type: 'JSON', description: 'A complete specification with its data.' }),
    svg: t.exposeString('svg'),
  }),
});

const Execution = builder.objectRef<Result['execution']>('Execution').implement({
  description: 'What the generated code did, in the sandbox.',
  fields: (t) => ({
    output: t.exposeString('output', { description: 'What it printed.' }),
    tables: t.expose('tables', { type: [ResultTable] }),
    charts: t.expose('charts', { type: [Chart] }),
    durationMs: t.exposeInt('durationMs'),
    repairs: t.exposeInt('repairs', { description: 'How often the code failed and was written again.' }),
  }),
});

const Report = builder.objectRef<Result['report']>('Report').implement({
  fields: (t) => ({
    markdown: t.exposeString('markdown'),
    html: t.exposeString('html', {
      description: 'One document that needs nothing from outside and runs nothing.',
    }),
  }),
});

const AnalysisResult = builder.objectRef<Result>('AnalysisResult').implement({
  fields: (t) => ({
    plan: t.expose('plan', { type: AnalysisPlan }),
    code: t.exposeString('code', { description: 'JavaScript over sql(), table(), chart() and print().' }),
    execution: t.expose('execution', { type: Execution }),
    report: t.expose('report', { type: Report }),
  }),
});

export const AnalysisJob = builder.objectRef<JobModel>('AnalysisJob').implement({
  description:
    'A question about data: profile, plan, code, execution, report. The report streams as JobTextAppended events of ' +
    'the stream `report`.',
  interfaces: [Job, Node],
  fields: (t) => ({
    message: t.string({ resolve: resolve.message }),
    dataset: t.field({ type: Dataset, nullable: true, resolve: resolve.dataset }),
    model: t.string({ resolve: resolve.model }),
    result: t.field({
      type: AnalysisResult,
      nullable: true,
      description: 'Null before the job COMPLETED.',
      resolve: resolve.result,
    }),
  }),
});

const StartAnalysisInput = builder.inputType('StartAnalysisInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    message: t.string({ required: true, description: 'What to find out; at most 10,000 characters.' }),
    datasetId: t.id({ description: 'A dataset of the same session.' }),
    model: t.string({ description: '`builtin` is a deterministic analyst that needs no key.' }),
    onBusy: t.field({ type: BusyPolicy, required: true, defaultValue: 'REJECT' }),
    idempotencyKey: t.string({
      description: 'The same key with the same input gives the same job, however often it is sent.',
    }),
  }),
});

builder.mutationField('startAnalysis', (t) =>
  t.field({
    type: AnalysisJob,
    description: 'Accepts an analysis and answers at once; follow it with jobProgress.',
    errors: {
      types: [SessionBusyError, InvalidInputError, NotFoundError, IdempotencyConflictError, RateLimitedError],
      union: { name: 'StartAnalysisResult' },
    },
    args: { input: t.arg({ type: StartAnalysisInput, required: true }) },
    resolve: resolve.startAnalysis,
  }),
);
