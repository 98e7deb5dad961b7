import type { Column } from './columns.ts';
import { ADDITIVE, conceptOf, GENERIC } from './synonyms.ts';
import type { Token } from './words.ts';

/** How a word was taken for a column: the further down, the more it needs saying. */
export type Likeness = 'exact' | 'part' | 'synonym' | 'abbreviation' | 'spelling';

export interface Naming {
  columns: Column[];
  likeness: Likeness;
  /** All of the heading's words were said. */
  isWhole: boolean;
}

const JOINING = new Set(['of', 'the', 'in', 'の', '-', '/', '.']);
const WEIGHT: Record<Likeness, number> = { exact: 5, part: 4, synonym: 3, abbreviation: 2, spelling: 1 };

/** The columns that these words name, best reading only; several where it cannot be told which is meant. */
export function columnsNamed(
  words: Token[],
  columns: Column[],
  isStopWord: (norm: string) => boolean,
): Naming | undefined {
  const first = words[0]!;
  const said = words.filter((token) => !JOINING.has(token.norm));
  if (said.length === 0 || JOINING.has(first.norm) || JOINING.has(words.at(-1)!.norm)) return undefined;
  const joined = said.map((token) => token.norm).join('');
  const isStop = said.every((token) => isStopWord(token.norm));

  const scored = columns.flatMap((column) => {
    const found = compare(said, joined, column, isStop);
    return found ? [{ column, ...found }] : [];
  });
  if (scored.length === 0) return undefined;
  const best = Math.max(...scored.map(({ score }) => score));
  const winners = scored.filter(({ score }) => score > best - 0.01);
  const { likeness, isWhole } = winners[0]!;
  const isGeneric = said.every((token) => GENERIC.has(conceptOf(token.norm)));
  if (isGeneric && !isWhole && winners.length > 1) return undefined;
  if ((likeness === 'abbreviation' || likeness === 'spelling') && winners.length > 1) return undefined;
  return { columns: winners.map(({ column }) => column), likeness, isWhole };
}

function compare(said: Token[], joined: string, column: Column, isStop: boolean) {
  const only = said.length === 1 ? said[0]! : undefined;
  if (only?.kind === 'quoted') {
    return only.text.toLowerCase() === column.name.toLowerCase() || joined === column.words.join('')
      ? { score: 100, likeness: 'exact' as const, isWhole: true }
      : undefined;
  }
  if (only && only.text.length === 1 && /[a-z]/.test(only.text) && isStop) return undefined;
  if (joined === column.words.join('')) {
    if (isStop && only && !GENERIC.has(only.norm) && !ADDITIVE.has(only.norm)) return undefined;
    return { score: 50, likeness: 'exact' as const, isWhole: true };
  }
  if (isStop && !said.some(({ norm }) => GENERIC.has(norm) || ADDITIVE.has(norm))) return undefined;

  const left = [...column.words];
  let likeness: Likeness = 'exact';
  for (const token of said) {
    const hit = wordIn(left, token);
    if (!hit) return undefined;
    if (WEIGHT[hit.likeness] < WEIGHT[likeness]) likeness = hit.likeness;
    left.splice(hit.at, 1);
  }
  const telling = column.words.filter((word) => !GENERIC.has(conceptOf(word)));
  const missing = left.filter((word) => !GENERIC.has(conceptOf(word)));
  const isWhole = left.length === 0 || (missing.length === 0 && telling.length > 0);
  if (likeness === 'exact' && !isWhole) likeness = 'part';
  const coverage =
    telling.length > 0 ? 1 - missing.length / telling.length : 1 - left.length / column.words.length;
  return { score: WEIGHT[likeness] * 4 + coverage * 3, likeness, isWhole };
}

function wordIn(words: string[], token: Token): { at: number; likeness: Likeness } | undefined {
  const { norm } = token;
  const same = words.indexOf(norm);
  if (same >= 0) return { at: same, likeness: 'exact' };
  const concept = conceptOf(norm);
  const meant = words.findIndex((word) => conceptOf(word) === concept);
  if (meant >= 0) return { at: meant, likeness: 'synonym' };
  if (token.kind !== 'word' || !/^[a-z]{4,}$/.test(norm)) return undefined;
  const short = words.findIndex(
    (word) => /^[a-z]{4,}$/.test(word) && (word.startsWith(norm) || norm.startsWith(word)),
  );
  if (short >= 0) return { at: short, likeness: 'abbreviation' };
  const kin = words.findIndex((word) => isKin(word, norm));
  if (kin >= 0) return { at: kin, likeness: 'abbreviation' };
  const near = norm.length < 5 ? -1 : words.findIndex((word) => word.length >= 5 && isOneSlip(word, norm));
  return near >= 0 ? { at: near, likeness: 'spelling' } : undefined;
}

/** Forms of one word: generated, generation. */
function isKin(a: string, b: string): boolean {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return same >= 6 && a.length - same <= 4 && b.length - same <= 4;
}

/** One letter wrong, missing, too many, or two neighbours swapped. */
export function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (x.length <= 1 && y.length <= 1) return true;
  return x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0];
}
