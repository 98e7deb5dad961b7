import { sql } from 'kysely';
import type { FeatureName } from '../../services/chat/types.ts';
import { type Db, storable, type Trx } from '../../store/index.ts';
import { FEATURE_NAMES, type FeatureChange, type Kill } from './types.ts';

/** Wakes every process that has features in memory. The payload says nothing: the table tells. */
export const FEATURES_CHANNEL = 'signalbox_features';

/** What our own tables say of a feature. */
export interface FeatureRecord {
  enabled: boolean;
  rolloutPercentage: number;
  lastChange: FeatureChange | null;
  kill: Kill | null;
}

export type FeatureRecords = ReadonlyMap<FeatureName, FeatureRecord>;

/** All six. */
export async function readFeatures(db: Db): Promise<FeatureRecords> {
  const rows = await db
    .selectFrom('features')
    .leftJoin('feature_kills', 'feature_kills.feature', 'features.name')
    .selectAll()
    .execute();
  return new Map(
    rows.map((row) => [
      row.name as FeatureName,
      {
        enabled: row.enabled,
        rolloutPercentage: row.rollout_percentage,
        lastChange: row.changed_at && {
          at: row.changed_at,
          by: row.changed_by ?? '',
          reason: row.change_reason ?? '',
          enabled: row.enabled,
          rolloutPercentage: row.rollout_percentage,
        },
        kill: row.kill_id
          ? { id: row.kill_id, at: row.killed_at!, by: row.killed_by ?? '', reason: row.reason ?? '' }
          : null,
      },
    ]),
  );
}

export interface NewChange {
  id: string;
  feature: FeatureName;
  at: Date;
  by: string;
  reason: string;
  /** Absent: as it is. */
  enabled?: boolean | undefined;
  rolloutPercentage?: number | undefined;
  /** The rollback that this lifts; a newer one stays. */
  lifts: string | undefined;
  flagServer: string | null;
}

/** Changes a feature and keeps the change; two changes at once happen one after the other. */
export async function storeChange(db: Db, change: NewChange): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { feature, flagServer } = change;
    const stored = await trx
      .selectFrom('features')
      .select(['enabled', 'rollout_percentage as rolloutPercentage'])
      .where('name', '=', feature)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const kill = await trx
      .selectFrom('feature_kills')
      .select('kill_id')
      .where('feature', '=', feature)
      .executeTakeFirst();
    const before = kill ? { enabled: false, rolloutPercentage: 0 } : stored;
    const enabled = change.enabled ?? before.enabled;
    const rolloutPercentage = change.rolloutPercentage ?? before.rolloutPercentage;
    await writeChange(trx, feature, { ...change, enabled, rolloutPercentage }, flagServer);
    if (kill && kill.kill_id === change.lifts)
      await trx.deleteFrom('feature_kills').where('feature', '=', feature).execute();
    await notify(trx);
  });
}

/** Rolls features back, all or none. Storing the same rollback again changes nothing, lifted or not. */
export async function storeKill(db: Db, features: readonly FeatureName[], kill: Kill): Promise<void> {
  const { id, at } = kill;
  const by = storable(kill.by);
  const reason = storable(kill.reason);
  await db.transaction().execute(async (trx) => {
    const stored = await trx
      .selectFrom('feature_changes')
      .select('feature')
      .where('feature', 'in', features)
      .where('change_id', '=', id)
      .execute();
    const missing = features.filter((feature) => stored.every((change) => change.feature !== feature));
    // Always in this order, so that two at once cannot wait for each other.
    for (const feature of FEATURE_NAMES) {
      if (!missing.includes(feature)) continue;
      await writeChange(trx, feature, { id, at, by, reason, enabled: false, rolloutPercentage: 0 }, null);
      const values = { kill_id: id, killed_at: at, killed_by: by, reason };
      await trx
        .insertInto('feature_kills')
        .values({ feature, ...values })
        .onConflict((conflict) => conflict.column('feature').doUpdateSet(values))
        .execute();
    }
    await notify(trx);
  });
}

/** Adds to a rollback what came of telling the flag server. */
export async function noteFlagServer(db: Db, id: string, feature: FeatureName, said: string): Promise<void> {
  await db
    .updateTable('feature_changes')
    .set({ flag_server: storable(said) })
    .where('feature', '=', feature)
    .where('change_id', '=', id)
    .execute();
}

/** The newest changes of a feature, newest first. */
export async function readChanges(db: Db, feature: FeatureName, first: number): Promise<FeatureChange[]> {
  const rows = await db
    .selectFrom('feature_changes')
    .selectAll()
    .where('feature', '=', feature)
    .orderBy('number', 'desc')
    .limit(first)
    .execute();
  return rows.map((row) => ({
    at: row.changed_at,
    by: row.changed_by,
    reason: row.change_reason,
    enabled: row.enabled,
    rolloutPercentage: row.rollout_percentage,
  }));
}

async function writeChange(
  trx: Trx,
  feature: FeatureName,
  change: FeatureChange & { id: string },
  flagServer: string | null,
): Promise<void> {
  const values = {
    changed_at: change.at,
    changed_by: storable(change.by),
    change_reason: storable(change.reason),
    enabled: change.enabled,
    rollout_percentage: change.rolloutPercentage,
  };
  await trx.updateTable('features').set(values).where('name', '=', feature).execute();
  await trx
    .insertInto('feature_changes')
    .values({ feature, change_id: change.id, flag_server: flagServer, ...values })
    .onConflict((conflict) => conflict.columns(['feature', 'change_id']).doNothing())
    .execute();
}

const notify = (trx: Trx) => sql`select pg_notify(${FEATURES_CHANNEL}, '')`.execute(trx);
