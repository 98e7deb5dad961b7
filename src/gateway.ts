import { readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { DomainError } from './errors.ts';
import { createEngine } from './jobs/index.ts';
import { contextsOver } from './resolvers/index.ts';
import { exampleQuery, schema } from './schema/index.ts';
import {
  authenticateWith,
  createHandler,
  type Probes,
  type Server,
  startProbes,
  startServer,
  webhookRoute,
} from './server/index.ts';
import { type Analyst, createServices, type Services } from './services/index.ts';
import { serverLimits, serviceSettings, storeSettings } from './settings.ts';
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
    contextFor: contextsOver(services, about),
    authenticate: authenticateWith(config.AUTH_TOKENS ?? new Map()),
    exampleQuery,
    expose: (error: Error) => (error instanceof DomainError ? { code: error.code } : undefined),
    allowedOrigins: config.ALLOWED_ORIGINS ?? [],
    limits: serverLimits(config),
    log,
  };
  let server: Server | undefined;
  let probes: Probes | undefined;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await server?.close();
    await probes?.close();
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
    if (!answers && listens && config.PROBE_PORT !== undefined)
      probes = await startProbes({
        host: config.HOST,
        port: config.PROBE_PORT,
        health: () => engine.health(),
        routes: {},
        log,
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
    probePort: probes?.port,
    services,
    store,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);
