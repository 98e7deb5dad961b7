/**
 * Services: what the gateway does, in the product's words. Sessions, datasets, analyses, background tasks.
 * They know jobs and the store; they never hear of GraphQL.
 */
import type { Logger } from 'pino';
import type { CoordinatedKind, JobKind, Jobs } from '../jobs/index.ts';
import type { Store } from '../store/index.ts';
import { Analyses } from './analysis/analyses.ts';
import type { Analyst } from './analysis/analyst.ts';
import { builtinAnalyst } from './analysis/builtin/index.ts';
import { modelledAnalyst } from './analysis/modelled/index.ts';
import { analysisKind } from './analysis/pipeline.ts';
import {
  BackgroundResponses,
  BackgroundTasks,
  backgroundKind,
  Doorbell,
  Webhooks,
} from './background/index.ts';
import {
  type ChatService,
  LegacyCompletionsChat,
  LegacyHttpChat,
  type LegacyHttpSettings,
  NewChat,
  type ServiceRouter,
  type ServiceVersion,
} from './chat/index.ts';
import { ChatTurns, chatTurnKind, Watches, watchKind } from './conversations/index.ts';
import { Datasets } from './datasets.ts';
import { SessionExport } from './exporting.ts';
import { Housekeeping } from './housekeeping.ts';
import { ConversationMemory, connectLegacyStore, type LegacyStoreSettings } from './memory/index.ts';
import { createModels, type ModelSettings, RoutedModel } from './models/index.ts';
import { Retention } from './retention.ts';
import { Sandbox, type SandboxLimits } from './sandbox/index.ts';
import { Scenarios } from './scenarios/index.ts';
import { Sessions } from './sessions.ts';
import { Storage, type StorageSettings } from './storage.ts';
import {
  analysisWork,
  backgroundWork,
  Coordinator,
  chatWork,
  Graphs,
  ThreadReader,
  Workflows,
} from './workflows/index.ts';

export type { Analyst } from './analysis/analyst.ts';
export type { AnalysisInput, AnalysisResult } from './analysis/pipeline.ts';
export type { BackgroundInput } from './background/index.ts';
export type { ChatService, FeatureName, ServiceRouter, ServiceVersion } from './chat/index.ts';
export type { SendMessage, StartWatch, TurnInput, WatchInput } from './conversations/index.ts';
export type { Dataset, Upload } from './datasets.ts';
export type { ConversationKind, Message, Recent } from './memory/index.ts';
export type { ColumnProfile } from './sandbox/index.ts';
export { counterpartOf, type Scenario } from './scenarios/index.ts';
export type { Session } from './sessions.ts';
export type { Viewer } from './viewer.ts';
export {
  type DefineDependencies,
  type DependencyDefinition,
  type DependencyGraph,
  DependencyGraphError,
  GRAPH_LIMITS,
  type GraphProblem,
  type Resolution,
  type ThreadDefinition,
  type ThreadRun,
  type ThreadStatus,
  type WorkflowInput,
  type WorkflowSummary,
} from './workflows/index.ts';

/** What services stand on that is not theirs. */
export interface Outside<Router extends ServiceRouter = ServiceRouter> {
  store: Store;
  log: Logger;
  storage: StorageSettings;
  sessionTtlSeconds: number;
  maxUploadBytes: number;
  /** Programs and profiles that run at a time in this process. */
  sandboxes: number;
  sandboxLimits?: Partial<SandboxLimits>;
  /** Analyses that run at a time in this process. */
  analysesAtOnce: number;
  models: ModelSettings;
  /** Names of the provider's models. */
  modelNames: { analysis: string; reasoning: string; chat: string };
  /** Decides between the two chat services; made from them, once. */
  router: (services: Readonly<Record<ServiceVersion, ChatService>>) => Router;
  /** The chat service that is being replaced; absent: it is played in this process. */
  legacyChat?: LegacyHttpSettings | undefined;
  /** Where the legacy application keeps its sessions; absent: nothing is shared with it. */
  legacySessions?: LegacyStoreSettings | undefined;
  /** A folder of scenarios beside those that come with the gateway. */
  scenariosDir?: string | undefined;
  /** Signs the provider's webhooks; absent: they are not taken. */
  webhookSecret?: string | undefined;
  jobRetentionSeconds: number;
  /** Analysts beside `builtin` and the provider's. */
  analysts?: readonly Analyst[];
  now: () => Date;
}

/** What answers background tasks where there is no provider. */
const ECHO = 'echo';
/** Whom the echo plays where somebody switches models: it takes any name. */
const OTHER_MODEL = 'gemini-1.5-pro';

export type Services = ReturnType<ReturnType<typeof createServices>['over']>;

/**
 * Wires the services. The engine needs the kinds of jobs, and services need the engine: first the kinds, then,
 * `over` the engine's jobs, the services.
 */
export function createServices<Router extends ServiceRouter>(outside: Outside<Router>) {
  const { store, log, now } = outside;
  const { db } = store;
  const storage = new Storage(outside.storage);
  const sandbox = new Sandbox({
    concurrency: outside.sandboxes,
    ...(outside.sandboxLimits && { limits: outside.sandboxLimits }),
    log: (message, facts) => log.warn(facts, message),
  });
  const models = createModels({ settings: outside.models, db, exclusive: store.exclusive, log });
  const languageModel = models.languageModel();
  const { analysis, reasoning, chat } = outside.modelNames;

  const doorbell = new Doorbell(store);
  const background = models.background();
  const responses = new BackgroundResponses({ db, background, log });
  const { webhookSecret } = outside;
  const webhooks = webhookSecret
    ? new Webhooks({ db, read: (body, headers) => models.readWebhook(body, headers, webhookSecret) })
    : null;

  const scenarios = new Scenarios(outside.scenariosDir);
  const chatServices: Record<ServiceVersion, ChatService> = {
    LEGACY: outside.legacyChat
      ? new LegacyHttpChat(outside.legacyChat)
      : new LegacyCompletionsChat({ model: models.languageModel('chat') }),
    NEW: new NewChat({ model: languageModel }),
  };
  const router = outside.router(chatServices);
  const ways = { NEW: languageModel, LEGACY: models.languageModel('chat') };
  const provided = models.configured
    ? [modelledAnalyst(analysis, (sessionId) => new RoutedModel(router, ways, sessionId))]
    : [];
  const analysts: ReadonlyMap<string, Analyst> = new Map(
    [builtinAnalyst, ...provided, ...(outside.analysts ?? [])].map((analyst) => [analyst.model, analyst]),
  );
  const memory = new ConversationMemory({
    db,
    legacy: outside.legacySessions ? connectLegacyStore(outside.legacySessions, now) : null,
    ttlSeconds: outside.sessionTtlSeconds,
    now,
    log,
    chooses: (sessionId) => router.versionFor('SESSION', sessionId),
  });

  const defaults = {
    analysis: models.configured ? analysis : builtinAnalyst.model,
    reasoning: models.configured ? reasoning : ECHO,
    chat: models.configured ? chat : ECHO,
  };
  const works = {
    ANALYSIS: analysisWork(new Set(analysts.keys()), defaults.analysis),
    BACKGROUND_TASK: backgroundWork(defaults.reasoning),
    CHAT: chatWork(defaults.chat),
  };
  const graphs = new Graphs({
    ANALYSIS: works.ANALYSIS.check,
    BACKGROUND_TASK: works.BACKGROUND_TASK.check,
    CHAT: works.CHAT.check,
  });
  const coordinator = new Coordinator({ graphs, works });

  const kinds = [
    analysisKind({
      db,
      storage,
      sandbox,
      analysts,
      concurrency: outside.analysesAtOnce,
    }),
    backgroundKind({ model: languageModel, background, responses, doorbell, now }),
    chatTurnKind({ memory, router }),
    watchKind({ memory, router }),
    coordinator,
  ] as (JobKind<never> | CoordinatedKind)[];

  const over = (jobs: Jobs) => {
    const sessions = new Sessions({ db, jobs, ttlSeconds: outside.sessionTtlSeconds, memory, now, log });
    const datasets = new Datasets({
      db,
      sessions,
      storage,
      sandbox,
      maxBytes: outside.maxUploadBytes,
      now,
      log,
    });
    const analyses = new Analyses({
      db,
      jobs,
      sessions,
      datasets,
      analysts,
      defaultModel: defaults.analysis,
    });
    const backgroundTasks = new BackgroundTasks({
      db,
      jobs,
      sessions,
      defaultModel: defaults.reasoning,
    });
    const conversing = { db, jobs, sessions, scenarios, defaultModel: defaults.chat };
    const chatTurns = new ChatTurns(conversing);
    const watches = new Watches(conversing);
    const workflows = new Workflows({
      db,
      jobs,
      sessions,
      graphs,
      coordinator,
      reader: new ThreadReader({ db, graphs }),
      now,
    });
    const sessionExport = new SessionExport({ memory, datasets, workflows, jobs });
    const retention = new Retention({ jobs, seconds: outside.jobRetentionSeconds, now });
    const housekeeping = new Housekeeping({
      chores: {
        sessions: () => sessions.sweep(),
        files: () => datasets.sweep(),
        jobs: () => retention.sweep(),
        responses: () => responses.sweep(),
        'legacy sessions': () => memory.flushAll(),
        ...(webhooks && { webhooks: () => webhooks.sweep() }),
      },
      everyMs: Math.min(60_000, outside.sessionTtlSeconds * 500),
      log,
    });
    return {
      jobs,
      sessions,
      sessionExport,
      datasets,
      analyses,
      backgroundTasks,
      memory,
      chatTurns,
      watches,
      scenarios,
      workflows,
      models,
      webhooks,
      doorbell,
      housekeeping,
    };
  };

  /** For those who look at how the services answer: both of them, and what was said before. */
  const conversing = {
    services: chatServices,
    router,
    memory,
    scenarios,
    defaultModel: defaults.chat,
    otherModel: models.configured ? analysis : OTHER_MODEL,
  };
  return { kinds, over, conversing };
}
