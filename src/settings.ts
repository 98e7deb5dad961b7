/** What of the configuration each part of the gateway wants to know. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
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

export function serviceSettings(config: Config): Omit<Outside, 'store' | 'log' | 'now'> {
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
    modelNames: { analysis: config.MODEL_ANALYSIS, reasoning: config.MODEL_REASONING },
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
