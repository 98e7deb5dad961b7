import type { SeenHistory } from './alignment.ts';
import {
  type Append,
  appliedIn,
  clearedIn,
  PREFERENCES,
  wentBack,
  withApplied,
  withWritten,
  writtenIn,
} from './appends.ts';
import type { LegacyDocument } from './document.ts';
import { type Forgotten, HistoryMerge } from './merge.ts';
import type { OwnMessage } from './restoring.ts';
import { mergeSettings, type SeenSettings, type Settings } from './settings.ts';
import type { ConversationName, MemoryPlace, Message } from './types.ts';

/** A message with the name it has in both places. */
export interface MarkedMessage extends Message {
  conversation: ConversationName;
  mark: string;
}

/** What was in the document when both sides were last made equal. */
export interface Seen {
  /** The newest message of our table that the document was told of. */
  number: number;
  /** The last append that the document was given. */
  applied: number;
  /** How often we had written into it. Absent where nobody counted yet, as is what follows. */
  written?: number;
  /** The last writing with which a field was forgotten because a user wanted it. */
  cleared?: Readonly<Record<string, number>>;
  histories: Readonly<Record<string, SeenHistory>>;
  settings: SeenSettings;
}

/** What our side knows. */
export interface Held {
  sessionId: string;
  memory: MemoryPlace;
  seen: Seen | null;
  settings: Settings;
  appends: readonly Append[];
  /**
   * Of our table, the newest that the document was never told of; oldest first. At most 50 of each kind. Where it
   * `isToRestore`, the newest of all, at most 200 of each kind.
   */
  unsaid: readonly OwnMessage[];
}

/** A message that our table lacks. */
export type Import = Omit<MarkedMessage, 'mark'> & { mark: string | null };

/** What is to be done, on both sides, to make them equal. */
export interface Plan {
  document: LegacyDocument | null;
  /** What the legacy application forgot. */
  forgotten: readonly Forgotten[];
  /** In the order in which they belong into our table. */
  imports: readonly Import[];
  settings: Partial<Settings>;
  /** Without the numbers that the imports are going to have. */
  seen: Seen | null;
}

/** What a session has in a document that nobody wrote yet. Flask-Session sets it where a session shall last. */
const CREATED: LegacyDocument = new Map([['_permanent', true]]);

/**
 * Makes the legacy application's document and our table equal. Pure; and after a plan was carried out in the document
 * alone, the next one does the rest of it and nothing twice.
 *
 * @param target Where the truth shall be afterwards.
 */
export function plan(found: LegacyDocument | null, held: Held, target: MemoryPlace, now: Date): Plan {
  if (held.memory === 'NEW' && target === 'NEW') return forgetOnly(found, held);

  const base = found ?? (target === 'LEGACY' ? CREATED : null);
  const cleared = clearedIn(base, held.seen, held.appends);
  const merge = new HistoryMerge(cleared.document, held.sessionId, cleared.seen, now);
  const isBack = wentBack(found, held.seen);
  const restores = isToRestore(found, held, target);
  if (restores) merge.restore(held.unsaid, isBack);
  // A document that is missing, or is another one, was not cleared: it ran out, or its store lost it.
  const forgotten = held.memory === 'LEGACY' && found && !isBack ? merge.forgotten() : [];
  const imports = merge.imports(held.unsaid, cleared.appends, forgotten);
  if (target === 'LEGACY' && !restores) merge.say(held.unsaid);
  merge.sayAppends(cleared.appends);

  const preferences = held.appends.some(({ conversation }) => conversation === PREFERENCES);
  // Another document does not tell who changed what: there ours stand.
  const told = found && !isBack ? held.seen?.settings : {};
  const seenSettings = { ...told, ...(found && preferences && { preferences: null }) };
  const settings = mergeSettings(merge.document, held.settings, seenSettings, target === 'LEGACY');
  const applied = held.seen?.applied ?? 0;
  const changed = withApplied(settings.document, held.appends, target === 'LEGACY' ? applied : 0);
  // What was taken over is told by its number too: an older copy of the document may lack it.
  const least = imports.length > 0 ? Number.POSITIVE_INFINITY : 1;
  const document = withWritten(found, changed, held.seen, target === 'LEGACY' ? least : 0);
  return {
    document,
    forgotten,
    imports,
    settings: settings.ours,
    seen: {
      number: Math.max(held.seen?.number ?? 0, held.unsaid.at(-1)?.number ?? 0),
      applied: Math.max(applied, appliedIn(document)),
      ...countedIn(document, held.seen, cleared.fields),
      // An old copy of a document that is missing may come back.
      histories: document ? merge.remembered() : (cleared.seen?.histories ?? {}),
      settings: settings.seen,
    },
  };
}

/**
 * Whether the document is to show our newest messages again, whatever it has: where it is another one than was seen,
 * and where it is followed again, for what was done to it meanwhile was not.
 */
export const isToRestore = (
  found: LegacyDocument | null,
  { memory, seen }: Pick<Held, 'memory' | 'seen'>,
  target: MemoryPlace,
): boolean =>
  found !== null && seen !== null && (wentBack(found, seen) || (memory === 'NEW' && target === 'LEGACY'));

function countedIn(
  document: LegacyDocument | null,
  seen: Seen | null,
  fields: readonly string[],
): Required<Pick<Seen, 'written' | 'cleared'>> {
  const written = Math.max(seen?.written ?? 0, writtenIn(document));
  return {
    written,
    cleared: { ...seen?.cleared, ...Object.fromEntries(fields.map((field) => [field, written])) },
  };
}

/** While our table has the truth, only what a user wants forgotten goes to the document. */
function forgetOnly(found: LegacyDocument | null, held: Held): Plan {
  const { document: cleared, seen, appends, fields } = clearedIn(found, held.seen, held.appends);
  // Messages wait only where the truth was in the document, and then they move with it; none may be lost all the same.
  const imports = appends.flatMap(({ messages }) => messages ?? []);
  const changed = withApplied(cleared, held.appends);
  const document = changed === found ? found : withWritten(found, changed, held.seen, 0);
  return {
    forgotten: [],
    imports,
    settings: {},
    document,
    seen: seen && { ...seen, ...countedIn(document, held.seen, fields) },
  };
}
