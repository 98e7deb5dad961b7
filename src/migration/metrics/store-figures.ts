import type { Db } from '../../store/index.ts';

export async function activeSessions(db: Db, now: Date): Promise<number> {
  const { count } = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Each log is numbered without gaps, so that the number of its last event is the number of its events. */
export async function loggedEvents(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select(({ fn }) => fn.sum<number | null>('last_seq').as('count'))
    .executeTakeFirstOrThrow();
  return Number(count ?? 0);
}
