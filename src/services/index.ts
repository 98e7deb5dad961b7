/**
 * Services: what the gateway does, in the product's words. Sessions, datasets, analyses.
 * They know jobs and the store; they never hear of GraphQL.
 */
import type { Logger } from 'pino';
import type { JobKind, Jobs } from '../jobs/index.ts';
import type { Store } from '../store/index.ts';
import { Analyses } from './analysis/analyses.ts';
import type { Analyst } from './analysis/analyst.ts';
import { builtinAnalyst } from './analysis/builtin/index.ts';
import { analysisKind } from './analysis/pipeline.ts';
import { Datasets } from './datasets.ts';
import { SessionExport } from './exporting.ts';
import { Housekeeping } from './housekeeping.ts';
import { Sandbox, type SandboxLimits } from './sandbox/index.ts';
import { Sessions } from './sessions.ts';
import { Storage, type StorageSettings } from './storage.ts';

export type { Analyst } from './analysis/analyst.ts';
export type { AnalysisInput, AnalysisResult } from './analysis/pipeline.ts';
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
  /** Analysts beside `builtin`. */
  analysts?: readonly Analyst[];
  now: () => Date;
}

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
  const analysts: ReadonlyMap<string, Analyst> = new Map(
    [builtinAnalyst, ...(outside.analysts ?? [])].map((analyst) => [analyst.model, analyst]),
  );

  const kinds: JobKind<never>[] = [
    analysisKind({ db, storage, sandbox, analysts, concurrency: outside.analysesAtOnce }) as JobKind<never>,
  ];

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
      defaultModel: builtinAnalyst.model,
    });
    const sessionExport = new SessionExport({ sessions, datasets, jobs });
    const housekeeping = new Housekeeping({
      chores: { sessions: () => sessions.sweep(), files: () => datasets.sweep() },
      everyMs: Math.min(60_000, outside.sessionTtlSeconds * 500),
      log,
    });
    return { jobs, sessions, sessionExport, datasets, analyses, housekeeping };
  };

  return { kinds, over };
}
