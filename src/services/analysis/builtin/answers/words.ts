import type { Execution, ResultTable } from '../../../sandbox/types.ts';
import { escaped, figure } from '../format.ts';
import type { Dimension, Metric } from '../intent.ts';
import type { Language } from '../phrases.ts';

/** What all answers are made of: rows of the program's tables, and their values in words. */

export type Row = (heading: number) => unknown;

/** Rows of a table by the place of a heading in the query, wherever the table has put it. */
export function rowsOf(table: ResultTable, headings: string[]): Row[] {
  const places = headings.map((heading) => table.columns.indexOf(heading));
  return table.rows.map((row) => (heading) => (places[heading]! >= 0 ? row[places[heading]!] : null));
}

export const titled = (execution: Execution, title: string): ResultTable | undefined =>
  execution.tables.find((table) => table.title === title);

export const bold = (text: string) => `**${text}**`;

export function unitOf({ aggregate, column }: Metric): string | undefined {
  return ['count', 'distinct', 'share'].includes(aggregate) ? undefined : column?.unit;
}

/** A group's label as it is written in prose. */
export function labelOf(value: unknown, dimension: Dimension, language: Language): string {
  if (dimension.kind === 'cycle' && dimension.cycle === 'monthOfYear') {
    const month = Number(value);
    if (language === 'ja') return `${month}月`;
    return new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(
      Date.UTC(2000, month - 1, 1),
    );
  }
  if (dimension.kind === 'column' && dimension.column.isNumeric)
    return `${escaped(dimension.column.name)} ${escaped(value)}`;
  if (dimension.kind === 'bins') return `${figure(value)}–`;
  return escaped(value);
}

export function nothing(language: Language): string {
  return language === 'ja'
    ? '該当する行がないため、答えはありません。'
    : 'There are no rows to answer this from.';
}
