import type { Column } from './columns.ts';
import type { Dimension, Metric } from './intent.ts';
import { type Language, labels } from './phrases.ts';
import { identifier, text } from './quoting.ts';

/** A query of the program, and the table that it becomes. */
export interface Query {
  title: string;
  sql: string;
  /** Headings of the result, in order. */
  columns: string[];
}

/** Stand in a query for what the program finds out when it runs: a condition, and a column's SQL. */
export const ASKED = '\u0001asked\u0001';
export const COMPARED = '\u0001compared\u0001';

/** The rows that a task looks at. */
export interface Scope {
  where: string[];
  language: Language;
}

export type Selected = [sql: string, heading: string];

/** Two headings that differ only in case would be one column. */
function distinctHeadings(selected: Selected[]): Selected[] {
  const seen = new Set<string>();
  return selected.map(([sql, heading]) => {
    let name = heading;
    for (let i = 2; seen.has(name.toLowerCase()); i++) name = `${heading} (${i})`;
    seen.add(name.toLowerCase());
    return [sql, name];
  });
}

interface Select {
  title: string;
  selected: Selected[];
  where: string[];
  tail?: string[];
}

export function query({ title, selected, where, tail = [] }: Select): Query {
  const distinct = distinctHeadings(selected);
  const sql = [
    `SELECT ${distinct.map(([expression, heading]) => `${expression} AS ${identifier(heading)}`).join(',\n       ')}`,
    'FROM data',
    ...(where.length > 0 ? [`WHERE ${where.join('\n  AND ')}`] : []),
    ...tail,
  ].join('\n');
  return { title, sql, columns: distinct.map(([, heading]) => heading) };
}

export const metricSql = ({ aggregate, column }: Metric): string => {
  const x = column?.sql ?? '*';
  switch (aggregate) {
    case 'count':
    case 'share':
      return column ? `count(${x})` : 'count(*)';
    case 'distinct':
      return `count(DISTINCT ${x})`;
    case 'average':
      return `avg(${x})`;
    case 'stddev':
      return `stddev_samp(${x})`;
    default:
      return `${aggregate}(${x})`;
  }
};

const LABELS = { hour: '%Y-%m-%d %H:00', day: '%Y-%m-%d', week: '%Y-%m-%d', month: '%Y-%m', year: '%Y' };
const WEEKDAYS = {
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  ja: ['月', '火', '水', '木', '金', '土', '日'],
};

/** A dimension's label, what it is grouped by, and what must be there. */
export function groupSql(
  dimension: Dimension,
  language: Language,
): { label: string; key: string; present: string } {
  if (dimension.kind === 'found')
    return { label: COMPARED, key: COMPARED, present: `${COMPARED} IS NOT NULL` };
  const { sql } = dimension.column;
  const present = `${sql} IS NOT NULL`;
  switch (dimension.kind) {
    case 'column':
      return { label: sql, key: sql, present };
    case 'bins': {
      const width = binWidth(dimension.column, 8);
      const label = `floor(${sql} / ${width}) * ${width}`;
      return { label, key: label, present };
    }
    case 'time': {
      const start = `date_trunc('${dimension.grain}', ${sql})`;
      const label =
        dimension.grain === 'quarter'
          ? `strftime(${start}, '%Y') || '-Q' || quarter(${start})`
          : `strftime(${start}, '${LABELS[dimension.grain]}')`;
      return { label, key: label, present };
    }
    case 'cycle': {
      if (dimension.cycle === 'hourOfDay') return { label: `hour(${sql})`, key: `hour(${sql})`, present };
      if (dimension.cycle === 'monthOfYear') return { label: `month(${sql})`, key: `month(${sql})`, present };
      const days = WEEKDAYS[language].map(text).join(', ');
      return { label: `[${days}][isodow(${sql})]`, key: `isodow(${sql})`, present };
    }
  }
}

/** A round width that cuts a column's range into about `count` pieces; whole for whole numbers. */
export function binWidth(column: Column, count: number): number {
  const [min, max] = rangeOf(column);
  const raw = (max - min) / count;
  if (!(raw > 0) || !Number.isFinite(raw)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const width = [1, 2, 5, 10].map((step) => step * power).find((step) => step >= raw * 0.999)!;
  const tidy = Number(width.toPrecision(6));
  return column.isInteger ? Math.max(1, Math.round(tidy)) : tidy;
}

function rangeOf(column: Column): [number, number] {
  const seen = [column.profile.min, column.profile.max, ...column.profile.examples]
    .map((value) => Number(String(value ?? '').replace(/[^0-9.eE+-]/g, '')))
    .filter((value, i, all) => Number.isFinite(value) && all[i] !== null);
  return seen.length > 0 ? [Math.min(...seen), Math.max(...seen)] : [0, 1];
}

/** Orders that come by nature: time, numbers. */
export const isOrdered = (dimension: Dimension) => dimension.kind !== 'column' || dimension.column.isNumeric;

/** The measure all metrics are of, if they are of one. */
export function soleColumn(metrics: Metric[]): Column | undefined {
  const columns = new Set(metrics.map(({ column }) => column));
  return columns.size === 1 ? [...columns][0] : undefined;
}

export function sizeOf(metrics: Metric[], language: Language): Selected[] {
  if (metrics.some(({ aggregate, column }) => aggregate === 'count' && !column)) return [];
  const column = soleColumn(metrics);
  return [[column?.isNumeric ? `count(${column.sql})` : 'count(*)', labels[language].n]];
}
