import { type Selectable, sql } from 'kysely';
import type { FeatureName, ServiceVersion } from '../../services/chat/types.ts';
import type { Db, Tables } from '../../store/index.ts';
import type { Call } from '../verdicts/index.ts';

/** Rows of one read, so that no read holds the database for long. */
const PAGE = 20_000;

/** The newest calls of a period. */
export interface RecordedCalls {
  /** The newest first. */
  calls: Call[];
  /** False where there are more, older ones. */
  complete: boolean;
}

interface Span {
  feature: FeatureName;
  /** Included. */
  since: Date;
  /** Not included. */
  until: Date;
}

/** The newest calls of a period, at most `most`. A caller that gives up is heard between two pages. */
export async function readCalls(
  db: Db,
  { feature, since, until }: Span,
  most: number,
  signal?: AbortSignal,
): Promise<RecordedCalls> {
  const calls: Call[] = [];
  let before: { at: Date; id: string } | undefined;
  while (calls.length <= most) {
    signal?.throwIfAborted();
    const rows = await db
      .selectFrom('service_calls')
      .selectAll()
      .where('feature', '=', feature)
      .where('at', '>=', since)
      .where('at', '<', until)
      .$if(before !== undefined, (query) =>
        query.where(sql<boolean>`(at, id) < (${before?.at}::timestamptz, ${before?.id}::uuid)`),
      )
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(Math.min(PAGE, most + 1 - calls.length))
      .execute();
    for (const row of rows) calls.push(callOf(row));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) break;
    before = last;
  }
  return { calls: calls.slice(0, most), complete: calls.length <= most };
}

const COLUMNS = [
  'id',
  'version',
  'session_id',
  'at',
  'duration_ms',
  'first_text_ms',
  'outcome',
  'share',
] as const;

/** All calls of a period, the oldest first. A caller that gives up is heard between two pages. */
export async function* readPages(
  db: Db,
  { feature, since, until }: Span,
  signal: AbortSignal,
): AsyncGenerator<{ id: string; call: Call }[]> {
  let after: { at: Date; id: string } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const rows = await db
      .selectFrom('service_calls')
      .select(COLUMNS)
      .where('feature', '=', feature)
      .where('at', '>=', after?.at ?? since)
      .where('at', '<', until)
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(at, id) > (${after?.at}::timestamptz, ${after?.id}::uuid)`),
      )
      .orderBy('at')
      .orderBy('id')
      .limit(PAGE)
      .execute();
    yield rows.map((row) => ({ id: row.id, call: callOf(row) }));
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

const callOf = (row: Pick<Selectable<Tables['service_calls']>, (typeof COLUMNS)[number]>): Call => ({
  version: row.version as ServiceVersion,
  sessionId: row.session_id,
  at: row.at,
  durationMs: row.duration_ms,
  firstTextMs: row.first_text_ms,
  outcome: row.outcome as Call['outcome'],
  share: row.share,
});
