/** What of the configuration each part of the gateway wants to know. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config/index.ts';
import type { MigrationOutside } from './migration/index.ts';
import type { Outside } from './services/index.ts';
import type { StoreSettings } from './store/index.ts';

/** Calls to the model provider that may wait for their turn in one process. */
const CALLS_WAITING = 1_000;
/** What a multipart body has beside its file. */
const MULTIPART_OVERHEAD = 64 * 1024;

export const storeSettings = (config: Config, log: Logger): StoreSettings => ({
  databaseUrl: config.DATABASE_URL,
  backend: config.DATABASE_BACKEND,
  connections: config.DATABASE_CONNECTIONS,
  dataDir: config.DATA_DIR,
  log,
});

export function migrationSettings(
  config: Config,
): Omit<MigrationOutside, 'store' | 'healthy' | 'log' | 'now'> {
  const words = {
    UTILS: config.USE_NEW_UTILS,
    LLM: config.USE_NEW_LLM,
    SESSION: config.USE_NEW_SESSION,
    CHAT: config.USE_NEW_CHAT,
    SCENARIO: config.USE_NEW_SCENARIO,
    WATCH: config.USE_NEW_WATCH,
  };
  const named = (word: boolean) =>
    (Object.keys(words) as (keyof typeof words)[]).filter((feature) => words[feature] === word);
  return {
    unleash: config.UNLEASH_URL
      ? {
          url: config.UNLEASH_URL,
          apiToken: config.UNLEASH_API_TOKEN ?? '',
          adminToken: config.UNLEASH_ADMIN_TOKEN,
          environment: config.UNLEASH_ENVIRONMENT,
          project: config.UNLEASH_PROJECT,
        }
      : undefined,
    killedByEnvironment: named(false),
    forcedByEnvironment: named(true),
    md5Rollout: config.MD5_ROLLOUT ?? [],
    alertWebhookUrl: config.ALERT_WEBHOOK_URL,
    slowMs: 1_000 * config.SLOW_CALL_SECONDS,
    breaker: {
      failuresInARow: config.BREAKER_FAILURES,
      pauseMs: 1_000 * config.BREAKER_PAUSE_SECONDS,
    },
    lookMs: 1_000 * config.ROLLOUT_LOOK_SECONDS,
    shadowShares: config.SHADOW_SAMPLE_PERCENT ?? {},
    legacyMetricsUrl: config.ROLE === 'gateway' ? undefined : config.LEGACY_METRICS_URL,
  };
}

export function serviceSettings(config: Config): Omit<Outside, 'store' | 'log' | 'now' | 'router'> {
  return {
    storage: {
      directory: join(config.DATA_DIR, 'files'),
      s3: config.S3_BUCKET
        ? { bucket: config.S3_BUCKET, region: config.S3_REGION, endpoint: config.S3_ENDPOINT }
        : undefined,
    },
    models: {
      apiKey: config.OPENAI_API_KEY,
      baseUrl: config.OPENAI_BASE_URL,
      api: config.OPENAI_API,
      requestsPerSecond: config.OPENAI_RATE_LIMIT_REQUESTS_PER_SECOND,
      burst: config.OPENAI_RATE_LIMIT_BURST,
      tokensPerMinute: config.OPENAI_RATE_LIMIT_TOKENS_PER_MINUTE ?? null,
      concurrency: config.OPENAI_CONCURRENCY,
      maxRetries: config.OPENAI_MAX_RETRIES,
      deadlineMs: 1_000 * config.OPENAI_TIMEOUT_SECONDS,
      longestQueue: CALLS_WAITING,
    },
    modelNames: {
      analysis: config.MODEL_ANALYSIS,
      reasoning: config.MODEL_REASONING,
      chat: config.MODEL_CHAT,
    },
    legacyChat: config.LEGACY_CHAT_URL
      ? {
          url: config.LEGACY_CHAT_URL,
          fields: legacyFields(config.LEGACY_CHAT_FIELDS ?? {}),
          timeoutMs: 1_000 * config.LEGACY_CHAT_TIMEOUT_SECONDS,
          ...(config.LEGACY_CHAT_AUTHORIZATION_KEY && {
            headers: { authorization: config.LEGACY_CHAT_AUTHORIZATION_KEY },
          }),
        }
      : undefined,
    legacySessions: config.LEGACY_SESSION_URL
      ? {
          url: config.LEGACY_SESSION_URL,
          keyPrefix: config.LEGACY_SESSION_PREFIX,
          format: config.LEGACY_SESSION_FORMAT,
        }
      : undefined,
    scenariosDir: config.SCENARIOS_DIR,
    webhookSecret: config.OPENAI_WEBHOOK_SECRET,
    jobRetentionSeconds: config.JOB_RETENTION_SECONDS,
    sessionTtlSeconds: config.SESSION_TTL_SECONDS,
    maxUploadBytes: config.MAX_UPLOAD_BYTES,
    analysesAtOnce: config.ANALYSES_AT_ONCE,
    sandboxes: config.ANALYSES_AT_ONCE,
  };
}

export const serverLimits = (config: Config) => ({
  uploadBytes: config.MAX_UPLOAD_BYTES + MULTIPART_OVERHEAD,
  connections: config.MAX_CONNECTIONS,
  connectionsPerOwner: config.MAX_CONNECTIONS_PER_OWNER,
  subscriptionsPerConnection: config.MAX_SUBSCRIPTIONS_PER_CONNECTION,
  stallMs: 1_000 * config.CLIENT_STALL_SECONDS,
  idleMs: 1_000 * config.CLIENT_IDLE_SECONDS,
});

/** An empty name leaves a field out. */
const legacyFields = (names: Record<string, string>) =>
  Object.fromEntries(Object.entries(names).map(([field, name]) => [field, name || null]));
