import { has, neighbour } from './beside.ts';
import type { Column } from './columns.ts';
import type { Comparison, Conditions } from './filters.ts';
import { stepOf } from './filters-by-time.ts';
import type { Tag } from './lexicon.ts';
import type { Mark } from './marks.ts';
import { conceptOf } from './synonyms.ts';
import { isJapanese } from './words.ts';

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

type Numbered = Mark & { value: number };

/** "over 100", "100以上", "between 5 and 10", "store 5". */
export function readNumbers(marks: Mark[], columns: Column[], found: Conditions) {
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
    const isRanked = has(neighbour(marks, i, -1), 'top', 'bottom') || stepOf(marks[i + 2]) !== undefined;
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
