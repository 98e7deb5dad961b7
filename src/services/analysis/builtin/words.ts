/** Cuts text into words: English by its spaces and capitals, Japanese by the longest words that are known. */

export interface Token {
  /** As written. */
  text: string;
  /** Lower case, full width made half width, singular. Two spellings of one word share it. */
  norm: string;
  start: number;
  end: number;
  kind: 'word' | 'number' | 'date' | 'quoted' | 'symbol';
}

const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー々〆';

const PATTERN = new RegExp(
  [
    '(?<quoted>"[^"]+"|“[^”]+”|「[^」]+」|『[^』]+』|`[^`]+`|(?<![\\p{L}\\p{N}])\'[^\']+\'(?![\\p{L}\\p{N}]))',
    '(?<date>\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?!\\d)|\\d{4}年\\d{1,2}月\\d{1,2}日|\\d{4}年\\d{1,2}月|\\d{4}[-/]\\d{1,2}(?![\\d-])|\\d{4}年度?|\\d{4}-?Q[1-4])',
    '(?<number>(?<![\\p{L}\\p{N}])-?\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|(?<![\\p{L}\\p{N}])-?\\d+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)',
    `(?<cjk>[${CJK}]+)`,
    `(?<word>(?![${CJK}])\\p{L}(?:(?![${CJK}])[\\p{L}\\p{M}\\p{N}]|['’](?=\\p{L}))*)`,
    '(?<symbol>[<>!=≤≥≠]+|[^\\s\\p{L}\\p{N}])',
  ].join('|'),
  'giu',
);

export const isJapanese = (text: string) => new RegExp(`[${CJK}]`, 'u').test(text);

/** Words that look plural and are not, or have no regular plural. */
const IRREGULAR: Record<string, string> = {
  people: 'person',
  persons: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  indices: 'index',
  criteria: 'criterion',
  series: 'series',
  species: 'species',
  sales: 'sales',
  news: 'news',
};

/** The form two spellings share: case, width and the English plural do not count. */
export function normalize(word: string): string {
  const lower = word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]s$/, '')
    .replace(/['’]/g, '');
  if (IRREGULAR[lower]) return IRREGULAR[lower];
  if (!/^[a-z]{4,}$/.test(lower)) return lower;
  if (/ies$/.test(lower) && lower.length > 4) return `${lower.slice(0, -3)}y`;
  if (/(ss|sh|ch|x|z)es$/.test(lower)) return lower.slice(0, -2);
  if (/s$/.test(lower) && !/(ss|us|is)$/.test(lower)) return lower.slice(0, -1);
  return lower;
}

/**
 * The words of a text, in order.
 *
 * @param known Japanese words to cut at; a run that holds none of them stays in one piece.
 */
export function tokenize(text: string, known: ReadonlySet<string>): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(PATTERN)) {
    const groups = match.groups!;
    const [whole] = match;
    const start = match.index;
    if (whole === '_') continue;
    if (groups.cjk) tokens.push(...cutJapanese(whole, start, known));
    else if (groups.word) tokens.push(...cutCapitals(whole, start));
    else {
      const kind = groups.quoted ? 'quoted' : groups.date ? 'date' : groups.number ? 'number' : 'symbol';
      const inner = kind === 'quoted' ? whole.slice(1, -1) : whole;
      tokens.push({ text: inner, norm: normalize(inner), start, end: start + whole.length, kind });
    }
  }
  return tokens;
}

/** `unitPrice` and `HTTPStatus` are two words each. */
function cutCapitals(word: string, start: number): Token[] {
  const cuts = [...word.matchAll(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu)].map(
    (m) => m.index,
  );
  const edges = [0, ...cuts, word.length];
  return edges.slice(1).map((end, i) => {
    const text = word.slice(edges[i], end);
    return { text, norm: normalize(text), start: start + edges[i]!, end: start + end, kind: 'word' as const };
  });
}

const KATAKANA = /[\p{Script=Katakana}ー]/u;
const HAN = /\p{Script=Han}/u;
const PARTICLES = new Set('のはがをにでとへや');
const SUFFIXES = new Set('別毎各順');

/** Whether a known word may be cut out here, rather than being a piece of a longer, unknown one. */
function standsAlone(
  run: string,
  at: number,
  length: number,
  afterKnown: boolean,
  known: ReadonlySet<string>,
): boolean {
  const before = at > 0 ? run[at - 1]! : '';
  const next = run[at + length] ?? '';
  const word = run.slice(at, at + length);
  if (KATAKANA.test(word[0]!) && KATAKANA.test(before) && !afterKnown) return false;
  if (KATAKANA.test(word.at(-1)!) && KATAKANA.test(next) && !startsKnown(run, at + length, known))
    return false;
  if (length > 1 || PARTICLES.has(word) || SUFFIXES.has(word)) return true;
  if (!HAN.test(word)) return afterKnown;
  return (
    (afterKnown || !HAN.test(before)) &&
    (!HAN.test(next) || SUFFIXES.has(next) || startsKnown(run, at + 1, known))
  );
}

function startsKnown(run: string, at: number, known: ReadonlySet<string>): boolean {
  for (let length = 2; length <= 12 && at + length <= run.length; length++) {
    if (known.has(run.slice(at, at + length).toLowerCase())) return true;
  }
  return false;
}

function cutJapanese(run: string, start: number, known: ReadonlySet<string>): Token[] {
  const tokens: Token[] = [];
  const push = (from: number, to: number) => {
    const text = run.slice(from, to);
    tokens.push({ text, norm: normalize(text), start: start + from, end: start + to, kind: 'word' });
  };
  let unknownFrom = 0;
  let at = 0;
  while (at < run.length) {
    let length = Math.min(run.length - at, 24);
    const fits = () =>
      known.has(run.slice(at, at + length).toLowerCase()) &&
      standsAlone(run, at, length, unknownFrom === at, known);
    while (length > 0 && !fits()) length--;
    if (length === 0) at++;
    else {
      if (unknownFrom < at) push(unknownFrom, at);
      push(at, at + length);
      at += length;
      unknownFrom = at;
    }
  }
  if (unknownFrom < run.length) push(unknownFrom, run.length);
  return tokens;
}
