/**
 * Models: language models behind any provider that speaks OpenAI's API, or an echo where none is configured.
 * They know HTTP, limits and patience; of the store only the table in which processes share the limits.
 */
import type { Logger } from 'pino';
import type { Db } from '../../store/index.ts';
import type { ApiName } from './api.ts';
import { noBackground, ProviderBackground } from './background.ts';
import { type CacheInfo, Clients, fingerprint } from './clients.ts';
import { type Clock, monotonicClock } from './clock.ts';
import type { Connection } from './connection.ts';
import { Counts, type ModelCounts } from './counts.ts';
import { EchoModel } from './echo.ts';
import { MemoryLedger } from './ledger.ts';
import { Limiter } from './limiter.ts';
import type { Limits } from './limits.ts';
import type { BackgroundModel, LanguageModel } from './model.ts';
import type { ConnectionSettings, Webhook } from './openai.ts';
import { ProviderModel } from './provider.ts';
import type { Patience } from './retrying.ts';
import { SharedLedger } from './shared-ledger.ts';

export type { CacheInfo } from './clients.ts';
export type { ModelCounts } from './counts.ts';
export * from './errors.ts';
export { asJobFailure } from './job-failure.ts';
export type * from './model.ts';
export type { Webhook } from './openai.ts';
export { type ModelRouter, RoutedModel } from './routed.ts';

export interface ModelSettings extends Limits, Patience {
  /** Without it and without `baseUrl` there is no provider. */
  apiKey?: string | undefined;
  baseUrl?: string | undefined;
  api: ApiName | 'auto';
  /** Calls that may wait at a time in one process. */
  longestQueue: number;
}

interface Needs {
  settings: ModelSettings;
  db: Db;
  /** No other process has this database: the limits are this process' own. */
  exclusive: boolean;
  log: Logger;
  clock?: Clock;
  random?: () => number;
}

export interface Models {
  /** False: an echo answers, and nothing runs in the background. */
  readonly configured: boolean;
  /** @param api Another way of asking than the configured one. */
  languageModel(api?: ApiName): LanguageModel;
  background(): BackgroundModel;
  /** @throws {InvalidWebhookError} */
  readWebhook(body: string, headers: Headers, secret: string): Promise<Webhook>;
  /** Of the provider's clients. */
  cacheInfo(): CacheInfo;
  clearCache(): void;
  /** By the model's name, since the process began. */
  counts(): ReadonlyMap<string, ModelCounts>;
  /** Calls that wait for their turn. */
  waiting(): number;
}

/** Local servers want no key, and the client wants one. */
const NO_KEY = 'no-key-configured';
const OPENAI = 'https://api.openai.com/v1';

export function createModels(needs: Needs): Models {
  const { settings, db, exclusive, log, clock = monotonicClock, random = Math.random } = needs;
  const { apiKey, baseUrl = OPENAI } = settings;
  const configured = Boolean(apiKey || settings.baseUrl);

  // The client's package is loaded by the first call.
  const clients = new Clients<ConnectionSettings, Connection>(async (connection) => {
    const { OpenAiConnection } = await import('./openai.ts');
    return new OpenAiConnection(connection);
  });
  const counts = new Counts();
  const ledger = exclusive
    ? new MemoryLedger(settings, () => clock.now())
    : new SharedLedger({
        db,
        name: fingerprint({ apiKey, baseUrl }),
        limits: settings,
        onTrouble: (error) => log.warn({ err: error }, 'the limits of the model could not be written'),
      });
  const limiter = new Limiter({ ...settings, ledger, clock });

  const provider = (api: ApiName | 'auto') => ({
    limiter,
    counts,
    clock,
    random,
    patience: settings,
    connect: () => clients.get({ apiKey: apiKey || NO_KEY, baseUrl, api }),
  });
  const background = configured ? new ProviderBackground(provider(settings.api)) : noBackground;

  return {
    configured,
    languageModel: (api) => (configured ? new ProviderModel(provider(api ?? settings.api)) : new EchoModel()),
    background: () => background,
    readWebhook: async (...webhook) => (await import('./openai.ts')).readWebhook(...webhook),
    cacheInfo: () => clients.info(),
    clearCache: () => clients.clear(),
    counts: () => counts.all(),
    waiting: () => limiter.waiting,
  };
}
