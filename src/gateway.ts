import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { DomainError } from './errors.ts';
import { createEngine } from './jobs/index.ts';
import { createContext } from './resolvers/index.ts';
import { exampleQuery, schema } from './schema/index.ts';
import { authenticateWith, createHandler, type Server, startServer, webhookRoute } from './server/index.ts';
import { type Analyst, createServices, type Outside, type Services } from './services/index.ts';
import { openStore, type Store } from './store/index.ts';

export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

export interface Gateway extends AsyncDisposable {
  /** Answers a request in this process, without a socket. */
  fetch: (request: Request) => Promise<Response>;
  /** Of the GraphQL endpoint; undefined in a process that answers no clients. */
  url: string | undefined;
  services: Services;
  store: Store;
  /** Stops accepting, lets what runs end or hands it over, and closes the store. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  log?: Logger;
  now?: () => Date;
  /** False: nothing listens, only `fetch` answers. */
  listens?: boolean;
  /** Analysts that a request can name, beside `builtin`. */
  analysts?: readonly Analyst[];
  /** An open store, instead of the one that the configuration names. The gateway closes it. */
  store?: Store;
}

/** The wiring diagram, and the only place that constructs things. It answers when everything is ready. */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const { log = pino({ level: config.LOG_LEVEL }), now = () => new Date(), listens = true } = options;
  const answers = config.ROLE !== 'worker';

  const store =
    options.store ??
    (await openStore({
      databaseUrl: config.DATABASE_URL,
      backend: config.DATABASE_BACKEND,
      connections: config.DATABASE_CONNECTIONS,
      dataDir: config.DATA_DIR,
      log,
    }));
  const { kinds, over } = createServices({
    ...serviceSettings(config),
    store,
    log,
    now,
    ...(options.analysts && { analysts: options.analysts }),
  });
  const engine = createEngine({ store, log, works: config.ROLE !== 'gateway', kinds: () => kinds });
  const services = over(engine.jobs);
  const about = { version: VERSION, startedAt: now(), now, store };

  const served = {
    schema,
    contextFor: (caller: { viewer: { owner: string }; signal: AbortSignal }) =>
      createContext(services, about, caller),
    authenticate: authenticateWith(config.AUTH_TOKENS ?? new Map()),
    exampleQuery,
    expose: (error: Error) => (error instanceof DomainError ? { code: error.code } : undefined),
    allowedOrigins: config.ALLOWED_ORIGINS ?? [],
    limits: { uploadBytes: config.MAX_UPLOAD_BYTES + MULTIPART_OVERHEAD },
    log,
  };
  let server: Server | undefined;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await server?.close();
    await services.housekeeping.stop();
    await engine.stop();
    await services.doorbell.stop();
    await store.close();
  };

  try {
    await services.doorbell.start();
    await engine.start();
    services.housekeeping.start();
    if (answers && listens)
      server = await startServer({
        ...served,
        host: config.HOST,
        port: config.PORT,
        allowedHosts: config.ALLOWED_HOSTS,
        routes: { ...(services.webhooks && { '/webhooks/openai': webhookRoute(services.webhooks, log) }) },
        health: () => engine.health(),
      });
    if (server && !config.AUTH_TOKENS && !isLoopback(config.HOST))
      log.warn(
        { host: config.HOST },
        'listening beyond this machine without AUTH_TOKENS: anybody who gets here may call',
      );
  } catch (error) {
    await stop();
    throw error;
  }

  const { fetch } = server ?? createHandler(served);
  const close = () => {
    stopping ??= stop();
    return stopping;
  };
  return {
    fetch: async (request) => fetch(request),
    url: server?.url,
    services,
    store,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What of the configuration the services want to know. */
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

/** Calls to the model provider that may wait for their turn in one process. */
const CALLS_WAITING = 1_000;

/** What a multipart body has beside its file. */
const MULTIPART_OVERHEAD = 64 * 1024;

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);
