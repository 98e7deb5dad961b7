import type { Column } from './columns.ts';
import { type Period, periodAt } from './dates.ts';
import { columnsNamed, type Naming } from './headings.ts';
import { LEXICON, NUMBER_WORDS, STOP_WORDS, SUPERLATIVES, type Tag, VALUE_ALIASES } from './lexicon.ts';
import { JAPANESE_SYNONYMS } from './synonyms.ts';
import { isJapanese, type Token, tokenize } from './words.ts';

/** A stretch of the request and what it was taken for. */
export type Mark = { text: string; start: number; end: number; tags: ReadonlySet<Tag> } & Meaning;

type Meaning =
  | ({ kind: 'column' } & Naming)
  | { kind: 'value'; column: Column; value: string }
  | { kind: 'tag' }
  | { kind: 'superlative'; concept: string; direction: 'desc' | 'asc' }
  | { kind: 'number'; value: number }
  | { kind: 'period'; period?: Period; month?: number }
  | { kind: 'stop' }
  | { kind: 'unknown'; isQuoted: boolean };

interface Phrase {
  words: string[];
  tags: Set<Tag>;
  superlative?: { concept: string; direction: 'desc' | 'asc' };
}

const NOTHING: ReadonlySet<Tag> = new Set();
const GRAMMAR = new Set<Tag>(['by', 'byAfter', 'and', 'which', 'when', 'not', 'to', 'from', 'equal']);

const spoken = [...Object.values(LEXICON), ...SUPERLATIVES.map(({ words }) => words)].flatMap((list) =>
  list.split(' | '),
);
const STOPS = new Set(
  STOP_WORDS.split(/\s+/).flatMap((word) =>
    isJapanese(word) ? [word] : tokenize(word, NOTHING).map((t) => t.norm),
  ),
);
const KNOWN = new Set(
  [...JAPANESE_SYNONYMS, ...[...spoken, ...STOPS].filter(isJapanese)].map((word) => word.toLowerCase()),
);

const PHRASES = new Map<string, Phrase[]>();
for (const [tag, list] of Object.entries(LEXICON)) {
  for (const phrase of list.split(' | ')) add(phrase, (entry) => entry.tags.add(tag as Tag));
}
for (const { words, ...superlative } of SUPERLATIVES) {
  for (const phrase of words.split(' | '))
    add(phrase, (entry) => {
      entry.superlative = superlative;
    });
}

function add(text: string, fill: (entry: Phrase) => void) {
  const words = tokenize(text, KNOWN).map((token) => token.norm);
  const others = PHRASES.get(words[0]!) ?? [];
  let entry = others.find((other) => other.words.join(' ') === words.join(' '));
  if (!entry) {
    entry = { words, tags: new Set() };
    others.push(entry);
  }
  fill(entry);
  PHRASES.set(words[0]!, others);
}

/** Reads a request from left to right: at each place the longest thing that is known, columns before vocabulary. */
export function markUp(message: string, columns: Column[]): Mark[] {
  const tokens = tokensOf(message, columns);
  const values = valuesOf(columns);
  const longest = Math.min(12, 2 + Math.max(1, ...columns.map(({ words }) => words.length)));
  const marks: Mark[] = [];
  for (let at = 0; at < tokens.length; ) {
    const choices = [
      columnAt(tokens, at, columns, longest),
      valueAt(tokens, at, values),
      dateAt(tokens, at),
      phraseAt(tokens, at),
      restAt(tokens, at),
    ].filter((choice) => choice !== undefined);
    const best = choices.reduce((a, b) =>
      b.length > a.length || (b.length === a.length && b.rank > a.rank) ? b : a,
    );
    const covered = tokens.slice(at, at + best.length);
    const start = covered[0]!.start;
    const end = covered.at(-1)!.end;
    marks.push({ tags: NOTHING, ...best.mark, text: message.slice(start, end), start, end } as Mark);
    at += best.length;
  }
  return marks;
}

/** Columns with signs in their names are found as they stand, before the text is cut into words. */
function tokensOf(message: string, columns: Column[]): Token[] {
  const known = new Set(KNOWN);
  for (const { name, words, profile } of columns) {
    for (const word of [name, words.join(''), ...words, ...profile.examples])
      if (isJapanese(word)) known.add(word.toLowerCase());
  }
  const odd = columns
    .map(({ name }) => name)
    .filter(
      (name) =>
        /[^\p{L}\p{N}_ ]/u.test(name) && name.length > (/[\p{L}\p{N}]|[^\x20-\x7e]/u.test(name) ? 0 : 1),
    )
    .sort((a, b) => b.length - a.length);
  const lower = message.toLowerCase();
  const hit = odd.map((name) => ({ name, at: lower.indexOf(name.toLowerCase()) })).find(({ at }) => at >= 0);
  if (!hit || lower.length !== message.length) return tokenize(message, known);
  const end = hit.at + hit.name.length;
  const shift = (token: Token, by: number) => ({ ...token, start: token.start + by, end: token.end + by });
  return [
    ...tokenize(message.slice(0, hit.at), known),
    { text: hit.name, norm: hit.name.toLowerCase(), start: hit.at, end, kind: 'quoted' },
    ...tokensOf(message.slice(end), columns).map((token) => shift(token, end)),
  ];
}

interface Choice {
  mark: Meaning & { tags?: ReadonlySet<Tag> };
  length: number;
  rank: number;
}

function columnAt(tokens: Token[], at: number, columns: Column[], longest: number): Choice | undefined {
  for (let length = Math.min(longest, tokens.length - at); length > 0; length--) {
    const words = tokens.slice(at, at + length);
    if (words.some(({ kind }) => kind === 'date')) continue;
    const named = columnsNamed(
      words,
      columns,
      (norm) => STOPS.has(norm) || (isGrammar(norm) && !isJapanese(norm)),
    );
    if (!named) continue;
    const isSure = named.likeness === 'exact';
    const tags = new Set(
      words.flatMap(({ norm }) => [...(PHRASES.get(norm)?.find((p) => p.words.length === 1)?.tags ?? [])]),
    );
    return {
      mark: { kind: 'column', ...named, tags },
      length,
      rank: isSure ? 6 : named.likeness === 'part' ? 3 : 2,
    };
  }
  return undefined;
}

const isGrammar = (norm: string) =>
  [...(PHRASES.get(norm) ?? [])].some(
    (p) => p.words.length === 1 && [...p.tags].some((tag) => GRAMMAR.has(tag)),
  );

interface KnownValue {
  words: string;
  count: number;
  column: Column;
  value: string;
}

/** Values that the profile shows, by their first word. */
function valuesOf(columns: Column[]): Map<string, KnownValue[]> {
  const values = new Map<string, KnownValue[]>();
  for (const column of columns) {
    if (!column.isText) continue;
    for (const value of column.profile.examples) {
      const tokens = tokenize(value, KNOWN);
      const first = tokens[0]?.norm;
      if (first === undefined || value.length > 80) continue;
      const entry = { words: tokens.map((t) => t.norm).join(' '), count: tokens.length, column, value };
      values.set(first, [...(values.get(first) ?? []), entry]);
      if (isJapanese(value))
        values.set(value.toLowerCase(), [
          ...(values.get(value.toLowerCase()) ?? []),
          { ...entry, words: value.toLowerCase(), count: 1 },
        ]);
    }
  }
  return values;
}

function valueAt(tokens: Token[], at: number, values: Map<string, KnownValue[]>): Choice | undefined {
  const first = tokens[at]!;
  const quoted =
    first.kind === 'quoted'
      ? [...values.values()].flat().find(({ value }) => value.toLowerCase() === first.text.toLowerCase())
      : undefined;
  const fits = (values.get(first.norm) ?? []).filter(
    ({ words, count }) =>
      words ===
      tokens
        .slice(at, at + count)
        .map((t) => t.norm)
        .join(' '),
  );
  const aliases = VALUE_ALIASES[first.norm];
  const meant =
    aliases &&
    [...values.values()]
      .flat()
      .find(
        ({ value, column }) => column.profile.distinctCount <= 5 && aliases.includes(value.toLowerCase()),
      );
  const best = quoted
    ? { ...quoted, count: 1 }
    : (fits.sort((a, b) => b.count - a.count)[0] ?? (meant && { ...meant, count: 1 }));
  if (!best) return undefined;
  const isPlain =
    best.count === 1 &&
    !meant &&
    (STOPS.has(first.norm) || /^\d+$/.test(first.norm) || isGrammar(first.norm));
  const isCapital = /^\p{Lu}/u.test(first.text) && at > 0;
  if (isPlain && !quoted && !(isCapital && first.text === best.value)) return undefined;
  return { mark: { kind: 'value', column: best.column, value: best.value }, length: best.count, rank: 4.5 };
}

function dateAt(tokens: Token[], at: number): Choice | undefined {
  const found = periodAt(tokens, at);
  if (!found) return undefined;
  const { length, ...period } = found;
  return { mark: { kind: 'period', ...period }, length, rank: 5 };
}

function phraseAt(tokens: Token[], at: number): Choice | undefined {
  const entries = (PHRASES.get(tokens[at]!.norm) ?? []).filter(({ words }) =>
    words.every((word, i) => tokens[at + i]?.norm === word),
  );
  const best = entries.sort((a, b) => b.words.length - a.words.length)[0];
  if (!best || tokens[at]!.kind === 'quoted') return undefined;
  const mark = best.superlative
    ? { kind: 'superlative' as const, tags: best.tags, ...best.superlative }
    : { kind: 'tag' as const, tags: best.tags };
  return { mark, length: best.words.length, rank: 4 };
}

const SCALES: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  million: 1e6,
  billion: 1e9,
  bn: 1e9,
  千: 1e3,
  万: 1e4,
  億: 1e8,
  dozen: 12,
};

function restAt(tokens: Token[], at: number): Choice {
  const token = tokens[at]!;
  if (token.kind === 'number') {
    const next = tokens[at + 1];
    const scale =
      next && next.start === token.end + (next.norm.length > 1 && !isJapanese(next.norm) ? 1 : 0)
        ? SCALES[next.norm]
        : undefined;
    const value = Number(token.text.replaceAll(',', '')) * (scale ?? 1);
    return { mark: { kind: 'number', value }, length: scale ? 2 : 1, rank: 1 };
  }
  const word = NUMBER_WORDS[token.norm];
  if (word !== undefined && token.norm !== 'one')
    return { mark: { kind: 'number', value: word }, length: 1, rank: 1 };
  const isLoneCapital = at > 0 && /^[A-Z]$/.test(token.text) && token.text !== 'I';
  if (token.kind === 'quoted' || isLoneCapital || (!STOPS.has(token.norm) && token.kind !== 'symbol')) {
    return { mark: { kind: 'unknown', isQuoted: token.kind === 'quoted' }, length: 1, rank: 0 };
  }
  return { mark: { kind: 'stop' }, length: 1, rank: 0 };
}
