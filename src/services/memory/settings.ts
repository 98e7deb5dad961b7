import { fromPlain, isMap, type LegacyDocument, toPlain } from './document.ts';

/** Longest name that our own sessions take. */
const LONGEST_NAME = 200;
const LONGEST_PREFERENCES = 64 * 1024;

/** What a session is set to. Null, or no preferences at all: unset. */
export interface Settings {
  chat_model: string | null;
  selected_voice: string | null;
  current_scenario: string | null;
  preferences: Record<string, unknown>;
}

/** What the document said when it was last looked at; absent: it never was. */
export type SeenSettings = Partial<Record<keyof Settings, unknown>>;

const FIELDS = ['chat_model', 'selected_voice', 'current_scenario', 'preferences'] as const;

/** What both sides say, made one. */
export interface MergedSettings {
  /** What changes in our session. */
  ours: Partial<Settings>;
  document: LegacyDocument | null;
  seen: SeenSettings;
}

/**
 * Merges the settings of both sides. At first what is unset here comes from the document; later whoever changed a
 * setting since then has it their way, and where both did, our side.
 *
 * @param writes Whether the document takes over what it lacks.
 */
export function mergeSettings(
  document: LegacyDocument | null,
  ours: Settings,
  seen: SeenSettings,
  writes: boolean,
): MergedSettings {
  const merged = { ours: {} as Record<string, unknown>, document, seen: {} as SeenSettings };
  for (const field of FIELDS) {
    const theirs = document ? read(document, field) : null;
    if (theirs === undefined) {
      // Beyond what a session takes: it stays the legacy application's own.
      merged.seen[field] = seen[field] ?? null;
      continue;
    }
    const mine = unlessEmpty(ours[field]);
    const base = document ? seen[field] : undefined;
    const chosen = choose(mine, theirs, base);
    if (!equal(chosen, mine)) merged.ours[field] = field === 'preferences' ? (chosen ?? {}) : chosen;
    const written = writes && merged.document !== null && !equal(chosen, theirs);
    if (written) merged.document = write(merged.document, field, chosen);
    merged.seen[field] = written ? chosen : theirs;
  }
  return { ...merged, ours: merged.ours as Partial<Settings> };
}

function choose(mine: unknown, theirs: unknown, base: unknown): unknown {
  if (base === undefined) return mine ?? theirs;
  if (equal(theirs, base)) return mine;
  return equal(mine, base) ? theirs : mine;
}

/** Undefined where the document says something that a session of ours cannot hold. */
function read(document: LegacyDocument, field: keyof Settings): unknown {
  const value = document.get(field) ?? null;
  if (value === null || value === '') return null;
  if (field !== 'preferences')
    return typeof value === 'string' &&
      value.trim() !== '' &&
      value.length <= LONGEST_NAME &&
      !value.includes('\0')
      ? value
      : undefined;
  if (!isMap(value)) return undefined;
  const preferences = toPlain(value) as Record<string, unknown>;
  return JSON.stringify(preferences).length <= LONGEST_PREFERENCES ? unlessEmpty(preferences) : undefined;
}

function write(document: LegacyDocument | null, field: keyof Settings, value: unknown): LegacyDocument {
  const changed = new Map(document);
  if (value === null) changed.delete(field);
  else changed.set(field, fromPlain(value));
  return changed;
}

const unlessEmpty = (value: unknown): unknown =>
  value && typeof value === 'object' && Object.keys(value).length === 0 ? null : value;

const equal = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** JSON whose keys are sorted: a database gives them back in an order of its own. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    item && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
