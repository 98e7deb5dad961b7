import { userInfo } from 'node:os';
import { pino } from 'pino';
import { type FeatureName, type FeatureStateFragment, SignalboxError, unwrap } from '../../sdk/index.ts';
import { CommandError, EXIT, tell } from './exit.ts';
import { featureTable } from './features.ts';
import { gatewayCode } from './gateway-code.ts';
import { running, type ServerOptions } from './target.ts';

interface Options extends ServerOptions {
  reason: string;
  offline?: boolean;
  json?: boolean;
}

interface Report {
  features: readonly FeatureStateFragment[];
  healthy: boolean;
}

/** The gateway has a health check of its own, and may have to tell a flag server. */
const PATIENCE_MS = 30_000;

/**
 * Back to the legacy services: of one feature, or of all. Asks the running gateway; where none answers, it writes into
 * the gateway's database itself, so that every process that uses it, or starts later, goes back.
 */
export async function rollback(
  feature: FeatureName | undefined,
  { reason, offline, json, ...server }: Options,
): Promise<number> {
  const report = offline
    ? await inDatabase(feature, reason)
    : ((await throughGateway(feature, reason, server)) ?? (await inDatabase(feature, reason)));
  console.log(json ? JSON.stringify(report, null, 2) : featureTable(report.features));
  if (report.healthy) return EXIT.ok;
  tell('Rolled back, but the health check failed: see /health.');
  return EXIT.failure;
}

/** Null where no gateway answers. */
async function throughGateway(
  feature: FeatureName | undefined,
  reason: string,
  server: ServerOptions,
): Promise<Report | null> {
  const { migration } = running(server).signalbox;
  try {
    const report = unwrap(
      await migration.rollback({ feature: feature ?? null, reason }, { timeoutMs: PATIENCE_MS }),
    );
    tell(`Rolled back by the gateway at ${server.server}.`);
    return report;
  } catch (error) {
    if (!(error instanceof SignalboxError) || !isUnreached(error)) throw error;
    tell(`No gateway answers at ${server.server}; rolling back in its database.`);
    return null;
  }
}

const UNREACHED = ['NETWORK_ERROR', 'CONNECTION_LOST', 'TIMEOUT'];

/** A proxy whose gateway is down answers in its place, with a page of its own. */
const isUnreached = ({ code, status = 0 }: SignalboxError): boolean =>
  UNREACHED.includes(code) || (code === 'BAD_RESPONSE' && status >= 500);

async function inDatabase(feature: FeatureName | undefined, reason: string): Promise<Report> {
  const { readConfig, rollBackWithoutGateway, storeExists } = await gatewayCode();
  const config = readConfig(process.env);
  const { DATABASE_URL: databaseUrl, DATA_DIR: dataDir } = config;
  // A new, empty database would be rolled back just as well, and nobody would be helped.
  if (!(await storeExists({ databaseUrl, dataDir })))
    throw new CommandError(
      `There is no database in ${databaseUrl ? 'DATABASE_URL' : dataDir}. Set DATABASE_URL or DATA_DIR as the gateway has them.`,
    );
  const log = pino({ level: process.env.LOG_LEVEL || 'error' }, pino.destination(2));
  const features = feature ? [feature] : null;
  const by = `${userInfo().username} (command line)`;
  const report = await rollBackWithoutGateway(config, { features, reason, by }, log);
  tell(
    'Rolled back in the database: it holds for every process that uses it, and for those that start later.',
  );
  return {
    healthy: report.healthy,
    features: report.features.map((found) => ({
      ...found,
      __typename: 'Feature',
      lastChange: found.lastChange && { ...found.lastChange, at: found.lastChange.at.toISOString() },
    })),
  };
}
