import { createHash } from 'node:crypto';
import { storable } from '../../store/index.ts';
import type { ServiceVersion } from '../chat/index.ts';
import { isList, isMap, type LegacyDocument, type LegacyValue, toPlain } from './document.ts';
import { LegacyDocumentError } from './errors.ts';
import {
  type ConversationKind,
  type ConversationName,
  conversationOf,
  KINDS,
  type Message,
  type Role,
  scenarioOf,
} from './types.ts';

/** The key of a history that is about no scenario, among others that are. */
export const NO_SCENARIO = 'default';
/** Names our messages in the legacy application's lists; Flask keeps fields it does not know. */
const MARK = 'turn';
/** What else those of ours say there, for a session that adopts the document later. */
const SERVED_BY = 'served_by';
const INTERRUPTED = 'interrupted';
const ROLES: Readonly<Record<string, Role>> = {
  user: 'USER',
  human: 'USER',
  assistant: 'ASSISTANT',
  ai: 'ASSISTANT',
  model: 'ASSISTANT',
  system: 'SYSTEM',
};

/** What is longer names nothing of ours, and would not fit into an index. */
const LONGEST_NAME = 200;
const isName = (text: string): boolean =>
  text !== '' && text.length <= LONGEST_NAME && text === storable(text);

interface EntryMessage extends Pick<Message, 'role' | 'content' | 'servedBy' | 'interrupted'> {
  at: Date | null;
}

/** An item of a history. One that is no message of a known shape is left where it is. */
export interface Entry {
  value: LegacyValue;
  message: EntryMessage | null;
  /** The turn that a message of ours belongs to; null: the legacy application wrote it. */
  mark: string | null;
  /** Recognises it later, also where somebody dropped the mark. */
  hash: string;
}

/** A list of messages in a document, and the conversation that it is. */
export interface History {
  field: string;
  /** Null: the field itself is the list. */
  key: string | null;
  conversation: ConversationName;
  entries: readonly Entry[];
}

/** Names a history within its document. */
export const placeOf = ({ field, key }: Pick<History, 'field' | 'key'>): string =>
  key === null ? field : `${field}/${key}`;

export const fieldOf = (kind: ConversationKind): string => `${kind.toLowerCase()}_history`;

export const kindOfField = (field: string): ConversationKind | undefined =>
  KINDS.find((kind) => fieldOf(kind) === field);

/** Names a message of our table that belongs to no turn. */
export const numberMark = (sessionId: string, number: number): string => `message:${sessionId}:${number}`;

export const isNumberMark = (mark: string): boolean => mark.startsWith('message:');

/** Whether a session gave a document a message by its number. */
export const isNumberMarkOf = (sessionId: string, mark: string | null): boolean =>
  mark?.startsWith(`message:${sessionId}:`) ?? false;

/** Such marks once did not say whose the number is: what bears one is known by what was seen, or is nobody's. */
export const isNamelessMark = (mark: string | null): boolean => mark !== null && /^message:\d+$/.test(mark);

/** A field holds one list, or a dictionary of lists by scenario. */
export function historiesOf(document: LegacyDocument): History[] {
  return KINDS.flatMap((kind): History[] => {
    const field = fieldOf(kind);
    const value = document.get(field);
    if (isList(value)) {
      const current = kind === 'SCENARIO' ? scenarioNow(document) : null;
      return [{ field, key: null, conversation: conversationOf(kind, current), entries: value.map(toEntry) }];
    }
    if (!isMap(value)) return [];
    return [...value].flatMap(([key, list]) => {
      if (typeof key !== 'string' || !isName(key) || !isList(list)) return [];
      const conversation = conversationOf(kind, key === NO_SCENARIO ? null : key);
      return [{ field, key, conversation, entries: list.map(toEntry) }];
    });
  });
}

/** Where a conversation belongs in a document that may not have it yet: in the shape that is there. */
export function placeFor(
  document: LegacyDocument,
  conversation: ConversationName,
): Pick<History, 'field' | 'key'> {
  const field = fieldOf(conversation.split(':', 1)[0] as ConversationKind);
  const value = document.get(field);
  const scenario = scenarioOf(conversation);
  if (isList(value)) return { field, key: null };
  if (isMap(value)) return { field, key: scenario ?? NO_SCENARIO };
  if (value !== null && value !== undefined)
    throw new LegacyDocumentError(`${field} is neither a list nor a dictionary.`);
  return { field, key: scenario };
}

/** The document with a history's entries in their place; everything else as it was. */
export function withHistory(
  document: LegacyDocument,
  { field, key }: Pick<History, 'field' | 'key'>,
  entries: readonly Entry[],
): LegacyDocument {
  const list = entries.map(({ value }) => value);
  if (key === null) return new Map(document).set(field, list);
  const histories = document.get(field);
  const before = isMap(histories) ? histories : new Map<LegacyValue, LegacyValue>();
  const there = before.get(key);
  if (there !== undefined && there !== null && !isList(there))
    throw new LegacyDocumentError(`${field}[${JSON.stringify(key)}] is no list.`);
  return new Map(document).set(field, new Map(before).set(key, list));
}

/** A message as the legacy application would have written it, with our mark and what only we say of it. */
export function entryOf(message: Omit<EntryMessage, 'at'>, mark: string): Entry {
  const { role, content, servedBy, interrupted } = message;
  const value = new Map<LegacyValue, LegacyValue>([
    ['role', role.toLowerCase()],
    ['content', content],
    [MARK, mark],
  ]);
  if (servedBy) value.set(SERVED_BY, servedBy);
  if (interrupted) value.set(INTERRUPTED, true);
  const said = { role, content, servedBy, interrupted, at: null };
  return { value, message: said, mark, hash: hashOf(role, content, null) };
}

function toEntry(value: LegacyValue): Entry {
  if (!isMap(value)) return { value, message: null, mark: null, hash: '' };
  const role = value.get('role');
  const content = value.get('content');
  const known = typeof role === 'string' ? ROLES[role.toLowerCase()] : undefined;
  if (!known || typeof content !== 'string') return { value, message: null, mark: null, hash: '' };
  const found = value.get(MARK);
  const mark = typeof found === 'string' && isName(found) ? found : null;
  const timestamp = toPlain(value.get('timestamp') ?? null);
  const servedBy = mark === null ? theirs(known) : versionOf(value.get(SERVED_BY));
  const interrupted = mark !== null && value.get(INTERRUPTED) === true;
  return {
    value,
    message: { role: known, content, servedBy, interrupted, at: momentOf(timestamp) },
    mark,
    hash: hashOf(known, content, timestamp),
  };
}

const theirs = (role: Role): ServiceVersion | null => (role === 'ASSISTANT' ? 'LEGACY' : null);

const versionOf = (value: LegacyValue | undefined): ServiceVersion | null =>
  value === 'LEGACY' || value === 'NEW' ? value : null;

const scenarioNow = (document: LegacyDocument): string | null => {
  const current = document.get('current_scenario');
  return typeof current === 'string' && isName(current) ? current : null;
};

const hashOf = (role: Role, content: string, timestamp: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([role, content, timestamp]))
    .digest('base64url')
    .slice(0, 16);

/** ISO 8601, which without a zone is UTC as in the legacy application; or seconds since 1970. */
function momentOf(timestamp: unknown): Date | null {
  const zoned =
    typeof timestamp === 'string' && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(timestamp) ? `${timestamp}Z` : timestamp;
  const moment =
    typeof zoned === 'number'
      ? new Date(1_000 * zoned)
      : new Date(typeof zoned === 'string' ? zoned : Number.NaN);
  const year = moment.getUTCFullYear();
  return year >= 1970 && year < 10_000 ? moment : null;
}
