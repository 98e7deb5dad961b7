import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { UpstreamError } from '../../errors.ts';
import type { FeatureName } from '../../services/chat/types.ts';
import type { Db } from '../../store/index.ts';
import type { Alerts } from './alerts.ts';
import type { KnownFeatures } from './known.ts';
import { noteFlagServer } from './records.ts';
import { toggleOf } from './toggles.ts';
import type { Feature } from './types.ts';
import type { UnleashAdmin } from './unleash-admin.ts';

const HEALTH_MS = 5_000;

/** Says whether what users reach is well. */
export type HealthCheck = (signal: AbortSignal) => Promise<boolean>;

export interface RollbackReport {
  features: Feature[];
  at: Date;
  reason: string;
  /** What the health check said behind the rollback; false as well where it failed or took too long. */
  healthy: boolean;
}

interface Needs {
  db: Db;
  known: KnownFeatures;
  /** Null where there is no flag server. */
  admin: UnleashAdmin | null;
  alerts: Alerts;
  healthy: HealthCheck;
  feature: (name: FeatureName) => Feature;
  now: () => Date;
  log: Logger;
}

/**
 * Back to the legacy services, in the order of the legacy system's own script: the flags first, in this process
 * before all others, then the flag server, then those who have to know, and at last a look at the whole.
 *
 * Only the first step can fail the rollback, and even then it holds in this process.
 *
 * @throws {UpstreamError} The rollback could not be stored. It is, as soon as the database is back.
 */
export async function rollBack(
  features: readonly FeatureName[],
  reason: string,
  by: string,
  needs: Needs,
): Promise<RollbackReport> {
  const { known, alerts, log, now } = needs;
  const kill = { id: randomUUID(), at: now(), by, reason };
  log.warn({ features, reason, by }, 'rolling back to the legacy service');

  const unstored = await known.kill(features, kill).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  await tellFlagServer(features, kill.id, needs);
  alerts.rolledBack({ features, reason, at: kill.at });
  const healthy = await isHealthy(needs);
  log.warn({ features, healthy }, 'rolled back to the legacy service');

  if (unstored)
    throw new UpstreamError(
      'database',
      'The rollback holds in this process only; it is stored for all of them as soon as the database is back.',
      true,
      { cause: unstored.error },
    );
  return { features: features.map(needs.feature), at: kill.at, reason, healthy };
}

/** As far as it goes: our own record wins over whatever the server says. */
async function tellFlagServer(
  features: readonly FeatureName[],
  killId: string,
  { admin, db, log }: Needs,
): Promise<void> {
  if (!admin) return;
  await Promise.all(
    features.map(async (feature) => {
      let said: string;
      try {
        said = (await admin.switchOff(toggleOf(feature))) ? 'switched off' : 'unknown there';
      } catch (error) {
        log.error({ err: error, feature }, 'the flag server was not told of a rollback; our record stands');
        said = error instanceof Error ? error.message : String(error);
      }
      await noteFlagServer(db, killId, feature, said).catch((error: unknown) =>
        log.warn({ err: error, feature, said }, 'what the flag server said could not be stored'),
      );
    }),
  );
}

async function isHealthy({ healthy, log }: Needs): Promise<boolean> {
  const signal = AbortSignal.timeout(HEALTH_MS);
  const late = Promise.withResolvers<never>();
  const onTimeout = () => late.reject(signal.reason);
  signal.addEventListener('abort', onTimeout, { once: true });
  try {
    return await Promise.race([healthy(signal), late.promise]);
  } catch (error) {
    log.error({ err: error }, 'the health behind a rollback is not known');
    return false;
  } finally {
    signal.removeEventListener('abort', onTimeout);
  }
}
