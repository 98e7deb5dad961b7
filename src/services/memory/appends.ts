import { isList, isMap, type LegacyDocument } from './document.ts';
import { fieldOf } from './histories.ts';
import type { MarkedMessage, Seen } from './plan.ts';
import { kindOf } from './types.ts';

/** The number of the last append that a document was given; it outlives the messages, which are dropped at last. */
const APPLIED = 'signalbox_applied';
/** How often we wrote into a document: in an older copy it is less, and in one that somebody made anew it is missing. */
const WRITTEN = 'signalbox_written';
/** An append that forgets the preferences instead of a conversation. */
export const PREFERENCES = 'PREFERENCES';

/** One turn on its way to a document; without messages, a kind of conversation that is forgotten there. */
export interface Append {
  number: number;
  conversation: string;
  messages: readonly MarkedMessage[] | null;
}

interface Cleared {
  document: LegacyDocument | null;
  seen: Seen | null;
  /** Those with messages that nothing forgot after them. */
  appends: readonly Append[];
  /** Fields that were forgotten. */
  fields: readonly string[];
}

/** Forgets in a document what shall be forgotten, and in what was seen of it. */
export function clearedIn(
  document: LegacyDocument | null,
  seen: Seen | null,
  appends: readonly Append[],
): Cleared {
  const applied = appliedIn(document);
  let cleared: Cleared = { document: withoutCleared(document, seen), seen, appends: [], fields: [] };
  for (const append of appends) {
    const { number, conversation, messages } = append;
    if (messages) {
      cleared = { ...cleared, appends: [...cleared.appends, append] };
      continue;
    }
    const field = conversation === PREFERENCES ? 'preferences' : fieldOf(kindOf(conversation));
    cleared = {
      document: number > applied ? withoutField(cleared.document, field) : cleared.document,
      seen: cleared.seen && forgetting(cleared.seen, field),
      appends: cleared.appends.filter((earlier) => kindOf(earlier.conversation) !== conversation),
      fields: [...cleared.fields, field],
    };
  }
  return cleared;
}

/** A copy from before a user had something forgotten would bring it back. */
function withoutCleared(document: LegacyDocument | null, seen: Seen | null): LegacyDocument | null {
  const written = writtenIn(document);
  const fields = Object.entries(seen?.cleared ?? {}).filter(([, at]) => written > 0 && written < at);
  return fields.reduce((without, [field]) => withoutField(without, field), document);
}

export const appliedIn = (document: LegacyDocument | null): number => numberIn(document, APPLIED);

/** 0: we never wrote into it. */
export const writtenIn = (document: LegacyDocument | null): number => numberIn(document, WRITTEN);

function numberIn(document: LegacyDocument | null, field: string): number {
  const value = document?.get(field);
  return typeof value === 'number' ? value : 0;
}

/** Whether a document is not the one that was seen last, nor one that came from it. */
export const wentBack = (document: LegacyDocument | null, seen: Seen | null): boolean =>
  document !== null && writtenIn(document) < (seen?.written ?? 0);

/** Counts in a document that we wrote into it; where it is `found` as it was, only if the count is below `least`. */
export function withWritten(
  found: LegacyDocument | null,
  document: LegacyDocument | null,
  seen: Seen | null,
  least: number,
): LegacyDocument | null {
  const before = seen?.written ?? 0;
  const written = writtenIn(document);
  if (!document || (document === found && written >= Math.max(before, least))) return document;
  return new Map(document).set(WRITTEN, Math.max(written, before) + 1);
}

/** Notes in a document that it was given these, and all up to `before`. */
export function withApplied(
  document: LegacyDocument | null,
  appends: readonly Append[],
  before = 0,
): LegacyDocument | null {
  const last = appends.at(-1)?.number ?? before;
  return document && last > appliedIn(document) ? new Map(document).set(APPLIED, last) : document;
}

/** The shape of a history stays: the legacy application may rely on it. */
function withoutField(document: LegacyDocument | null, field: string): LegacyDocument | null {
  if (!document?.has(field)) return document;
  const changed = new Map(document);
  const value = changed.get(field);
  if (field === 'preferences') changed.delete(field);
  else if (isList(value)) changed.set(field, []);
  else if (isMap(value)) changed.set(field, new Map());
  return changed;
}

const forgetting = (seen: Seen, field: string): Seen => ({
  ...seen,
  histories: Object.fromEntries(
    Object.entries(seen.histories).filter(([place]) => place.split('/', 1)[0] !== field),
  ),
});
