import type { Column } from './columns.ts';
import type { Dimension, Intent } from './intent.ts';
import { dimensionName, type Language, metricName, titles } from './phrases.ts';
import type { Query } from './sql.ts';

/** A chart of a query's rows, as the program will draw it. */
export interface ChartPlan {
  title: string;
  spec: Record<string, unknown>;
  /** Field of the chart → heading of the query; numbers are made numbers and rows without them left out. */
  fields: Array<{ field: string; heading: string; isNumber: boolean }>;
  /** More than this many rows stay in the table only. */
  most: number;
}

const MOST_BARS = 30;
const MOST_POINTS = 2000;

const axis = (title: string) => ({ axis: { title: title.slice(0, 80), labelLimit: 160 } });

/** Bars, one per group; a second dimension becomes colour. */
export function bars(
  { metrics, by }: Extract<Intent, { kind: 'groups' }>,
  query: Query,
  language: Language,
): ChartPlan {
  const [first, second] = by as [Dimension, Dimension?];
  const value = query.columns[by.length]!;
  const isOrdered = first.kind !== 'column' && first.kind !== 'found';
  const group = { field: 'group', type: 'nominal', sort: null, ...axis(dimensionName(first, language)) };
  const figure = { field: 'value', type: 'quantitative', ...axis(metricName(metrics[0]!, language)) };
  return {
    title: query.title,
    spec: {
      mark: 'bar',
      encoding: {
        ...(isOrdered || second ? { x: group, y: figure } : { y: group, x: figure }),
        ...(second && {
          color: { field: 'series', type: 'nominal', title: dimensionName(second, language) },
          xOffset: { field: 'series' },
        }),
      },
    },
    fields: [
      { field: 'group', heading: query.columns[0]!, isNumber: false },
      ...(second ? [{ field: 'series', heading: query.columns[1]!, isNumber: false }] : []),
      { field: 'value', heading: value, isNumber: true },
    ],
    most: second ? MOST_BARS * 3 : MOST_BARS,
  };
}

/** A line over time per metric, coloured by series. */
export function lines(
  { metrics, time, series }: Extract<Intent, { kind: 'trend' }>,
  query: Query,
  language: Language,
): ChartPlan[] {
  const isPlain = time.grain === 'quarter' || time.grain === 'hour';
  const start = series ? 2 : 1;
  return metrics.slice(0, 3).map((metric, i) => ({
    title: titles.trend([metric], time.grain, series && dimensionName(series, language), language),
    spec: {
      mark: { type: 'line', point: true },
      encoding: {
        x: {
          field: 'time',
          ...(isPlain ? { type: 'ordinal' } : { type: 'temporal', scale: { type: 'utc' } }),
          axis: { title: dimensionName(time, language), labelOverlap: true },
        },
        y: {
          field: 'value',
          type: 'quantitative',
          scale: { zero: false },
          ...axis(metricName(metric, language)),
        },
        ...(series && {
          color: { field: 'series', type: 'nominal', title: dimensionName(series, language) },
        }),
      },
    },
    fields: [
      { field: 'time', heading: query.columns[0]!, isNumber: false },
      ...(series ? [{ field: 'series', heading: query.columns[1]!, isNumber: false }] : []),
      { field: 'value', heading: query.columns[start + i]!, isNumber: true },
    ],
    most: MOST_POINTS,
  }));
}

export function histogram(column: Column, query: Query, language: Language): ChartPlan {
  const [from, to, rows] = query.columns as [string, string, string];
  return {
    title: query.title,
    spec: {
      mark: 'bar',
      encoding: {
        x: {
          field: 'from',
          type: 'quantitative',
          scale: { zero: false },
          bin: { binned: true },
          ...axis(column.name),
        },
        x2: { field: 'to' },
        y: { field: 'rows', type: 'quantitative', ...axis(language === 'ja' ? '件数' : 'rows') },
      },
    },
    fields: [
      { field: 'from', heading: from, isNumber: true },
      { field: 'to', heading: to, isNumber: true },
      { field: 'rows', heading: rows, isNumber: true },
    ],
    most: 200,
  };
}

/** A box from quartile to quartile per group, whiskers to the extremes, the median as a tick. */
export function boxes(column: Column, by: Dimension, query: Query, language: Language): ChartPlan {
  const x = { field: 'group', type: 'nominal', sort: null, ...axis(dimensionName(by, language)) };
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { zero: false },
    ...axis(column.name),
  });
  const [group, , min, q1, median, , q3, max] = query.columns as string[];
  const number = (field: string, heading: string | undefined) => ({
    field,
    heading: heading!,
    isNumber: true,
  });
  return {
    title: query.title,
    spec: {
      layer: [
        { mark: 'rule', encoding: { x, y: y('min'), y2: { field: 'max' } } },
        { mark: { type: 'bar', size: 24 }, encoding: { x, y: y('q1'), y2: { field: 'q3' } } },
        { mark: { type: 'tick', size: 24, color: 'white' }, encoding: { x, y: y('median') } },
      ],
    },
    fields: [
      { field: 'group', heading: group!, isNumber: false },
      number('min', min),
      number('q1', q1),
      number('median', median),
      number('q3', q3),
      number('max', max),
    ],
    most: MOST_BARS,
  };
}

export function scatter(x: Column, y: Column, query: Query): ChartPlan {
  const at = (field: string, column: Column) => ({
    field,
    type: 'quantitative',
    scale: { zero: false },
    ...axis(column.name),
  });
  return {
    title: query.title,
    spec: { mark: { type: 'point', opacity: 0.6 }, encoding: { x: at('x', x), y: at('y', y) } },
    fields: [
      { field: 'x', heading: 'x', isNumber: true },
      { field: 'y', heading: 'y', isNumber: true },
    ],
    most: MOST_POINTS,
  };
}
