import type { Column } from './columns.ts';
import type { Period } from './dates.ts';
import type { Tag } from './lexicon.ts';
import { VALUE_ALIASES } from './lexicon.ts';
import type { Mark } from './marks.ts';
import { conceptOf } from './synonyms.ts';
import { isJapanese, normalize } from './words.ts';

export type Comparison = '>' | '>=' | '<' | '<=' | '=' | '<>';

/** A condition on the rows that count. */
export type Filter =
  | { kind: 'values'; column: Column; values: string[]; negated: boolean }
  | { kind: 'compare'; column: Column; comparison: Comparison; value: number }
  | { kind: 'between'; column: Column; low: number; high: number }
  | { kind: 'periods'; column: Column; periods: Partial<Period>[]; negated: boolean }
  | { kind: 'months'; column: Column; months: number[] }
  | { kind: 'last'; column: Column; count: number; unit: 'day' | 'week' | 'month' | 'year' }
  | { kind: 'truth'; column: Column; value: boolean };

/** Words that may be a value of some text column. */
export interface Lookup {
  said: string;
  /** Spellings to look for, lower case, the longest first. */
  candidates: string[];
  /** The column the words stand next to. */
  near?: Column;
  negated: boolean;
  /** The words name what is counted ("how many penguins"), so that not finding them is no loss. */
  isNoun: boolean;
}

export interface Conditions {
  filters: Filter[];
  lookups: Lookup[];
  /** Marks that are spoken for. */
  used: Set<Mark>;
  /** Periods that no column can be asked for. */
  ignored: string[];
}

const COMPARISONS: Partial<Record<Tag, Comparison>> = {
  over: '>',
  atLeast: '>=',
  under: '<',
  atMost: '<=',
  equal: '=',
  unequal: '<>',
};
const OPPOSITE: Record<Comparison, Comparison> = {
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
  '=': '<>',
  '<>': '=',
};
const IMPLIED: Record<string, string> = {
  longer: 'length',
  shorter: 'length',
  older: 'age',
  younger: 'age',
  heavier: 'weight',
  lighter: 'weight',
  taller: 'height',
  cheaper: 'price',
};

/** Finds the conditions in a request. */
export function conditionsIn(marks: Mark[], columns: Column[]): Conditions {
  const found: Conditions = { filters: [], lookups: [], used: new Set(), ignored: [] };
  const mentioned = marks.flatMap((mark) => (mark.kind === 'column' ? mark.columns : []));
  const time = mentioned.find(({ role }) => role === 'time') ?? columns.find(({ role }) => role === 'time');
  readLast(marks, time, found);
  readNumbers(marks, columns, found);
  readPeriods(marks, time, found);
  readValues(marks, found);
  readUnknown(marks, found);
  joinLookups(found);
  return found;
}

const has = (mark: Mark | undefined, ...tags: Tag[]) =>
  mark !== undefined && tags.some((tag) => mark.tags.has(tag));

/** The neighbour that is more than a filler. */
export function neighbour(marks: Mark[], at: number, step: 1 | -1): Mark | undefined {
  let i = at + step;
  while (marks[i]?.kind === 'stop' && !['.', '?'].includes(marks[i]!.text)) i += step;
  return marks[i];
}

function readLast(marks: Mark[], time: Column | undefined, found: Conditions) {
  marks.forEach((mark, i) => {
    if (!has(mark, 'last') || !time) return;
    const number = marks[i + 1]?.kind === 'number' ? (marks[i + 1] as Mark & { value: number }) : undefined;
    const unitMark = marks[i + (number ? 2 : 1)];
    const unit = unitOf(unitMark);
    if (!unit || !unitMark || (!number && !/^(last|past|過去|直近)/i.test(mark.text))) return;
    found.filters.push({ kind: 'last', column: time, count: number?.value ?? 1, unit });
    for (const each of [mark, number, unitMark]) if (each) found.used.add(each);
  });
}

function unitOf(mark: Mark | undefined) {
  if (!mark) return undefined;
  if (/^(日|日間)$/.test(mark.text) || has(mark, 'day')) return 'day';
  if (/^(週|週間)$/.test(mark.text) || has(mark, 'week')) return 'week';
  if (/^([かヶカヵ]月間?)$/.test(mark.text) || has(mark, 'month')) return 'month';
  return /^(年|年間)$/.test(mark.text) || has(mark, 'year') ? 'year' : undefined;
}

type Numbered = Mark & { value: number };

/** "over 100", "100以上", "between 5 and 10", "store 5". */
function readNumbers(marks: Mark[], columns: Column[], found: Conditions) {
  const number = (mark: Mark | undefined): Numbered | undefined => {
    if (!mark || found.used.has(mark)) return undefined;
    if (mark.kind === 'number') return mark;
    return mark.kind === 'period' && /^\d{4}$/.test(mark.text)
      ? { ...mark, kind: 'number', value: Number(mark.text) }
      : undefined;
  };
  marks.forEach((mark, i) => {
    if (has(mark, 'between', 'from')) {
      const [low, joint, high] = [marks[i + 1], marks[i + 2], marks[i + 3]];
      const column = numericNear(marks, i, i + 3, columns);
      if (low?.kind === 'number' && high?.kind === 'number' && has(joint, 'and', 'to') && column) {
        found.filters.push({
          kind: 'between',
          column,
          low: Math.min(low.value, high.value),
          high: Math.max(low.value, high.value),
        });
        for (const each of [mark, low, joint, high]) found.used.add(each!);
        useHeading(marks, i, column, found);
      }
      return;
    }
    const tag = (Object.keys(COMPARISONS) as Tag[]).find((key) => mark.kind === 'tag' && mark.tags.has(key));
    if (!tag) return;
    const after =
      number(marks[i + 1]) ?? (/^[$€£¥]$/.test(marks[i + 1]?.text ?? '') ? number(marks[i + 2]) : undefined);
    const isAfter = after && !(isJapanese(mark.text) || /^or /i.test(mark.text));
    const before = [marks[i - 1], marks[i - 2]].map(number).find((each) => each !== undefined);
    const value = isAfter ? after : before;
    if (!value) return;
    const at = marks.findIndex(({ start }) => start === value.start);
    const implied = IMPLIED[mark.text.toLowerCase().split(' ')[0]!];
    const column = numericNear(marks, Math.min(i, at), Math.max(i, at), columns, implied);
    const original = marks[at]!;
    if (!column || (original.kind === 'period' && column.role === 'time')) return;
    const negated = neighbour(marks, Math.min(i, at), -1)?.tags.has('not');
    const comparison = COMPARISONS[tag]!;
    found.filters.push({
      kind: 'compare',
      column,
      comparison: negated ? OPPOSITE[comparison] : comparison,
      value: value.value,
    });
    found.used.add(mark).add(original);
    useHeading(marks, i, column, found);
  });
  marks.forEach((mark, i) => {
    const next = marks[i + 1];
    if (mark.kind !== 'column' || next?.kind !== 'number' || found.used.has(next) || mark.columns.length > 1)
      return;
    const column = mark.columns[0]!;
    const isRanked = has(neighbour(marks, i, -1), 'top', 'bottom') || unitOf(marks[i + 2]) !== undefined;
    if (isRanked || !(column.isNumeric || column.isText)) return;
    if (column.isNumeric) found.filters.push({ kind: 'compare', column, comparison: '=', value: next.value });
    else
      found.lookups.push({
        said: `${mark.text} ${next.text}`,
        candidates: [`${mark.text} ${next.text}`.toLowerCase(), next.text],
        near: column,
        negated: false,
        isNoun: false,
      });
    found.used.add(mark).add(next);
  });
}

/** The column's mention belongs to the bound, not to what is asked. */
function useHeading(marks: Mark[], near: number, column: Column, found: Conditions) {
  const at = marks.findLastIndex(
    (mark, i) => i <= near + 3 && i >= near - 4 && mark.kind === 'column' && mark.columns.includes(column),
  );
  if (at >= 0) found.used.add(marks[at]!);
}

/** The numeric column that a bound speaks of: the nearest before it, else the nearest behind it, else the only one. */
function numericNear(
  marks: Mark[],
  from: number,
  to: number,
  columns: Column[],
  implied?: string,
): Column | undefined {
  const numeric = (mark: Mark | undefined) =>
    mark?.kind === 'column' ? mark.columns.find(({ isNumeric }) => isNumeric) : undefined;
  const behind = [marks[to + 1], marks[to + 2]].map(numeric).find((column) => column !== undefined);
  if (implied) {
    const meant = columns.filter(
      ({ isNumeric, words }) => isNumeric && words.some((word) => conceptOf(word) === implied),
    );
    if (meant.length === 1) return meant[0];
  }
  for (let i = from - 1; i >= 0 && i >= from - 4; i--) {
    const column = numeric(marks[i]);
    if (column) return column;
  }
  if (behind) return behind;
  const measures = columns.filter(({ role }) => role === 'measure');
  return measures.length === 1 ? measures[0] : undefined;
}

function readPeriods(marks: Mark[], time: Column | undefined, found: Conditions) {
  const spans: Partial<Period>[] = [];
  const months: number[] = [];
  let negated = false;
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i]!;
    if (mark.kind !== 'period' || found.used.has(mark)) continue;
    found.used.add(mark);
    if (!time) {
      found.ignored.push(mark.text);
      continue;
    }
    if (mark.month) {
      months.push(mark.month);
      continue;
    }
    const { from, to } = mark.period!;
    const before = marks[i - 1];
    const [next, other] = [marks[i + 1], marks[i + 2]];
    const range =
      other?.kind === 'period' &&
      other.period &&
      (has(next, 'to') || has(next, 'from') || (has(next, 'and') && has(before, 'between')));
    if (range) {
      spans.push({ from, to: other.period!.to });
      found.used.add(other).add(next!);
      i += 2;
    } else if (isJapanese(next?.text ?? '') && has(next, 'after'))
      spans.push({ from: /より後|の後/.test(next!.text) ? to : from });
    else if (isJapanese(next?.text ?? '') && has(next, 'before', 'to'))
      spans.push({ to: /より前|の前/.test(next!.text) ? from : to });
    else if (has(before, 'after', 'over'))
      spans.push({ from: /since|starting|from/i.test(before!.text) ? from : to });
    else if (has(before, 'atLeast', 'from') || has(next, 'from')) spans.push({ from });
    else if (has(before, 'before', 'under'))
      spans.push({ to: /^until$|^up until$/i.test(before!.text) ? to : from });
    else if (has(before, 'atMost', 'to')) spans.push({ to });
    else {
      spans.push({ from, to });
      negated ||= isNegated(marks, i);
    }
  }
  if (time && spans.length > 0)
    found.filters.push({ kind: 'periods', column: time, periods: spans, negated });
  if (time && months.length > 0)
    found.filters.push({ kind: 'months', column: time, months: [...new Set(months)] });
}

function isNegated(marks: Mark[], at: number): boolean {
  if (has(neighbour(marks, at, -1), 'not')) return !isJapanese(neighbour(marks, at, -1)!.text);
  const next = neighbour(marks, at, 1);
  return has(next, 'not') && isJapanese(next!.text);
}

function readValues(marks: Mark[], found: Conditions) {
  let previous: { filter: Extract<Filter, { kind: 'values' }>; at: number } | undefined;
  marks.forEach((mark, i) => {
    if (mark.kind !== 'value') return;
    found.used.add(mark);
    const isListed =
      previous !== undefined &&
      marks.slice(previous.at + 1, i).every((m) => has(m, 'and') || m.kind === 'stop');
    const negated = isNegated(marks, i) || (isListed && previous!.filter.negated);
    const same = found.filters.find(
      (f) => f.kind === 'values' && f.column === mark.column && f.negated === negated,
    );
    if (same?.kind === 'values') {
      if (!same.values.includes(mark.value)) same.values.push(mark.value);
      previous = { filter: same, at: i };
    } else {
      const filter = { kind: 'values' as const, column: mark.column, values: [mark.value], negated };
      found.filters.push(filter);
      previous = { filter, at: i };
    }
  });
}

/** Runs of words that are neither vocabulary nor columns, each with the spellings a value could have. */
function readUnknown(marks: Mark[], found: Conditions) {
  for (let i = 0; i < marks.length; i++) {
    if (marks[i]!.kind !== 'unknown') continue;
    let end = i;
    while (
      marks[end + 1]?.kind === 'unknown' ||
      (isFiller(marks[end + 1]) && marks[end + 2]?.kind === 'unknown')
    )
      end++;
    const run = marks.slice(i, end + 1);
    const before = neighbour(marks, i, -1);
    const near = before?.kind === 'column' ? before.columns.find(({ isText }) => isText) : undefined;
    const lead = near && marks[i - 1] === before ? [before!] : [];
    const after = neighbour(marks, end, 1);
    const beside = after?.kind === 'column' && marks[end + 1] === after ? [after] : [];
    found.lookups.push({
      said: textOf(run),
      candidates: spellings([...lead, ...run, ...beside]),
      ...(near && { near }),
      negated: isNegated(marks, i) || isNegated(marks, end),
      isNoun:
        before?.kind === 'superlative' ||
        has(before, 'count', 'top', 'bottom', 'share', 'max', 'min') ||
        (isJapanese(run[0]!.text) && has(after, 'count')),
    });
    for (const mark of run) found.used.add(mark);
    i = end;
  }
}

/**
 * A known value may stand beside one that has yet to be found in the same column ("Lima and Oslo"). Both are then
 * looked up, so that they are alternatives. A column whose values are all known cannot hold another.
 */
function joinLookups(found: Conditions) {
  if (!found.lookups.some(({ isNoun, negated }) => !isNoun && !negated)) return;
  found.filters = found.filters.filter((filter) => {
    if (
      filter.kind !== 'values' ||
      filter.negated ||
      filter.column.profile.distinctCount <= filter.column.profile.examples.length
    )
      return true;
    const { column: near } = filter;
    found.lookups.unshift(
      ...filter.values.map((value) => ({
        said: value,
        candidates: [value.trim().toLowerCase()],
        near,
        negated: false,
        isNoun: false,
      })),
    );
    return false;
  });
}

const isFiller = (mark: Mark | undefined) =>
  mark !== undefined &&
  (mark.kind === 'stop'
    ? /^(of|the|de|la|in|-|'|’|&|\.|の|ノ)$/i.test(mark.text)
    : /^(-|–|&)$/.test(mark.text));

const gapless = (a: Mark, b: Mark) => a.end === b.start;
const textOf = (run: Mark[]) =>
  run.map((mark, i) => (i === 0 || gapless(run[i - 1]!, mark) ? mark.text : ` ${mark.text}`)).join('');

function spellings(run: Mark[]): string[] {
  const all: string[] = [];
  for (let length = Math.min(run.length, 6); length > 0; length--) {
    for (let at = 0; at + length <= run.length; at++) {
      const part = run.slice(at, at + length);
      if (!part.some(({ kind }) => kind === 'unknown') || isFiller(part[0]) || isFiller(part.at(-1)))
        continue;
      const whole = textOf(part)
        .replace(/^["“「『'`]|["”」』'`]$/g, '')
        .toLowerCase();
      all.push(
        whole,
        ...(length === 1
          ? [normalize(whole), ...(VALUE_ALIASES[normalize(whole)] ?? [])]
          : [whole.replace(/s$/, '')]),
      );
    }
  }
  return [...new Set(all)].slice(0, 24);
}
