import type {
  RecommendationIssue as Issue,
  LatencyComparison as Latency,
  MemoryComparison as Memory,
  RateComparison as Rate,
  Recommendation as RecommendationModel,
  ComparisonReport as Report,
  LatencySummary as Summary,
} from '../migration/index.ts';
import * as resolve from '../resolvers/comparison-report.ts';
import { builder } from './builder.ts';
import { FeatureName } from './feature.ts';

const Readiness = builder.enumType('Readiness', { values: ['READY', 'NOT_READY'] as const });

const RolloutAction = builder.enumType('RolloutAction', {
  description: 'What to do with the traffic.',
  values: {
    PROMOTE: { description: 'Nothing speaks against more traffic, and a worse response time is ruled out.' },
    HOLD: { description: 'Leave it as it is: nothing is sure yet.' },
    ROLLBACK: { description: 'Worse, and chance is ruled out.' },
  } as const,
});

const Evidence = builder.enumType('Evidence', {
  description: 'How sure an issue is.',
  values: {
    CONFIRMED: { description: 'Chance is ruled out, at 5 % over all rules and all looks.' },
    UNCONFIRMED: { description: 'Chance can explain it.' },
    CLEARED: { description: 'Being worse than allowed is ruled out.' },
    INSUFFICIENT_DATA: { description: 'Fewer than 300 calls or 50 sessions of one of the services.' },
  } as const,
});

const ReportLanguage = builder.enumType('ReportLanguage', {
  values: { EN: { value: 'en' }, JA: { value: 'ja' } } as const,
});

const LatencySummary = builder.objectRef<Summary>('LatencySummary').implement({
  fields: (t) => ({
    requests: t.exposeInt('requests', { description: 'Calls that ended by themselves.' }),
    sessions: t.exposeInt('sessions'),
    p50Ms: t.exposeFloat('p50Ms', { nullable: true }),
    p95Ms: t.exposeFloat('p95Ms', {
      nullable: true,
      description: 'As Python’s `quantiles(n=20)[18]` has it.',
    }),
    p99Ms: t.exposeFloat('p99Ms', { nullable: true }),
  }),
});

const LatencyComparison = builder.objectRef<Latency>('LatencyComparison').implement({
  fields: (t) => ({
    legacy: t.expose('legacy', { type: LatencySummary }),
    candidate: t.expose('candidate', { type: LatencySummary }),
    improvementP50: t.exposeFloat('improvementP50', {
      nullable: true,
      description: 'Percent; positive is better.',
    }),
    improvementP95: t.exposeFloat('improvementP95', { nullable: true }),
  }),
});

const RateComparison = builder.objectRef<Rate>('RateComparison').implement({
  description:
    'Errors per call, 0 to 1. A call that the legacy service stood in for is an error of the new one.',
  fields: (t) => ({
    legacy: t.exposeFloat('legacy', { nullable: true }),
    candidate: t.exposeFloat('candidate', { nullable: true }),
    improvement: t.exposeFloat('improvement', {
      nullable: true,
      description: 'Percent; positive is better.',
    }),
  }),
});

const MemoryComparison = builder.objectRef<Memory>('MemoryComparison').implement({
  description: 'Medians; null where the services’ memory cannot be told apart (LEGACY_METRICS_URL).',
  fields: (t) => ({
    legacyBytes: t.exposeFloat('legacyBytes', { nullable: true }),
    candidateBytes: t.exposeFloat('candidateBytes', { nullable: true }),
    improvement: t.exposeFloat('improvement', {
      nullable: true,
      description: 'Percent; positive is better.',
    }),
  }),
});

const RecommendationIssue = builder.objectRef<Issue>('RecommendationIssue').implement({
  fields: (t) => ({
    rule: t.exposeString('rule', {
      description: 'Stable, for machines: RESPONSE_TIME, ERROR_RATE, MEMORY_USAGE, …',
    }),
    message: t.exposeString('message'),
    evidence: t.expose('evidence', { type: Evidence }),
  }),
});

const Recommendation = builder.objectRef<RecommendationModel>('Recommendation').implement({
  description:
    '`status` is what the point estimates say: p95 above 1.1 times, more errors, memory above 1.2 times. `action` is ' +
    'what the evidence allows; on two equal services the point estimates alone are wrong in 20 to 48 % of cases.',
  fields: (t) => ({
    status: t.expose('status', { type: Readiness }),
    action: t.expose('action', { type: RolloutAction }),
    message: t.exposeString('message'),
    issues: t.expose('issues', { type: [RecommendationIssue] }),
    reasons: t.exposeStringList('reasons', { description: 'Why this action, one sentence each.' }),
  }),
});

const ComparisonReport = builder.objectRef<Report>('ComparisonReport').implement({
  description: 'A feature’s two services, compared on what their users had of them.',
  fields: (t) => ({
    feature: t.expose('feature', { type: FeatureName }),
    since: t.expose('since', {
      type: 'DateTime',
      description:
        'Later than asked for where the period has more than 200,000 calls: then the newest count.',
    }),
    until: t.expose('until', { type: 'DateTime' }),
    responseTime: t.expose('responseTime', { type: LatencyComparison }),
    firstText: t.expose('firstText', {
      type: LatencyComparison,
      description: 'Time to the first text, where the services stream.',
    }),
    errorRate: t.expose('errorRate', { type: RateComparison }),
    memoryUsage: t.expose('memoryUsage', { type: MemoryComparison }),
    recommendation: t.expose('recommendation', { type: Recommendation }),
    details: t.field({
      type: 'JSON',
      description:
        'The whole with its evidence: e-values, thresholds, what is missing, the split, the distributions.',
      resolve: resolve.details,
    }),
    markdown: t.string({
      description: 'To read, with the two distributions as a drawing.',
      resolve: resolve.markdown,
    }),
    text: t.string({ description: 'The same for a terminal, 100 columns wide.', resolve: resolve.text }),
  }),
});

builder.queryField('comparisonReport', (t) =>
  t.field({
    type: ComparisonReport,
    description: 'How a feature’s new service does beside the legacy one, and what to do about it.',
    args: {
      feature: t.arg({ type: FeatureName, required: true }),
      since: t.arg({ type: 'DateTime', description: 'Absent: a day before `until`.' }),
      until: t.arg({ type: 'DateTime', description: 'Absent: now.' }),
      language: t.arg({ type: ReportLanguage, required: true, defaultValue: 'en' }),
    },
    resolve: resolve.comparisonReport,
  }),
);
