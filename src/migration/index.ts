/**
 * Migration: moving traffic from the legacy services to the new ones. Flags say who gets which, the router sends them
 * there, and shadow tests, golden suites and reports say how the new ones do; rollouts and rollbacks act on it.
 * It knows services, jobs and the store; it never hears of GraphQL.
 */
import type { Logger } from 'pino';
import type { Jobs } from '../jobs/index.ts';
import { Housekeeping } from '../services/housekeeping.ts';
import type { ChatService, FeatureName, Services, ServiceVersion } from '../services/index.ts';
import type { ConversationMemory } from '../services/memory/index.ts';
import type { Scenarios } from '../services/scenarios/index.ts';
import type { Store } from '../store/index.ts';
import { Flags, type FlagsNeeds } from './flags/index.ts';
import { Golden, goldenRunKind } from './golden/index.ts';
import { MemorySampler, Reports } from './measuring/index.ts';
import { figuresOf, Metrics } from './metrics/index.ts';
import { Rollouts, rolloutKind } from './rollout/index.ts';
import { type BreakerSettings, type ServiceCall, ServiceCalls, TrafficRouter } from './routing/index.ts';
import { Shadow, type ShadowFeature, sampledShare } from './shadow/index.ts';
import { MigrationTasks } from './tasks/index.ts';

export type {
  Feature,
  FeatureChange,
  FlagSource,
  RollbackReport,
  UnleashSettings,
} from './flags/index.ts';
export {
  type GoldenRegression,
  type GoldenSuiteSummary,
  goldenTestFile,
  type RecordGolden,
  toFile,
  type VerifyGolden,
} from './golden/index.ts';
export { metricsRoute, watchRequests } from './metrics/index.ts';
export { reportMarkdown, reportText } from './report/index.ts';
export type { RolloutInput } from './rollout/index.ts';
export type { Routing } from './routing/index.ts';
export type { ShadowComparison, ShadowFeature, ShadowFilter, ShadowResult } from './shadow/index.ts';
export { SHADOW_FEATURES } from './shadow/types.ts';
export type { MigrationStatus, MigrationTask, NewTask, TaskChange } from './tasks/index.ts';
export type {
  ComparisonReport,
  Evidence,
  Language,
  LatencyComparison,
  LatencySummary,
  MemoryComparison,
  RateComparison,
  Recommendation,
  RecommendationIssue,
  RolloutAction,
} from './verdicts/index.ts';

const SWEEP_EVERY_MS = 10 * 60_000;
/** A service that has not answered a golden suite's message whole by then has failed. */
const REPLY_MS = 60_000;

/** What it stands on that is not its own. */
export interface MigrationOutside extends Omit<FlagsNeeds, 'store'> {
  store: Store;
  /** A call of the new service that takes longer is warned of. */
  slowMs: number;
  breaker: Partial<BreakerSettings>;
  /** Between two looks of a rollout. */
  lookMs: number;
  /** Shares of sessions whose live traffic both services get, 0 to 100. */
  shadowShares: Readonly<Partial<Record<ShadowFeature, number>>>;
  /** Where the legacy service tells its memory; absent: the two services' memory cannot be told apart. */
  legacyMetricsUrl: string | undefined;
  now: () => Date;
  log: Logger;
}

/** Both services, and what was said before. */
interface Conversing {
  services: Readonly<Record<ServiceVersion, ChatService>>;
  router: TrafficRouter;
  memory: ConversationMemory;
  scenarios: Scenarios;
  defaultModel: string;
  /** That golden suites switch to. */
  otherModel: string;
}

export type Migration = ReturnType<ReturnType<typeof createMigration>['over']>;

/** The flags alone, for those who roll back where no gateway runs. */
export const createFlags = (needs: FlagsNeeds): Flags => new Flags(needs);

/**
 * Wires the migration. The services need the router, which needs the services: first `route`, handed to them, then
 * `kinds`, and at last, `over` the engine's jobs, all the rest.
 */
export function createMigration(outside: MigrationOutside) {
  const { store, log, now } = outside;
  const { db } = store;
  const flags = createFlags(outside);
  const calls = new ServiceCalls({ db, now, log });
  const metrics = new Metrics(log);
  const reports = new Reports({ db, calls, now });

  const route = (services: Readonly<Record<ServiceVersion, ChatService>>) =>
    new TrafficRouter({
      flags,
      services,
      calls: {
        record(call: ServiceCall) {
          metrics.call(call);
          calls.record(call);
        },
      },
      breaker: outside.breaker,
      slowMs: outside.slowMs,
      now,
      log,
    });

  const kinds = ({ services, scenarios, defaultModel }: Conversing) => [
    rolloutKind({ flags, reports, lookMs: outside.lookMs, now }),
    goldenRunKind({ db, services, scenarios, defaultModel, callMs: REPLY_MS, log }),
  ];

  const over = (
    jobs: Jobs,
    { sessions, models }: Pick<Services, 'sessions' | 'models'>,
    { services, router, memory, scenarios, defaultModel, otherModel }: Conversing,
  ) => {
    const golden = new Golden({ db, jobs, services, scenarios, defaultModel, otherModel, now, log });
    const shadow = new Shadow({
      store,
      services,
      sessions,
      scenarios,
      history: (...asked) => memory.recent(...asked),
      defaultModel,
      // Where nothing is sampled, the router need not keep what replies say.
      live: Object.values(outside.shadowShares).some((share) => share > 0)
        ? { router, isSampled: sampledShare(outside.shadowShares) }
        : null,
      now,
      log,
    });
    const rollouts = new Rollouts({ db, jobs, feature: (name: FeatureName) => flags.feature(name) });
    const tasks = new MigrationTasks({ db, now });
    const memorySampler = outside.legacyMetricsUrl
      ? new MemorySampler({ db, legacyUrl: outside.legacyMetricsUrl, now, log })
      : null;
    const housekeeping = new Housekeeping({
      chores: {
        'routed calls': () => calls.sweep(),
        'shadow comparisons': () => shadow.sweep(),
        ...(memorySampler && { 'memory samples': () => memorySampler.sweep() }),
      },
      everyMs: SWEEP_EVERY_MS,
      log,
    });
    metrics.watch(figuresOf({ db, jobs, models, flags, router, calls, rollouts, shadow, now }));

    return {
      flags,
      router,
      calls,
      shadow,
      reports,
      golden,
      rollouts,
      tasks,
      metrics,
      /** Before any job runs: what is not known yet goes to the legacy services. */
      async start() {
        await flags.start();
        await shadow.start();
        calls.start();
        memorySampler?.start();
        housekeeping.start();
      },
      /** Behind the last job, and before the store. */
      async stop() {
        await housekeeping.stop();
        await memorySampler?.stop();
        await shadow.stop();
        await calls.stop();
        await flags.stop();
      },
    };
  };

  return { route, kinds, over };
}
