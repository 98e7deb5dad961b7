import { type Selectable, sql } from 'kysely';
import { couldBeId, newId } from '../../ids.ts';
import { type Db, json, storable, type Tables } from '../../store/index.ts';
import type { ReplyDifference } from '../comparing/index.ts';
import type { ShadowComparison, ShadowFeature, ShadowFilter, ShadowResult } from './types.ts';

/** Told the id of each comparison that is stored. */
export const SHADOW_CHANNEL = 'signalbox_shadow';

const LONGEST_MESSAGE = 32_000;
const LONGEST_REPLY = 20_000;
const LONGEST_ERROR = 500;
const LONGEST_MODEL = 200;
/** Rows that one statement of a sweep deletes, so that it locks nothing for long. */
const SWEEP = 1_000;
const DAY_MS = 86_400_000;

export type NewComparison = Omit<ShadowComparison, 'id' | 'number' | 'owner'>;

/** Keeps a comparison for the session's owner. Null: the session is gone, and what was said in it is nobody's. */
export function keep(db: Db, comparison: NewComparison): Promise<ShadowComparison | null> {
  const { sessionId, feature, at, message, model, live, matches, differences, similarity } = comparison;
  return db.transaction().execute(async (trx) => {
    const session = await trx
      .selectFrom('sessions')
      .select('owner')
      .where('id', '=', sessionId)
      .forKeyShare()
      .executeTakeFirst();
    if (!session) return null;
    const row = await trx
      .insertInto('shadow_comparisons')
      .values({
        id: newId('comparison'),
        owner: session.owner,
        session_id: sessionId,
        feature,
        at,
        message: cut(message, LONGEST_MESSAGE),
        model: cut(model, LONGEST_MODEL),
        live,
        legacy: json(bounded(comparison.legacy)),
        candidate: json(bounded(comparison.candidate)),
        ...(comparison.control && { control: json(bounded(comparison.control)) }),
        matches,
        differences: json(differences),
        similarity,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await sql`select pg_notify(${SHADOW_CHANNEL}, ${row.id})`.execute(trx);
    return toComparison(row);
  });
}

/** The newest first. `before`: number of the comparison that the page begins behind. */
export async function list(
  db: Db,
  owner: string,
  filter: ShadowFilter,
  first: number,
  before?: number,
): Promise<ShadowComparison[]> {
  const rows = await matching(db, owner, filter)
    .selectAll()
    .$if(before !== undefined, (query) => query.where('number', '<', before ?? 0))
    .orderBy('number', 'desc')
    .limit(first)
    .execute();
  return rows.map(toComparison);
}

export async function count(db: Db, owner: string, filter: ShadowFilter): Promise<number> {
  const { count } = await matching(db, owner, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** In the order in which they were stored; those that are gone are missing. */
export async function read(db: Db, ids: readonly string[]): Promise<ShadowComparison[]> {
  const possible = ids.filter(couldBeId);
  if (possible.length === 0) return [];
  const rows = await db
    .selectFrom('shadow_comparisons')
    .selectAll()
    .where('id', 'in', possible)
    .orderBy('number')
    .execute();
  return rows.map(toComparison);
}

/** @returns How many were deleted. */
export async function sweep(db: Db, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * DAY_MS);
  for (let swept = 0; ; ) {
    const { numDeletedRows } = await db
      .deleteFrom('shadow_comparisons')
      .where('id', 'in', (old) =>
        old.selectFrom('shadow_comparisons').select('id').where('at', '<', before).limit(SWEEP),
      )
      .executeTakeFirstOrThrow();
    swept += Number(numDeletedRows);
    if (numDeletedRows < SWEEP) return swept;
  }
}

const matching = (db: Db, owner: string, { feature, differingOnly }: ShadowFilter) =>
  db
    .selectFrom('shadow_comparisons')
    .where('owner', '=', owner)
    .$if(feature != null, (query) => query.where('feature', '=', feature ?? ''))
    .$if(differingOnly === true, (query) => query.where(sql<boolean>`not matches`));

const cut = (text: string, most: number): string => storable(text.slice(0, most));

const bounded = ({ reply, error, durationMs }: ShadowResult): ShadowResult => ({
  reply: reply === null ? null : cut(reply, LONGEST_REPLY),
  error: error === null ? null : cut(error, LONGEST_ERROR),
  durationMs: Math.round(durationMs),
});

const toComparison = (row: Selectable<Tables['shadow_comparisons']>): ShadowComparison => ({
  id: row.id,
  number: row.number,
  owner: row.owner,
  sessionId: row.session_id,
  feature: row.feature as ShadowFeature,
  at: row.at,
  message: row.message,
  model: row.model,
  live: row.live,
  legacy: row.legacy as ShadowResult,
  candidate: row.candidate as ShadowResult,
  control: row.control as ShadowResult | null,
  matches: row.matches,
  differences: row.differences as ReplyDifference[],
  similarity: row.similarity,
});
