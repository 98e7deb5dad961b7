import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../store/index.ts';
import { type MessageRow, toMessage } from './rows.ts';
import type { ConversationKind, ConversationName, MemoryPlace, Message } from './types.ts';

/** Which messages: the newest `last` of a conversation, or of all of its kind. */
export interface Recent {
  sessionId: string;
  conversation: ConversationName;
  last: number;
}

/** Where the truth of a session's conversations is. */
export interface Place {
  memory: MemoryPlace;
  legacyId: string | null;
  /** Turns that the legacy application was not told of yet. */
  waiting: number;
}

/** The newest messages of each, oldest first, in one statement. */
export async function readRecent(db: Db, wanted: readonly Recent[]): Promise<Message[][]> {
  const found: Message[][] = wanted.map(() => []);
  const longest = Math.max(0, ...wanted.map(({ last }) => last));
  if (longest === 0) return found;

  const isKind = ({ conversation }: Recent) => conversation === 'SCENARIO' || conversation === 'WATCH';
  const named = [...wanted.keys()].filter((place) => !isKind(wanted[place]!));
  const kinds = [...wanted.keys()].filter((place) => isKind(wanted[place]!));
  // Each has an index that ends in the number, so that nothing older is read.
  const newest = (places: readonly number[], name: RawBuilder<string>) => sql`
    select wanted.place, said.*
    from unnest(
      ${places}::int[], ${places.map((place) => wanted[place]!.sessionId)}::text[],
      ${places.map((place) => wanted[place]!.conversation)}::text[]
    ) as wanted (place, session_id, name)
    cross join lateral (
      select conversation, number, role, content, served_by, at, turn, interrupted
      from messages
      where session_id = wanted.session_id and ${name} = wanted.name
      order by number desc
      limit ${longest}
    ) as said
  `;
  const parts = [
    ...(named.length > 0 ? [newest(named, sql`conversation`)] : []),
    ...(kinds.length > 0 ? [newest(kinds, sql`split_part(conversation, ':', 1)`)] : []),
  ];
  const { rows } = await sql<MessageRow & { place: number }>`
    ${sql.join(parts, sql` union all `)}
    order by place, number desc
  `.execute(db);
  for (const { place, ...row } of rows)
    if (found[place]!.length < wanted[place]!.last) found[place]!.push(toMessage(row));
  return found.map((messages) => messages.reverse());
}

/** Messages of one statement of those that read everything. */
const PAGE = 1_000;

/** All messages of a kind, oldest first; of more than `most` characters the newest, and then it is not `whole`. */
export async function readWhole(
  db: Db,
  sessionId: string,
  kind: ConversationKind,
  most: number,
): Promise<{ messages: Message[]; whole: boolean }> {
  const messages: Message[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (let left = most; ; ) {
    const { rows } = await sql<MessageRow>`
      select conversation, number, role, content, served_by, at, turn, interrupted
      from messages
      where session_id = ${sessionId} and split_part(conversation, ':', 1) = ${kind} and number < ${before}
      order by number desc
      limit ${PAGE}
    `.execute(db);
    for (const row of rows) {
      left -= row.content.length;
      if (left < 0) return { messages: messages.reverse(), whole: false };
      messages.push(toMessage(row));
    }
    if (rows.length < PAGE) return { messages: messages.reverse(), whole: true };
    before = rows.at(-1)!.number;
  }
}

/** By session; those that say nothing of it are missing. */
export async function readPlaces(db: Db, sessionIds: readonly string[]): Promise<Map<string, Place>> {
  const rows = await db
    .selectFrom('session_memory')
    .select(['session_id', 'memory', 'legacy_id'])
    .select(({ selectFrom, fn }) =>
      selectFrom('legacy_appends')
        .select(fn.countAll<number>().as('count'))
        .whereRef('legacy_appends.session_id', '=', 'session_memory.session_id')
        .as('waiting'),
    )
    .where('session_id', 'in', sessionIds)
    .execute();
  return new Map(
    rows.map(({ session_id, memory, legacy_id, waiting }) => [
      session_id,
      { memory: memory === 'LEGACY' ? 'LEGACY' : 'NEW', legacyId: legacy_id, waiting: Number(waiting ?? 0) },
    ]),
  );
}
