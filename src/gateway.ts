import { readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import type { Config } from './config/index.ts';
import { DomainError } from './errors.ts';
import { createEngine } from './jobs/index.ts';
import {
  createFlags,
  createMigration,
  type Feature,
  type Migration,
  metricsRoute,
  type RollbackReport,
  watchRequests,
} from './migration/index.ts';
import { contextsOver } from './resolvers/index.ts';
import { exampleQuery, schema } from './schema/index.ts';
import {
  type Authenticate,
  authenticateWith,
  createHandler,
  type Probes,
  type Server,
  startProbes,
  startServer,
  webhookRoute,
} from './server/index.ts';
import { type Analyst, createServices, type Services } from './services/index.ts';
import { migrationSettings, serverLimits, serviceSettings, storeSettings } from './settings.ts';
import { openStore, type Store } from './store/index.ts';

export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

export interface Gateway extends AsyncDisposable {
  /** Answers a request in this process, without a socket. */
  fetch: (request: Request) => Promise<Response>;
  /** Of the GraphQL endpoint; undefined in a process that answers no clients. */
  url: string | undefined;
  /** Where a process that answers no clients says how it is; undefined: nowhere. */
  probePort: number | undefined;
  services: Services;
  migration: Migration;
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

  const store = options.store ?? (await openStore(storeSettings(config, log)));
  const moving = createMigration({
    ...migrationSettings(config),
    store,
    healthy: async () => (await engine.health()).ready,
    now,
    log,
  });
  const { kinds, over, conversing } = createServices({
    ...serviceSettings(config),
    router: moving.route,
    store,
    log,
    now,
    ...(options.analysts && { analysts: options.analysts }),
  });
  const engine = createEngine({
    store,
    log,
    works: config.ROLE !== 'gateway',
    kinds: () => [...kinds, ...moving.kinds(conversing)] as typeof kinds,
  });
  const services = over(engine.jobs);
  const migration = moving.over(engine.jobs, services, conversing);
  const everything = { ...services, ...migration };
  const about = { version: VERSION, startedAt: now(), now, store };

  const authenticate = authenticateWith(config.AUTH_TOKENS ?? new Map());
  const served = {
    schema,
    contextFor: contextsOver(everything, about),
    authenticate,
    exampleQuery,
    expose: (error: Error) => (error instanceof DomainError ? { code: error.code } : undefined),
    allowedOrigins: config.ALLOWED_ORIGINS ?? [],
    limits: serverLimits(config),
    log,
  };
  /** Without flags the legacy services serve: to be looked at, and no reason to send nobody here. */
  const health = async () => {
    const { ready, checks } = await engine.health();
    return { ready, checks: { ...checks, flags: migration.flags.health() } };
  };
  const metrics = metricsRoute(migration.metrics, (headers) => isKnown(authenticate, headers));
  let server: Server | undefined;
  let probes: Probes | undefined;
  let stopping: Promise<void> | undefined;
  let unwatch: (() => void) | undefined;
  const stop = async () => {
    await server?.close();
    await probes?.close();
    unwatch?.();
    await services.housekeeping.stop();
    await engine.stop();
    await migration.stop();
    await services.doorbell.stop();
    await services.memory.close();
    await store.close();
  };

  try {
    await services.doorbell.start();
    await migration.start();
    await engine.start();
    services.housekeeping.start();
    if (answers && listens)
      server = await startServer({
        ...served,
        host: config.HOST,
        port: config.PORT,
        allowedHosts: config.ALLOWED_HOSTS,
        routes: {
          '/metrics': metrics,
          ...(services.webhooks && { '/webhooks/openai': webhookRoute(services.webhooks, log) }),
        },
        health,
      });
    if (!answers && listens && config.PROBE_PORT !== undefined)
      probes = await startProbes({
        host: config.HOST,
        port: config.PROBE_PORT,
        health,
        routes: { '/metrics': metrics },
        log,
      });
    if (server) unwatch = watchRequests(server.port, (...answered) => migration.metrics.request(...answered));
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
    probePort: probes?.port,
    services,
    migration,
    store,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Rolls features back where no gateway answers: in the database, for all that use it and for those that start later.
 *
 * @throws {DataDirectoryInUseError} A process has the embedded database open: ask that one.
 * @throws {UpstreamError} It could not be stored.
 */
export async function rollBackWithoutGateway(
  config: Config,
  { features, reason, by }: { features: readonly Feature['name'][] | null; reason: string; by: string },
  log: Logger,
): Promise<RollbackReport> {
  const store = await openStore(storeSettings(config, log));
  try {
    const flags = createFlags({
      ...migrationSettings(config),
      store,
      healthy: async () => Boolean(await store.version()),
      now: () => new Date(),
      log,
    });
    try {
      await flags.start();
      return await flags.rollback({ features, reason }, by);
    } finally {
      await flags.stop();
    }
  } finally {
    await store.close();
  }
}

function isKnown(authenticate: Authenticate, headers: Headers): boolean {
  try {
    authenticate(headers);
    return true;
  } catch {
    return false;
  }
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);
