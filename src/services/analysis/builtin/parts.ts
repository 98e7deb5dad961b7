import { neighbour } from './beside.ts';
import type { Column } from './columns.ts';
import type { Cycle, Grain } from './dates.ts';
import { conditionsIn } from './filtering.ts';
import type { Conditions } from './filters.ts';
import type { Aggregate, Assumption, Dimension } from './intent.ts';
import type { Tag } from './lexicon.ts';
import { type Mark, markUp } from './marks.ts';
import { conceptOf, SOLD } from './synonyms.ts';
import { isJapanese } from './words.ts';

/** The parts of a sentence, sorted by the role they play in it. */
export interface Parts {
  /** Rows of the dataset. */
  rowCount: number;
  marks: Mark[];
  conditions: Conditions;
  tags: Set<Tag>;
  /** What to group by. */
  by: Dimension[];
  measures: Column[];
  /** Columns named outside "by": things asked about. */
  things: Column[];
  times: Column[];
  grain: Grain | undefined;
  /** "how many days": the step of time that is counted. */
  counted: Grain | undefined;
  cycle: Cycle | undefined;
  /** Aggregates in the order they were said, with the measures each is meant for. */
  figures: Array<{ aggregate: Aggregate; measures: Column[] }>;
  direction: 'desc' | 'asc' | undefined;
  limit: number | undefined;
  assumptions: Assumption[];
  /** Superlatives that no column answers to. */
  unmatched: string[];
}

const AGGREGATES: Partial<Record<Tag, Aggregate>> = {
  sum: 'sum',
  average: 'average',
  median: 'median',
  max: 'max',
  min: 'min',
  stddev: 'stddev',
  count: 'count',
  distinct: 'distinct',
};
const GRAIN_TAGS = ['day', 'week', 'month', 'quarter', 'year'] as const;
const CYCLE_TAGS = ['weekday', 'monthOfYear', 'hourOfDay'] as const;

export function partsOf(sentence: string, columns: Column[], rowCount: number): Parts {
  const marks = markUp(sentence, columns);
  const conditions = conditionsIn(marks, columns);
  const free = marks.filter((mark) => !conditions.used.has(mark));
  const parts: Parts = {
    rowCount,
    marks,
    conditions,
    by: [],
    measures: [],
    things: [],
    times: [],
    figures: [],
    unmatched: [],
    assumptions: [],
    tags: new Set(free.filter(({ kind }) => kind === 'tag').flatMap(({ tags }) => [...tags])),
    grain: undefined,
    counted: undefined,
    cycle: undefined,
    direction: undefined,
    limit: undefined,
  };
  const grouped = groupsIn(marks, conditions.used, parts, columns);
  for (const mark of marks) {
    if (mark.kind === 'column') noteColumn(mark, grouped.has(mark), conditions.used.has(mark), parts);
    else if (mark.kind === 'superlative') noteSuperlative(mark, columns, parts);
  }
  readSteps(free, grouped, parts);
  readFigures(marks, grouped, conditions.used, parts);
  restoreBounded(parts);
  readOrder(marks, conditions.used, parts);
  return parts;
}

const unique = <T>(items: T[]) => [...new Set(items)];

function noteColumn(mark: Mark & { kind: 'column' }, isGrouped: boolean, isUsed: boolean, parts: Parts) {
  if (mark.likeness !== 'exact' || mark.columns.length > 1) {
    parts.assumptions.push({
      kind: 'column',
      said: mark.text,
      columns: mark.columns,
      likeness: mark.likeness,
    });
  }
  if (isGrouped || isUsed) return;
  const numeric = mark.columns.filter((column) => column.role === 'measure' && !column.isTruth);
  if (numeric.length > 0) parts.measures = unique([...parts.measures, ...numeric.slice(0, 4)]);
  else if (mark.columns[0]!.role === 'time') parts.times = unique([...parts.times, mark.columns[0]!]);
  else parts.things = unique([...parts.things, preferText(mark.columns)]);
}

/** Of "customer id" and "customer name", the one that reads as a label. */
const preferText = (columns: Column[]) =>
  columns.find(({ isText, role }) => isText && role === 'dimension') ??
  columns.find(({ isText }) => isText) ??
  columns[0]!;

function noteSuperlative(mark: Mark & { kind: 'superlative' }, columns: Column[], parts: Parts) {
  parts.direction ??= mark.direction;
  if (
    parts.measures.length > 0 ||
    parts.marks.some((m) => m.kind === 'column' && m.columns.some((c) => c.role === 'measure'))
  )
    return;
  const concepts = mark.concept === 'sold' ? SOLD : mark.concept === 'weight' ? ['weight'] : [mark.concept];
  const numeric = columns.filter(({ role }) => role === 'measure');
  for (const concept of concepts) {
    const fitting = numeric.filter(({ words }) =>
      words.some((word) => conceptOf(word) === conceptOf(concept)),
    );
    const side = mark.direction === 'desc' ? 'maximum' : 'minimum';
    const chosen =
      fitting.length > 1
        ? fitting.filter(({ words }) => words.some((w) => conceptOf(w) === side)).slice(0, 1)
        : fitting;
    const taken = chosen.length > 0 ? chosen : fitting.slice(0, 2);
    if (taken.length === 0) continue;
    parts.measures.push(...taken);
    parts.assumptions.push({ kind: 'concept', said: mark.text, columns: taken });
    return;
  }
  if (mark.concept === 'sold') parts.assumptions.push({ kind: 'soldIsRows', said: mark.text });
  else parts.unmatched.push(mark.text);
}

/** Marks that stand after "by", "per", "each" or before 別, ごと. */
function groupsIn(marks: Mark[], used: Set<Mark>, parts: Parts, columns: Column[]): Set<Mark> {
  const grouped = new Set<Mark>();
  const others = marks.filter((m) => m.kind === 'column' && !used.has(m));
  const take = (mark: Mark | undefined, isStrict: boolean): boolean => {
    if (!mark || grouped.has(mark) || used.has(mark)) return false;
    const step = GRAIN_TAGS.find((tag) => mark.kind === 'tag' && mark.tags.has(tag));
    const cycle = CYCLE_TAGS.find((tag) => mark.kind === 'tag' && mark.tags.has(tag));
    if (cycle) parts.cycle = cycle;
    else if (step) parts.grain ??= step;
    if (cycle || step) return !!grouped.add(mark);
    if (mark.kind !== 'column') return false;
    const column = mark.columns.find(({ role }) => role !== 'measure') ?? mark.columns[0]!;
    if (column.role === 'measure' && !column.isTruth) {
      const isOrder = parts.tags.has('top') || parts.tags.has('bottom') || parts.tags.has('common');
      const hasOther =
        others.some((m) => m !== mark && m.kind === 'column' && m.columns[0]!.role === 'measure') ||
        parts.tags.has('count');
      if (isOrder || !hasOther || (isStrict && !isLabel(column))) return false;
      parts.by.push(isLabel(column) ? { kind: 'column', column } : { kind: 'bins', column });
    } else if (column.role === 'time') {
      parts.times = unique([...parts.times, column]);
      parts.tags.add('trend');
    } else
      parts.by.push({
        kind: 'column',
        column: preferText(mark.columns.filter(({ role }) => role !== 'measure').concat(column)),
      });
    return !!grouped.add(mark);
  };

  marks.forEach((mark, i) => {
    if (mark.kind !== 'tag' || used.has(mark)) return;
    const isBetween =
      mark.tags.has('between') && (parts.tags.has('compare') || parts.tags.has('distribution'));
    if (mark.tags.has('by') || isBetween) {
      let at = i + 1;
      let first = true;
      while (at < marks.length) {
        while (marks[at]?.kind === 'stop' || marks[at]?.tags.has('by')) at++;
        if (!take(marks[at], !first)) break;
        first = false;
        if (!marks[at + 1]?.tags.has('and')) break;
        at += 2;
      }
    }
    if (mark.tags.has('byAfter')) {
      let at = i - 1;
      while (
        at >= 0 &&
        take(marks[at], at < i - 1) &&
        (marks[at - 1]?.tags.has('and') || marks[at - 1]?.tags.has('byAfter'))
      )
        at -= 2;
    }
  });
  if (parts.by.length === 0 && parts.times.length === 0 && columns.length === 0) grouped.clear();
  return grouped;
}

/** Few whole numbers, such as a rating or a class: each is a group of its own. */
export const isLabel = (column: Column) =>
  column.isTruth || (column.isInteger && column.profile.distinctCount <= 20);

function readSteps(free: Mark[], grouped: Set<Mark>, parts: Parts) {
  for (const mark of free) {
    if (mark.kind !== 'tag' || grouped.has(mark)) continue;
    const before = free[free.indexOf(mark) - 1];
    const cycle = CYCLE_TAGS.find((tag) => mark.tags.has(tag));
    const step = GRAIN_TAGS.find((tag) => mark.tags.has(tag));
    if (step && before?.tags.has('count') && !isJapanese(mark.text)) parts.counted ??= step;
    else if (step && before?.tags.has('share')) continue;
    else if (cycle) parts.cycle ??= cycle;
    else if (step && !(step === 'year' && /^years?$/.test(mark.text) && parts.grain)) parts.grain ??= step;
  }
  if (parts.cycle) parts.grain = undefined;
}

/** Gives each aggregate its measures: those that follow it in English, those before it in Japanese. */
function readFigures(marks: Mark[], grouped: Set<Mark>, used: Set<Mark>, parts: Parts) {
  const said: Array<{ aggregate: Aggregate } | { columns: Column[] }> = [];
  const consumed: Aggregate[] = [];
  marks.forEach((mark, i) => {
    if (used.has(mark) || grouped.has(mark)) return;
    if (mark.kind === 'column') {
      const columns = mark.columns.filter((column) => parts.measures.includes(column));
      if (columns.length > 0) said.push({ columns });
      if (columns.length > 0 && columns[0]!.words.length > 1) {
        for (const tag of mark.tags)
          if (['max', 'min', 'average', 'median'].includes(tag)) consumed.push(AGGREGATES[tag]!);
      }
      return;
    }
    if (mark.kind !== 'tag') return;
    for (const tag of mark.tags) {
      const aggregate = AGGREGATES[tag];
      if (!aggregate) continue;
      if (aggregate === 'max' || aggregate === 'min')
        parts.direction ??= aggregate === 'max' ? 'desc' : 'asc';
      const next = neighbour(marks, i, 1);
      const counted =
        aggregate === 'count' && next?.kind === 'column'
          ? next.columns.find((c) => parts.measures.includes(c))
          : undefined;
      if (counted && /how many|number of|何/i.test(mark.text)) said.push({ aggregate: 'sum' });
      else said.push({ aggregate });
    }
  });
  const aggregates = said.flatMap((each) => ('aggregate' in each ? [each.aggregate] : []));
  if (aggregates.length === 0 && consumed.length > 0) aggregates.push(...consumed.slice(0, 1));
  const groups = said.filter((each) => 'columns' in each);
  if (groups.length <= 1 || aggregates.length <= 1) {
    parts.figures = unique(aggregates).map((aggregate) => ({ aggregate, measures: parts.measures }));
    return;
  }
  const japanese = marks.some(({ text }) => isJapanese(text));
  let pending: Aggregate[] = [];
  let last: Aggregate[] = [];
  for (const each of japanese ? said.toReversed() : said) {
    if ('aggregate' in each) pending.push(each.aggregate);
    else {
      if (pending.length > 0) last = pending;
      pending = [];
      for (const aggregate of last) {
        const same = parts.figures.find((figure) => figure.aggregate === aggregate);
        if (same) same.measures.push(...each.columns);
        else parts.figures.push({ aggregate, measures: [...each.columns] });
      }
    }
  }
  for (const aggregate of pending)
    parts.figures.push({ aggregate, measures: aggregate === 'count' ? [] : parts.measures });
  if (japanese) parts.figures.reverse();
}

function readOrder(marks: Mark[], used: Set<Mark>, parts: Parts) {
  const { tags } = parts;
  if (tags.has('bottom') || tags.has('rare')) parts.direction ??= 'asc';
  if (tags.has('top') || tags.has('common')) parts.direction ??= 'desc';
  if (tags.has('bottom') && !tags.has('top')) parts.direction = 'asc';
  if (!parts.direction) return;
  const number = marks.find(
    (mark, i) =>
      mark.kind === 'number' &&
      !used.has(mark) &&
      Number.isInteger(mark.value) &&
      mark.value > 0 &&
      mark.value <= 1000 &&
      !isCalendar(marks[i + 1]),
  );
  if (number?.kind === 'number') {
    parts.limit = number.value;
    used.add(number);
  }
}

/** "average price above 100": the column of the bound is also the one asked about, if no other is. */
function restoreBounded(parts: Parts) {
  const { conditions, figures, measures, things, by } = parts;
  const isLacking =
    figures.some(({ aggregate }) => !['count', 'distinct'].includes(aggregate)) ||
    (figures.length + things.length + by.length === 0 && !parts.tags.has('share'));
  if (measures.length > 0 || !isLacking) return;
  for (const filter of conditions.filters) {
    if ((filter.kind === 'compare' && filter.comparison !== '=') || filter.kind === 'between')
      measures.push(filter.column);
  }
}

const isCalendar = (mark: Mark | undefined) => mark !== undefined && /^(年|月|日)$/.test(mark.text);
