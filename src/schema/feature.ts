import { InvalidInputError, UpstreamError } from '../errors.ts';
import type {
  FeatureChange as FeatureChangeModel,
  Feature as FeatureModel,
  RollbackReport as RollbackReportModel,
  Routing as RoutingModel,
} from '../migration/index.ts';
import * as resolve from '../resolvers/feature.ts';
import { builder } from './builder.ts';
import { ServiceVersion } from './session.ts';

export const FeatureName = builder.enumType('FeatureName', {
  description: 'What is moved from a legacy service to its successor.',
  values: {
    UTILS: { description: 'Phase 1: checks and formats.' },
    LLM: { description: 'Phase 2: the clients of language models.' },
    SESSION: { description: 'Phase 3: where conversations are kept.' },
    CHAT: { description: 'Phase 4: conversations.' },
    SCENARIO: { description: 'Phase 5: conversations with a persona.' },
    WATCH: { description: 'Phase 6: two personas talking.' },
  } as const,
});

const FlagSource = builder.enumType('FlagSource', {
  description: 'Who decides on a feature now.',
  values: {
    UNLEASH: { description: 'The flag server.' },
    LOCAL: { description: 'Our own table: without a flag server, or because of a rollback.' },
    ENVIRONMENT: { description: '`USE_NEW_…` decides, where this was asked.' },
  } as const,
});

const FeatureChange = builder.objectRef<FeatureChangeModel>('FeatureChange').implement({
  description: 'Who changed a feature through this gateway, and why.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    by: t.exposeString('by', { description: 'The owner whose token it was, or `local`.' }),
    reason: t.exposeString('reason'),
    enabled: t.exposeBoolean('enabled'),
    rolloutPercentage: t.exposeInt('rolloutPercentage'),
  }),
});

export const Feature = builder.objectRef<FeatureModel>('Feature').implement({
  description: 'A feature as the process that answers sees it.',
  fields: (t) => ({
    name: t.expose('name', { type: FeatureName }),
    enabled: t.exposeBoolean('enabled', { description: 'False as well where a rollback holds it off.' }),
    rolloutPercentage: t.exposeInt('rolloutPercentage', {
      description:
        '0 to 100: the share of sessions that get the new service. A session keeps its side while it rises.',
    }),
    source: t.expose('source', { type: FlagSource }),
    lastChange: t.expose('lastChange', {
      type: FeatureChange,
      nullable: true,
      description: 'Null where nobody has changed it through this gateway.',
    }),
  }),
});

const Routing = builder.objectRef<RoutingModel>('Routing').implement({
  description: 'Which service a session gets, and why.',
  fields: (t) => ({
    feature: t.expose('feature', { type: FeatureName }),
    version: t.expose('version', { type: ServiceVersion }),
    reason: t.exposeString('reason', { description: 'In words.' }),
  }),
});

const RollbackReport = builder.objectRef<RollbackReportModel>('RollbackReport').implement({
  fields: (t) => ({
    features: t.expose('features', { type: [Feature], description: 'As they are behind it.' }),
    at: t.expose('at', { type: 'DateTime' }),
    reason: t.exposeString('reason'),
    healthy: t.exposeBoolean('healthy', {
      description: 'What the health check said behind it; false as well where it took longer than 5 s.',
    }),
  }),
});

const SetFeatureInput = builder.inputType('SetFeatureInput', {
  fields: (t) => ({
    feature: t.field({ type: FeatureName, required: true }),
    enabled: t.boolean({ description: 'Absent: as it is. True lifts a rollback.' }),
    rolloutPercentage: t.int({ description: '0 to 100. Absent: as it is.' }),
    reason: t.string({ required: true, description: 'Kept with the change; 1,000 characters at most.' }),
  }),
});

const RollbackInput = builder.inputType('RollbackInput', {
  fields: (t) => ({
    feature: t.field({ type: FeatureName, description: 'Absent: all features.' }),
    reason: t.string({ required: true, description: 'Kept, and told to ALERT_WEBHOOK_URL.' }),
  }),
});

builder.queryFields((t) => ({
  features: t.field({
    type: [Feature],
    description:
      'All six, in the order of the migration. Every caller sees the same: features are the operators’.',
    resolve: resolve.features,
  }),
  featureHistory: t.field({
    type: [FeatureChange],
    description: 'What was changed through this gateway, newest first; at most 100.',
    args: {
      feature: t.arg({ type: FeatureName, required: true }),
      first: t.arg.int({ required: true, defaultValue: 20 }),
    },
    resolve: resolve.featureHistory,
  }),
  routing: t.field({
    type: Routing,
    description: 'Which service a session would get now, and why. The session need not exist.',
    args: {
      feature: t.arg({ type: FeatureName, required: true }),
      sessionId: t.arg.id({ required: true }),
    },
    resolve: resolve.routing,
  }),
}));

builder.mutationFields((t) => ({
  setFeature: t.field({
    type: Feature,
    description:
      'Switches a feature or changes its share. Where there is a flag server it is told first; other processes hear of ' +
      'it at once from our own table, and from a flag server within 5 s.',
    errors: { types: [InvalidInputError, UpstreamError], union: { name: 'SetFeatureResult' } },
    args: { input: t.arg({ type: SetFeatureInput, required: true }) },
    resolve: resolve.setFeature,
  }),
  rollback: t.field({
    type: RollbackReport,
    description:
      'Back to the legacy services: at once in this process, within 2 s in every other, whatever a flag server says, ' +
      'until the feature is set on again. UpstreamError: it holds, but only in the process that answered.',
    errors: { types: [InvalidInputError, UpstreamError], union: { name: 'RollbackResult' } },
    args: { input: t.arg({ type: RollbackInput, required: true }) },
    resolve: resolve.rollback,
  }),
}));

builder.subscriptionField('featureChanges', (t) =>
  t.field({
    type: Feature,
    description: 'Each feature as it changes, in whatever process or on the flag server, newest state only.',
    subscribe: resolve.featureChanges,
    resolve: (feature) => feature,
  }),
);
