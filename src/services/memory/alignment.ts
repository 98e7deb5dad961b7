import type { Entry } from './histories.ts';

/** What an entry is remembered as. */
export type Token = string;

/** Entries of one history that are remembered: far more than a legacy application keeps. */
const REMEMBERED = 1_000;
/** Above this many comparisons entries are told apart by their numbers only. */
const MOST_COMPARISONS = 4_000_000;

/** What was in a history when it was last looked at. */
export interface SeenHistory {
  tokens: readonly Token[];
  /** Entries before the first token that are not remembered. */
  older: number;
}

export const NOTHING_SEEN: SeenHistory = { tokens: [], older: 0 };

export function remember(entries: readonly Entry[]): SeenHistory {
  const tokens = entries.map(tokenOf);
  return { tokens: tokens.slice(-REMEMBERED), older: Math.max(0, tokens.length - REMEMBERED) };
}

const tokenOf = ({ hash, mark }: Entry): Token => (mark === null ? hash : `${hash}.${mark}`);

/**
 * Which entries were there before: the longest common subsequence of what was seen and what is there now. The legacy
 * application appends at the end, drops at the front, and now and then changes something in between.
 *
 * @returns For each entry whether it is known.
 */
export function knownAmong(seen: SeenHistory, entries: readonly Entry[]): boolean[] {
  // Where the legacy application drops fields it does not know, our own messages are recognised by their text.
  const unmarked = entries.every(({ mark }) => mark === null);
  const tokens = unmarked ? seen.tokens.map((token) => token.split('.', 1)[0] ?? '') : seen.tokens;
  const known = longestCommon(tokens, entries);
  const first = known.indexOf(true);
  // What stood before the first that is remembered was there too.
  if (seen.older > 0 && first > 0) known.fill(true, 0, first);
  return known.map((is, index) => is || entries[index]?.message === null);
}

function longestCommon(tokens: readonly Token[], entries: readonly Entry[]): boolean[] {
  const known = entries.map(() => false);
  let start = 0;
  while (start < tokens.length && start < entries.length && same(tokens[start], entries[start]))
    known[start++] = true;

  const [rows, columns] = [tokens.length - start, entries.length - start];
  if (rows === 0 || columns === 0) return known;
  if (rows * columns > MOST_COMPARISONS) return byCount(tokens.slice(start), entries, start, known);

  // lengths[r][c]: of the longest common subsequence of what follows token r and entry c.
  const width = columns + 1;
  const lengths = new Uint16Array((rows + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      lengths[row * width + column] = same(tokens[start + row], entries[start + column])
        ? 1 + at(row + 1, column + 1)
        : Math.max(at(row + 1, column), at(row, column + 1));

  for (let row = 0, column = 0; row < rows && column < columns; )
    if (same(tokens[start + row], entries[start + column])) {
      known[start + column] = true;
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  return known;
}

const same = (token: Token | undefined, entry: Entry | undefined): boolean =>
  token !== undefined && entry?.message != null && token === tokenOf(entry);

function byCount(
  tokens: readonly Token[],
  entries: readonly Entry[],
  start: number,
  known: boolean[],
): boolean[] {
  const left = new Map<string, number>();
  for (const token of tokens) left.set(token, (left.get(token) ?? 0) + 1);
  for (let index = start; index < entries.length; index += 1) {
    const entry = entries[index];
    const token = entry?.message && tokenOf(entry);
    const count = token ? (left.get(token) ?? 0) : 0;
    if (!token || count === 0) continue;
    left.set(token, count - 1);
    known[index] = true;
  }
  return known;
}

/** The marks of what was seen last and is there no more, newest last: what stood behind all that is still there. */
export function lostMarks(seen: SeenHistory, entries: readonly Entry[]): string[] {
  const there = new Set(entries.map(tokenOf));
  const last = seen.tokens.findLastIndex((token) => there.has(token));
  return seen.tokens.slice(last + 1).flatMap((token) => {
    const dot = token.indexOf('.');
    return dot < 0 ? [] : [token.slice(dot + 1)];
  });
}
