import type { SeenHistory } from './alignment.ts';
import { type Append, appliedIn, clearedIn, PREFERENCES, withApplied } from './appends.ts';
import type { LegacyDocument } from './document.ts';
import { type Forgotten, HistoryMerge } from './merge.ts';
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
  histories: Readonly<Record<string, SeenHistory>>;
  settings: SeenSettings;
}

/** What our side knows. */
export interface Held {
  memory: MemoryPlace;
  seen: Seen | null;
  settings: Settings;
  appends: readonly Append[];
  /**
   * Of our table, the newest that the document was never told of, or that it lost; oldest first. At most 50 of each
   * kind.
   */
  unsaid: readonly (MarkedMessage & { number: number })[];
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
  const merge = new HistoryMerge(cleared.document, cleared.seen, now);
  // A document that is missing was not cleared: it ran out, or its store lost it.
  const forgotten = held.memory === 'LEGACY' && found ? merge.forgotten() : [];
  const imports = merge.imports(held.unsaid, cleared.appends, forgotten);
  if (target === 'LEGACY') merge.say(held.unsaid);
  merge.sayAppends(cleared.appends);

  const preferences = held.appends.some(({ conversation }) => conversation === PREFERENCES);
  const seenSettings = found ? { ...held.seen?.settings, ...(preferences && { preferences: null }) } : {};
  const settings = mergeSettings(merge.document, held.settings, seenSettings, target === 'LEGACY');
  const applied = held.seen?.applied ?? 0;
  const document = withApplied(settings.document, held.appends, target === 'LEGACY' ? applied : 0);
  return {
    document,
    forgotten,
    imports,
    settings: settings.ours,
    seen: {
      number: Math.max(held.seen?.number ?? 0, held.unsaid.at(-1)?.number ?? 0),
      applied: Math.max(applied, appliedIn(document)),
      histories: merge.remembered(),
      settings: settings.seen,
    },
  };
}

/** While our table has the truth, only what a user wants forgotten goes to the document. */
function forgetOnly(found: LegacyDocument | null, held: Held): Plan {
  const { document, seen, appends } = clearedIn(found, held.seen, held.appends);
  // Messages wait only where the truth was in the document, and then they move with it; none may be lost all the same.
  const imports = appends.flatMap(({ messages }) => messages ?? []);
  return { forgotten: [], imports, settings: {}, document: withApplied(document, held.appends), seen };
}
