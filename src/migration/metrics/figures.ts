import type { Jobs } from '../../jobs/index.ts';
import type { Models } from '../../services/models/index.ts';
import type { Db } from '../../store/index.ts';
import type { Flags } from '../flags/index.ts';
import type { Rollouts } from '../rollout/index.ts';
import type { BreakerState, ServiceCalls, TrafficRouter } from '../routing/index.ts';
import type { Shadow } from '../shadow/index.ts';
import type { Figure, Sample } from './metrics.ts';
import { activeSessions, loggedEvents } from './store-figures.ts';

/** What the figures are read from. */
export interface Watched {
  db: Db;
  jobs: Pick<Jobs, 'load' | 'subscribers'>;
  models: Pick<Models, 'counts' | 'waiting'>;
  flags: Pick<Flags, 'list'>;
  router: Pick<TrafficRouter, 'breakers' | 'counts'>;
  calls: Pick<ServiceCalls, 'waiting' | 'lost' | 'stored'>;
  rollouts: Pick<Rollouts, 'underWay'>;
  shadow: Pick<Shadow, 'counts'>;
  now: () => Date;
}

const BREAKER_STATES: readonly BreakerState[] = ['CLOSED', 'OPEN', 'HALF_OPEN'];

/** Labels have few values each: kinds of jobs, features, at most 101 models. */
export function figuresOf(watched: Watched): Figure[] {
  return [
    ...appFigures(watched),
    ...jobFigures(watched),
    ...modelFigures(watched),
    ...trafficFigures(watched),
    ...shadowFigures(watched),
  ];
}

const appFigures = ({ db, now }: Watched): Figure[] => [
  gauge('app_active_sessions', 'Sessions that have not expired.', [], async () => [
    { value: await activeSessions(db, now()) },
  ]),
  gauge('app_memory_usage_bytes', 'Resident memory of this process.', [], () => [
    { value: process.memoryUsage.rss() },
  ]),
];

const jobFigures = ({ db, jobs }: Watched): Figure[] => [
  gauge('signalbox_jobs', 'Jobs by kind: waiting, active or failed.', ['kind', 'state'], async () =>
    (await jobs.load()).flatMap(({ kind, waiting, active, failed }) => [
      { labels: { kind, state: 'waiting' }, value: waiting },
      { labels: { kind, state: 'active' }, value: active },
      { labels: { kind, state: 'failed' }, value: failed },
    ]),
  ),
  gauge('signalbox_subscribers', 'Followers of jobs in this process.', [], () => [
    { value: jobs.subscribers },
  ]),
  gauge('signalbox_job_events', 'Events in the logs of all jobs that are kept.', [], async () => [
    { value: await loggedEvents(db) },
  ]),
];

function modelFigures({ models }: Watched): Figure[] {
  const each = (key: 'calls' | 'retries' | 'errors') => () =>
    [...models.counts()].map(([model, counts]): Sample => ({ labels: { model }, value: counts[key] }));
  return [
    total(
      'signalbox_model_calls_total',
      'Calls to models, however often each was tried.',
      ['model'],
      each('calls'),
    ),
    total('signalbox_model_retries_total', 'Tries behind the first.', ['model'], each('retries')),
    total('signalbox_model_errors_total', 'Calls to models that failed.', ['model'], each('errors')),
    total('signalbox_model_tokens_total', 'Tokens, in and out.', ['model', 'direction'], () =>
      [...models.counts()].flatMap(([model, { inputTokens, outputTokens }]): Sample[] => [
        { labels: { model, direction: 'in' }, value: inputTokens },
        { labels: { model, direction: 'out' }, value: outputTokens },
      ]),
    ),
    gauge('signalbox_model_calls_waiting', 'Calls that wait for their turn.', [], () => [
      { value: models.waiting() },
    ]),
  ];
}

function trafficFigures({ flags, router, calls, rollouts }: Watched): Figure[] {
  const versions = ['feature', 'service_version'];
  const each = (key: 'calls' | 'errors' | 'fallbacks' | 'cancelled' | 'slow') => () =>
    router.counts().map(
      ({ feature, version, [key]: value }): Sample => ({
        labels: { feature, service_version: version.toLowerCase() },
        value,
      }),
    );
  return [
    total(
      'signalbox_service_calls_total',
      'Calls by the service of the session’s flag.',
      versions,
      each('calls'),
    ),
    total(
      'signalbox_service_errors_total',
      'Those that failed; fallbacks among them.',
      versions,
      each('errors'),
    ),
    total(
      'signalbox_service_fallbacks_total',
      'Those the legacy service stood in for.',
      versions,
      each('fallbacks'),
    ),
    total('signalbox_service_cancelled_total', 'Those their callers left.', versions, each('cancelled')),
    total('signalbox_service_slow_total', 'Those slower than SLOW_CALL_SECONDS.', versions, each('slow')),
    gauge('signalbox_breaker_state', '1 for the state that the breaker is in.', ['feature', 'state'], () =>
      router.breakers().flatMap(({ feature, state: now }) =>
        BREAKER_STATES.map(
          (state): Sample => ({
            labels: { feature, state: state.toLowerCase() },
            value: state === now ? 1 : 0,
          }),
        ),
      ),
    ),
    gauge('signalbox_feature_enabled', '1 where the feature is on.', ['feature'], () =>
      flags.list().map(({ name: feature, enabled }) => ({ labels: { feature }, value: enabled ? 1 : 0 })),
    ),
    gauge(
      'signalbox_feature_rollout_percentage',
      'Share of sessions that get the new service.',
      ['feature'],
      () =>
        flags.list().map(({ name: feature, rolloutPercentage: value }) => ({ labels: { feature }, value })),
    ),
    gauge('signalbox_rollouts', 'Rollouts under way.', ['feature'], async () =>
      [...(await rollouts.underWay())].map(([feature, value]) => ({ labels: { feature }, value })),
    ),
    total('signalbox_recorder_calls_total', 'Routed calls kept for the verdicts.', [], () => [
      { value: calls.stored },
    ]),
    total('signalbox_recorder_lost_total', 'Routed calls lost to the verdicts.', [], () => [
      { value: calls.lost },
    ]),
    gauge('signalbox_recorder_waiting', 'Routed calls that wait for the database.', [], () => [
      { value: calls.waiting },
    ]),
  ];
}

function shadowFigures({ shadow }: Watched): Figure[] {
  const outcomes = ['compared', 'queueFull', 'overBudget', 'fellBack', 'gone', 'failed', 'stopped'] as const;
  return [
    total('signalbox_shadow_replies_total', 'Sampled replies by what became of them.', ['outcome'], () => {
      const counts = shadow.counts();
      return counts ? outcomes.map((outcome) => ({ labels: { outcome }, value: counts[outcome] })) : [];
    }),
    total('signalbox_shadow_differing_total', 'Compared replies that differ.', [], () => [
      { value: shadow.counts()?.differing ?? 0 },
    ]),
  ];
}

type Read = Figure['read'];

const gauge = (name: string, help: string, labels: string[], read: Read): Figure => ({
  name,
  help,
  kind: 'gauge',
  labels,
  read,
});

const total = (name: string, help: string, labels: string[], read: Read): Figure => ({
  name,
  help,
  kind: 'total',
  labels,
  read,
});
