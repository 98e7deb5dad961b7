import type { Turn } from '../../../jobs/index.ts';

/** The preferences of the run's session. */
export async function preferencesOf({ trx, job }: Turn): Promise<Record<string, unknown>> {
  return (await sessionOf(trx, job.sessionId)).preferences;
}

/** The model that the run's session has chosen for conversations. */
export async function chatModelOf({ trx, job }: Turn): Promise<string | null> {
  return (await sessionOf(trx, job.sessionId)).chat_model;
}

const sessionOf = (trx: Turn['trx'], id: string | null) =>
  trx
    .selectFrom('sessions')
    .select(['preferences', 'chat_model'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
