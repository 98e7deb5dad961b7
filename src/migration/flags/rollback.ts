import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { UpstreamError } from '../../errors.ts';
import type { FeatureName } from '../../services/chat/types.ts';
import type { Store } from '../../store/index.ts';
import type { Alerts } from './alerts.ts';
import type { KnownFeatures } from './known.ts';
import { noteFlagServer } from './records.ts';
import { toggleOf } from './toggles.ts';
import type { Feature } from './types.ts';
import type { UnleashAdmin } from './unleash-admin.ts';

const HEALTH_MS = 5_000;
/** Nobody waits longer for the database: it is told of the rollback all the same, as soon as it answers. */
const STORE_MS = 5_000;
const NOTE_MS = 2_000;

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
  store: Store;
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
 * Back to the legacy services, as the legacy system's own script did it: the flags first, in this process before
 * all others, then whoever has to know, and at last a look at the whole. The database, the flag server and the webhook
 * are told side by side, and none of them keeps the others waiting.
 *
 * Only the database can fail the rollback, and even then it holds in this process.
 *
 * @throws {UpstreamError} The rollback was not stored in time. It is, as soon as the database is back.
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

  const storing = inTime(known.kill(features, kill), STORE_MS).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const telling = tellFlagServer(features, needs);
  alerts.rolledBack({ features, reason, at: kill.at });
  const [unstored, said] = await Promise.all([storing, telling]);
  if (unstored) log.error({ err: unstored.error, features, said }, 'a rollback could not be stored yet');
  const [healthy] = await Promise.all([isHealthy(needs), unstored ? null : note(said, kill.id, needs)]);
  log.warn({ features, healthy }, 'rolled back to the legacy service');

  if (unstored)
    throw new UpstreamError(
      'database',
      'The rollback holds in this process; it is stored for all of them as soon as the database answers.',
      true,
      { cause: unstored.error },
    );
  return { features: features.map(needs.feature), at: kill.at, reason, healthy };
}

type Said = readonly { feature: FeatureName; said: string }[];

/** As far as it goes: our own record wins over whatever the server says. */
async function tellFlagServer(features: readonly FeatureName[], { admin, log }: Needs): Promise<Said> {
  if (!admin) return [];
  return Promise.all(
    features.map(async (feature) => {
      try {
        const known = await admin.switchOff(toggleOf(feature));
        return { feature, said: known ? 'switched off' : 'unknown there' };
      } catch (error) {
        log.error({ err: error, feature }, 'the flag server was not told of a rollback; our record stands');
        return { feature, said: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

/** Adds what the flag server said to a rollback that is stored. */
async function note(said: Said, killId: string, { store, log }: Needs): Promise<void> {
  if (said.length === 0) return;
  const noting = store.within(NOTE_MS, async (db) => {
    for (const one of said) await noteFlagServer(db, killId, one.feature, one.said);
  });
  await inTime(noting, NOTE_MS).catch((error: unknown) =>
    log.warn({ err: error, said }, 'what the flag server said could not be stored'),
  );
}

async function isHealthy({ healthy, log }: Needs): Promise<boolean> {
  try {
    return await inTime(healthy(AbortSignal.timeout(HEALTH_MS)), HEALTH_MS);
  } catch (error) {
    log.error({ err: error }, 'the health behind a rollback is not known');
    return false;
  }
}

/** What takes longer is waited for no more, and goes on. */
async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`It was not over within ${ms} ms.`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
