import { type Entry, isNumberMark } from './histories.ts';

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

/** A message that is given back bears a number; it is the same as before. */
const tokenOf = ({ hash, mark }: Entry): Token =>
  mark === null || isNumberMark(mark) ? hash : `${hash}.${mark}`;

const bare = (token: Token): Token => token.split('.', 1)[0] ?? '';

/**
 * Which entries were there before: what was seen, without the oldest, if that is how the list begins; else the longest
 * common subsequence of both. The legacy application appends at the end, drops at the front, and now and then changes
 * something in between.
 *
 * @returns For each entry whether it is known.
 */
export function knownAmong(seen: SeenHistory, entries: readonly Entry[]): boolean[] {
  // Where the legacy application drops fields it does not know, our own messages are recognised by their text.
  const unmarked = entries.every(({ mark }) => mark === null);
  const isBare = (token: Token): boolean => unmarked || token.startsWith('message:', token.indexOf('.') + 1);
  const tokens = seen.tokens.map((token) => (isBare(token) ? bare(token) : token));
  const known =
    beginning(tokens, entries) ??
    longestCommon(tokens, entries, same)?.map((at) => at >= 0) ??
    byCount(tokens, entries);
  const first = known.indexOf(true);
  // What stood before the first that is remembered was there too.
  if (seen.older > 0 && first > 0) known.fill(true, 0, first);
  return known.map((is, index) => is || entries[index]?.message === null);
}

/** Null where the entries do not begin with the last of the tokens. */
function beginning(tokens: readonly Token[], entries: readonly Entry[]): boolean[] | null {
  const there = entries.map(tokenOf);
  const dropped = tokens.findIndex((_, from) =>
    tokens.every((token, at) => at < from || token === there[at - from]),
  );
  return dropped < 0 ? null : there.map((_, at) => at < tokens.length - dropped);
}

/**
 * The longest common subsequence of two lists.
 *
 * @returns For each of `b` its place in `a`, or -1; null where that takes too many comparisons.
 */
export function longestCommon<A, B>(
  a: readonly A[],
  b: readonly B[],
  isSame: (a: A, b: B) => boolean,
): number[] | null {
  const placed = b.map(() => -1);
  const are = (row: number, column: number): boolean => isSame(a[row] as A, b[column] as B);
  let start = 0;
  while (start < a.length && start < b.length && are(start, start)) placed[start] = start++;

  const [rows, columns] = [a.length - start, b.length - start];
  if (rows * columns > MOST_COMPARISONS) return null;

  // lengths[r][c]: of the longest common subsequence of what follows row r and column c.
  const width = columns + 1;
  const lengths = new Uint16Array((rows + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      lengths[row * width + column] = are(start + row, start + column)
        ? 1 + at(row + 1, column + 1)
        : Math.max(at(row + 1, column), at(row, column + 1));

  for (let row = 0, column = 0; row < rows && column < columns; )
    if (are(start + row, start + column)) {
      placed[start + column] = start + row;
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  return placed;
}

const same = (token: Token, entry: Entry): boolean => entry.message !== null && token === tokenOf(entry);

function byCount(tokens: readonly Token[], entries: readonly Entry[]): boolean[] {
  const left = new Map<string, number>();
  for (const token of tokens) left.set(token, (left.get(token) ?? 0) + 1);
  return entries.map((entry) => {
    const count = entry.message ? (left.get(tokenOf(entry)) ?? 0) : 0;
    if (count > 0) left.set(tokenOf(entry), count - 1);
    return count > 0;
  });
}
