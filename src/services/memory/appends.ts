import { isList, isMap, type LegacyDocument } from './document.ts';
import { fieldOf } from './histories.ts';
import type { MarkedMessage, Seen } from './plan.ts';
import { kindOf } from './types.ts';

/** The number of the last append that a document was given; it outlives the messages, which are dropped at last. */
const APPLIED = 'signalbox_applied';
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
}

/** Forgets in a document what shall be forgotten, and in what was seen of it. */
export function clearedIn(
  document: LegacyDocument | null,
  seen: Seen | null,
  appends: readonly Append[],
): Cleared {
  const applied = appliedIn(document);
  let cleared: Cleared = { document, seen, appends: [] };
  for (const append of appends) {
    const { number, conversation, messages } = append;
    if (messages) {
      cleared = { ...cleared, appends: [...cleared.appends, append] };
      continue;
    }
    const field = conversation === PREFERENCES ? 'preferences' : fieldOf(kindOf(conversation));
    cleared = {
      document: number > applied ? without(cleared.document, field) : cleared.document,
      seen: cleared.seen && forgetting(cleared.seen, field),
      appends: cleared.appends.filter((earlier) => kindOf(earlier.conversation) !== conversation),
    };
  }
  return cleared;
}

export function appliedIn(document: LegacyDocument | null): number {
  const applied = document?.get(APPLIED);
  return typeof applied === 'number' ? applied : 0;
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
function without(document: LegacyDocument | null, field: string): LegacyDocument | null {
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
