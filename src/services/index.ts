/**
 * Services: what the gateway does, in the product's words. Sessions, datasets, analyses, background tasks.
 * They know jobs and the store; they never hear of GraphQL.
 */
import type { Logger } from 'pino';
import type { JobKind, Jobs } from '../jobs/index.ts';
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
import { Datasets } from './datasets.ts';
import { SessionExport } from './exporting.ts';
import { Housekeeping } from './housekeeping.ts';
import { createModels, type ModelSettings } from './models/index.ts';
import { Retention } from './retention.ts';
import { Sandbox, type SandboxLimits } from './sandbox/index.ts';
import { Sessions } from './sessions.ts';
import { Storage, type StorageSettings } from './storage.ts';

export type { Analyst } from './analysis/analyst.ts';
export type { AnalysisInput, AnalysisResult } from './analysis/pipeline.ts';
export type { BackgroundInput } from './background/index.ts';
export type { Dataset, Upload } from './datasets.ts';
export type { ColumnProfile } from './sandbox/index.ts';
export type { Conversation, Message, Session } from './sessions.ts';
export type { Viewer } from './viewer.ts';

/** What services stand on that is not theirs. */
export interface Outside {
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
  modelNames: { analysis: string; reasoning: string };
  /** Signs the provider's webhooks; absent: they are not taken. */
  webhookSecret?: string | undefined;
  jobRetentionSeconds: number;
  /** Analysts beside `builtin` and the provider's. */
  analysts?: readonly Analyst[];
  now: () => Date;
}

/** What answers background tasks where there is no provider. */
const ECHO = 'echo';

export type Services = ReturnType<ReturnType<typeof createServices>['over']>;

/**
 * Wires the services. The engine needs the kinds of jobs, and services need the engine: first the kinds, then,
 * `over` the engine's jobs, the services.
 */
export function createServices(outside: Outside) {
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
  const { analysis, reasoning } = outside.modelNames;
  const provided = models.configured ? [modelledAnalyst(analysis, languageModel)] : [];
  const analysts: ReadonlyMap<string, Analyst> = new Map(
    [builtinAnalyst, ...provided, ...(outside.analysts ?? [])].map((analyst) => [analyst.model, analyst]),
  );

  const doorbell = new Doorbell(store);
  const background = models.background();
  const responses = new BackgroundResponses({ db, background, log });
  const { webhookSecret } = outside;
  const webhooks = webhookSecret
    ? new Webhooks({ db, read: (body, headers) => models.readWebhook(body, headers, webhookSecret) })
    : null;

  const kinds = [
    analysisKind({ db, storage, sandbox, analysts, concurrency: outside.analysesAtOnce }),
    backgroundKind({ model: languageModel, background, responses, doorbell, now }),
  ] as JobKind<never>[];

  const over = (jobs: Jobs) => {
    const sessions = new Sessions({ db, jobs, ttlSeconds: outside.sessionTtlSeconds, now, log });
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
      defaultModel: models.configured ? analysis : builtinAnalyst.model,
    });
    const backgroundTasks = new BackgroundTasks({
      db,
      jobs,
      sessions,
      defaultModel: models.configured ? reasoning : ECHO,
    });
    const sessionExport = new SessionExport({ sessions, datasets, jobs });
    const retention = new Retention({ jobs, seconds: outside.jobRetentionSeconds, now });
    const housekeeping = new Housekeeping({
      chores: {
        sessions: () => sessions.sweep(),
        files: () => datasets.sweep(),
        jobs: () => retention.sweep(),
        responses: () => responses.sweep(),
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
      models,
      webhooks,
      doorbell,
      housekeeping,
    };
  };

  return { kinds, over };
}
