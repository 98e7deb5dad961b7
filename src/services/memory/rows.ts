import { sql } from 'kysely';
import { type Db, json, storable, type Trx } from '../../store/index.ts';
import type { Append } from './appends.ts';
import { numberMark } from './histories.ts';
import type { Held, Import, MarkedMessage, Seen } from './plan.ts';
import { canonical, type Settings } from './settings.ts';
import {
  type ConversationKind,
  type ConversationName,
  type MemoryPlace,
  type Message,
  type NewMessage,
  type Role,
  WINDOW,
} from './types.ts';

/** Turns that go to a document at a time. */
export const APPENDS_AT_ONCE = 200;
/** Rows of one statement: Postgres takes 65,535 parameters. */
const ROWS_AT_ONCE = 500;

/** What a session's memory is, with what its document is to be compared to. */
export interface MemoryState extends Omit<Held, 'unsaid'> {
  /** One more with every change of the session's messages or memory. */
  version: number;
  legacyId: string | null;
}

/** Null where the session is gone. */
export async function readState(db: Db, sessionId: string): Promise<MemoryState | null> {
  const row = await db
    .selectFrom('sessions')
    .leftJoin('session_memory', 'session_memory.session_id', 'sessions.id')
    .select(['chat_model', 'selected_voice', 'current_scenario', 'preferences'])
    .select(['memory', 'version', 'legacy_id', 'legacy_seen'])
    .where('sessions.id', '=', sessionId)
    .executeTakeFirst();
  if (!row) return null;
  const { memory, version, legacy_id, legacy_seen, ...settings } = row;
  return {
    sessionId,
    memory: memory === 'LEGACY' ? 'LEGACY' : 'NEW',
    version: version ?? 0,
    legacyId: legacy_id,
    seen: (legacy_seen as Seen | null) ?? null,
    settings,
    appends: await readAppends(db, sessionId),
  };
}

export async function readVersion(db: Db, sessionId: string): Promise<number> {
  const row = await db
    .selectFrom('session_memory')
    .select('version')
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return row?.version ?? 0;
}

async function readAppends(db: Db, sessionId: string): Promise<Append[]> {
  const rows = await db
    .selectFrom('legacy_appends')
    .select(['number', 'conversation', 'messages'])
    .where('session_id', '=', sessionId)
    .orderBy('number')
    .limit(APPENDS_AT_ONCE)
    .execute();
  return rows.map(({ number, conversation, messages }) => ({
    number,
    conversation,
    messages: messages ? revived(messages) : null,
  }));
}

/** Messages as an append keeps them; none where it forgets. */
export const revived = (messages: unknown): MarkedMessage[] =>
  ((messages ?? []) as MarkedMessage[]).map((one) => ({ ...one, at: new Date(one.at) }));

/** The newest messages behind `number`, oldest first: at most `most` of each kind. */
export async function readUnsaid(
  db: Db,
  sessionId: string,
  number: number,
  most = WINDOW,
): Promise<Held['unsaid']> {
  const { rows } = await sql<MessageRow>`
    select newest.*
    from (values ('CHAT'), ('SCENARIO'), ('WATCH')) as kinds (kind)
    cross join lateral (
      select conversation, number, role, content, served_by, at, turn, interrupted
      from messages
      where session_id = ${sessionId} and split_part(conversation, ':', 1) = kind and number > ${number}
      order by number desc
      limit ${most}
    ) as newest
    order by newest.number
  `.execute(db);
  return rows.map((row) => toMarked(sessionId, row));
}

export interface MessageRow {
  conversation: string;
  number: number;
  role: string;
  content: string;
  served_by: string | null;
  at: Date;
  turn: string | null;
  interrupted: boolean;
}

export const toMessage = ({ role, content, served_by, at, interrupted }: MessageRow): Message => ({
  role: role as Role,
  content,
  servedBy: served_by as Message['servedBy'],
  at,
  interrupted,
});

const toMarked = (sessionId: string, row: MessageRow): Held['unsaid'][number] => ({
  ...toMessage(row),
  conversation: row.conversation as ConversationName,
  number: row.number,
  mark: row.turn ?? numberMark(sessionId, row.number),
});

/** One turn's messages with their names; a turn may say several things in one role. */
export function marked(
  conversation: ConversationName,
  turn: string,
  messages: readonly NewMessage[],
  at: Date,
): MarkedMessage[] {
  const said = new Map<Role, number>();
  return messages.map(({ role, content, servedBy, interrupted = false }) => {
    const count = (said.get(role) ?? 0) + 1;
    said.set(role, count);
    const mark = count === 1 ? turn : `${turn}#${count}`;
    return { conversation, role, content: storable(content), servedBy, interrupted, at, mark };
  });
}

/** Those that are there already stay as they are. @returns The number of the newest that was written. */
export async function writeMessages(
  trx: Trx,
  sessionId: string,
  messages: readonly Import[],
): Promise<number> {
  let newest = 0;
  for (let start = 0; start < messages.length; start += ROWS_AT_ONCE) {
    const written = await trx
      .insertInto('messages')
      .values(
        messages.slice(start, start + ROWS_AT_ONCE).map((message) => ({
          session_id: sessionId,
          conversation: message.conversation,
          role: message.role,
          content: storable(message.content),
          served_by: message.servedBy,
          at: message.at,
          turn: message.mark,
          interrupted: message.interrupted,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('number')
      .execute();
    newest = Math.max(newest, ...written.map(({ number }) => number));
  }
  return newest;
}

/** Notes that something changes, and keeps others from changing the memory until the transaction ends. */
export async function lockMemory(
  trx: Trx,
  sessionId: string,
): Promise<{ memory: MemoryPlace; version: number; isShared: boolean }> {
  const { rows } = await sql<{ memory: MemoryPlace; version: number; shared: boolean }>`
    insert into session_memory as known (session_id, version) values (${sessionId}, 1)
    on conflict (session_id) do update set version = known.version + 1
    returning memory, version, legacy_id is not null or legacy_seen is not null or memory = 'LEGACY' as shared
  `.execute(trx);
  const { memory, version, shared } = rows[0]!;
  return { memory, version, isShared: shared };
}

export async function writeAppend(
  trx: Trx,
  sessionId: string,
  conversation: string,
  turn: string | null,
  messages: readonly MarkedMessage[] | null,
): Promise<void> {
  await trx
    .insertInto('legacy_appends')
    .values({
      session_id: sessionId,
      conversation,
      turn,
      ...(messages && { messages: json(messages) }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether a turn is in our table. */
export async function hasTurn(
  trx: Trx,
  sessionId: string,
  conversation: string,
  turn: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('messages')
    .select('number')
    .where('session_id', '=', sessionId)
    .where('conversation', '=', conversation)
    .where('turn', '=', turn)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets kinds of conversation, and their turns that still wait. */
export async function deleteKinds(
  trx: Trx,
  sessionId: string,
  kinds: readonly ConversationKind[],
): Promise<void> {
  const kind = sql<string>`split_part(conversation, ':', 1)`;
  await trx.deleteFrom('messages').where('session_id', '=', sessionId).where(kind, 'in', kinds).execute();
  await trx
    .deleteFrom('legacy_appends')
    .where('session_id', '=', sessionId)
    .where(kind, 'in', kinds)
    .execute();
}

/** What is unset in our session, or was changed in the document, where nobody changed it here meanwhile. */
export async function writeSettings(
  trx: Trx,
  sessionId: string,
  changes: Partial<Settings>,
  current: Settings,
  asRead: Settings,
): Promise<void> {
  const { preferences, ...names } = Object.fromEntries(
    Object.entries(changes).filter(
      ([field]) => canonical(current[field as keyof Settings]) === canonical(asRead[field as keyof Settings]),
    ),
  ) as Partial<Settings>;
  const set = { ...names, ...(preferences && { preferences: json(preferences) }) };
  if (Object.keys(set).length > 0)
    await trx.updateTable('sessions').set(set).where('id', '=', sessionId).execute();
}
