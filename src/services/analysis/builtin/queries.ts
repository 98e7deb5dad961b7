import type { Column } from './columns.ts';
import { condition } from './conditions.ts';
import type { Intent } from './intent.ts';
import { dimensionName, type Language, labels, metricName, titles } from './phrases.ts';
import { identifier, text } from './quoting.ts';
import {
  binWidth,
  groupSql,
  isOrdered,
  metricSql,
  type Query,
  query,
  type Scope,
  type Selected,
  sizeOf,
} from './sql.ts';

/** The queries that answer each kind of intent. */

export function groupsQuery(intent: Extract<Intent, { kind: 'groups' }>, { where, language }: Scope): Query {
  const { metrics, by, order, share } = intent;
  const groups = by.map((dimension) => groupSql(dimension, language));
  const figure = metricSql(metrics[0]!);
  const selected: Selected[] = [
    ...groups.map(({ label }, i): Selected => [label, dimensionName(by[i]!, language)]),
    ...metrics.map((metric): Selected => [metricSql(metric), metricName(metric, language)]),
    ...(share
      ? [[`100.0 * ${figure} / nullif(sum(${figure}) OVER (), 0)`, labels[language].share] as Selected]
      : []),
    ...sizeOf(metrics, language),
  ];
  const keys = groups.map(({ key }) => key).join(', ');
  const direction = order?.direction === 'asc' ? 'ASC' : 'DESC';
  const ranked = `${figure} ${direction} NULLS LAST`;
  const size = by.reduce(
    (product, each) => product * (each.kind === 'column' ? each.column.profile.distinctCount : 30),
    1,
  );
  // What the table cannot hold is cut off its end: that must not be the largest.
  const natural = !order && (by.length > 1 || isOrdered(by[0]!)) && size <= 900;
  return query({
    title: titles.groups(metrics, by, share, language),
    selected,
    where: [...where, ...groups.map(({ present }) => present)],
    tail: [
      `GROUP BY ${keys}`,
      ...(order?.limit ? [`QUALIFY rank() OVER (ORDER BY ${ranked}) <= ${order.limit}`] : []),
      `ORDER BY ${natural ? keys : `${ranked}, ${keys}`}`,
    ],
  });
}

export const figuresQuery = (
  { metrics }: Extract<Intent, { kind: 'figures' }>,
  { where, language }: Scope,
): Query =>
  query({
    title: titles.figures(metrics, language),
    selected: [
      ...metrics.map((metric): Selected => [metricSql(metric), metricName(metric, language)]),
      ...sizeOf(metrics, language),
    ],
    where,
  });

export function trendQuery(
  { metrics, time, series }: Extract<Intent, { kind: 'trend' }>,
  { where, language }: Scope,
): Query {
  const groups = [time, ...(series ? [series] : [])].map((dimension) => ({
    ...groupSql(dimension, language),
    name: dimensionName(dimension, language),
  }));
  return query({
    title: titles.trend(metrics, time.grain, series && dimensionName(series, language), language),
    selected: [
      ...groups.map(({ label, name }): Selected => [label, name]),
      ...metrics.map((metric): Selected => [metricSql(metric), metricName(metric, language)]),
      ...sizeOf(metrics, language),
    ],
    where: [...where, ...groups.map(({ present }) => present)],
    tail: [
      `GROUP BY ${groups.map(({ key }) => key).join(', ')}`,
      `ORDER BY ${groups.map(({ key }) => key).join(', ')}`,
    ],
  });
}

/** First and last moment, to tell whether the outer periods are whole. */
export const coveredQuery = (time: Column, { where, language }: Scope): Query =>
  query({
    title: labels[language].covered,
    selected: [
      [`strftime(min(${time.sql}), '%Y-%m-%d')`, labels[language].first],
      [`strftime(max(${time.sql}), '%Y-%m-%d')`, labels[language].last],
    ],
    where,
  });

export function extremesQuery(
  { column, order }: Extract<Intent, { kind: 'extremes' }>,
  shown: Column[],
  { where, language }: Scope,
): Query {
  const ranked = `${column.sql} ${order.direction.toUpperCase()}`;
  return query({
    title: titles.extremes(column, order.direction, language),
    selected: [column, ...shown].map((each) => [
      each.role === 'time' && each.grain !== 'year'
        ? `strftime(${each.sql}, '${each.grain === 'hour' ? '%Y-%m-%d %H:%M' : '%Y-%m-%d'}')`
        : each.isParsed && each.grain !== 'year'
          ? each.sql
          : identifier(each.name),
      each.name,
    ]),
    where: [...where, `${column.sql} IS NOT NULL`],
    tail: [`QUALIFY rank() OVER (ORDER BY ${ranked}) <= ${order.limit ?? 1}`, `ORDER BY ${ranked}`],
  });
}

function statistics(column: Column, language: Language): Selected[] {
  const { sql } = column;
  const l = labels[language];
  return [
    [`count(${sql})`, l.n],
    [`CAST(min(${sql}) AS DOUBLE)`, l.min],
    [`CAST(quantile_cont(${sql}, 0.25) AS DOUBLE)`, l.q1],
    [`CAST(median(${sql}) AS DOUBLE)`, l.median],
    [`avg(${sql})`, l.mean],
    [`CAST(quantile_cont(${sql}, 0.75) AS DOUBLE)`, l.q3],
    [`CAST(max(${sql}) AS DOUBLE)`, l.max],
    [`stddev_samp(${sql})`, l.sd],
  ];
}

export function spreadQuery(
  { columns, by }: Extract<Intent, { kind: 'spread' }>,
  { where, language }: Scope,
): Query {
  const title = titles.spread(columns, by, language);
  if (by) {
    const { label, key, present } = groupSql(by, language);
    const [column] = columns as [Column];
    return query({
      title,
      selected: [[label, dimensionName(by, language)], ...statistics(column, language)],
      where: [...where, present],
      tail: [`GROUP BY ${key}`, `ORDER BY ${isOrdered(by) ? key : `count(${column.sql}) DESC, ${key}`}`],
    });
  }
  return union(
    columns.map((column) =>
      query({
        title,
        selected: [[text(column.name), labels[language].column], ...statistics(column, language)],
        where,
      }),
    ),
  );
}

function union(queries: Query[], tail = ''): Query {
  const [first] = queries as [Query];
  return { ...first, sql: queries.map(({ sql }) => sql).join('\nUNION ALL\n') + tail };
}

export function histogramQuery(column: Column, { where, language }: Scope): Query {
  const width = binWidth(column, 20);
  const low = `floor(${column.sql} / ${width})`;
  return query({
    title: titles.histogram(column, language),
    selected: [
      [`CAST(${low} * ${width} AS DOUBLE)`, labels[language].from],
      [`CAST((${low} + 1) * ${width} AS DOUBLE)`, labels[language].to],
      ['count(*)', labels[language].rows],
    ],
    where: [...where, `${column.sql} IS NOT NULL`],
    tail: [`GROUP BY ${low}`, `ORDER BY ${low}`],
  });
}

const MOST_CORRELATED = 12;

export function pairsOf({
  columns,
  with: one,
}: Extract<Intent, { kind: 'correlation' }>): Array<[Column, Column]> {
  if (one) return columns.slice(0, 60).map((column) => [column, one]);
  const few = columns.slice(0, MOST_CORRELATED);
  return few.flatMap((x, i) => few.slice(i + 1).map((y): [Column, Column] => [x, y]));
}

export function correlationQuery(
  intent: Extract<Intent, { kind: 'correlation' }>,
  { where, language }: Scope,
): Query {
  const l = labels[language];
  const group = intent.by && groupSql(intent.by, language);
  const queries = pairsOf(intent).map(([x, y]) => {
    const r = `corr(${x.sql}, ${y.sql})`;
    return query({
      title: titles.correlation(language),
      selected: [
        [text(x.name), l.x],
        [text(y.name), l.y],
        ...(group ? [[group.label, dimensionName(intent.by!, language)] as Selected] : []),
        [`CASE WHEN isfinite(${r}) THEN ${r} END`, l.r],
        [`count(*) FILTER (${x.sql} IS NOT NULL AND ${y.sql} IS NOT NULL)`, l.n],
      ],
      where: [...where, ...(group ? [group.present] : [])],
      ...(group && { tail: [`GROUP BY ${group.key}`] }),
    });
  });
  const at = group ? 4 : 3;
  const all = union(queries);
  return {
    ...all,
    sql: `SELECT *\nFROM (\n${all.sql}\n)\nORDER BY abs(${identifier(all.columns[at - 1]!)}) DESC NULLS LAST`,
  };
}

export const scatterQuery = (x: Column, y: Column, { where, language }: Scope): Query =>
  query({
    title: titles.scatter(x, y, language),
    selected: [
      [`CAST(${x.sql} AS DOUBLE)`, 'x'],
      [`CAST(${y.sql} AS DOUBLE)`, 'y'],
    ],
    where: [...where, `${x.sql} IS NOT NULL`, `${y.sql} IS NOT NULL`],
    tail: [`ORDER BY hash(${x.sql}, ${y.sql})`, 'LIMIT 1000'],
  });

export function fractionQuery(
  { conditions, of, by }: Extract<Intent, { kind: 'fraction' }>,
  { where, language }: Scope,
): Query {
  const l = labels[language];
  const group = by && groupSql(by, language);
  const test = conditions.map(condition).join(' AND ');
  const part = of.column ? `sum(${of.column.sql}) FILTER (${test})` : `count(*) FILTER (${test})`;
  const all = of.column ? `sum(${of.column.sql})` : 'count(*)';
  const known = [...new Set(conditions.map(({ column }) => `${column.sql} IS NOT NULL`))];
  return query({
    title: titles.fraction(by, language),
    selected: [
      ...(group ? [[group.label, dimensionName(by!, language)] as Selected] : []),
      [`100.0 * ${of.column ? `coalesce(${part}, 0)` : part} / nullif(${all}, 0)`, l.share],
      [of.column ? `coalesce(${part}, 0)` : part, l.matching],
      [all, of.column ? metricName(of, language) : l.rows],
    ],
    where: [...where, ...known, ...(group ? [group.present] : [])],
    ...(group && { tail: [`GROUP BY ${group.key}`, `ORDER BY 2 DESC NULLS LAST, ${group.key}`] }),
  });
}

const MOST_CHECKED = 100;
/** Columns whose missing values are counted beside an answer. */
export const MOST_COUNTED = 12;

/** Missing values per column; of very wide data the columns that miss most. */
export function qualityQuery(columns: Column[], { where, language }: Scope): Query {
  const l = labels[language];
  const chosen =
    columns.length <= MOST_CHECKED
      ? columns
      : columns.toSorted((a, b) => b.profile.nullCount - a.profile.nullCount).slice(0, MOST_CHECKED);
  return union(
    chosen.map((column) => {
      const name = identifier(column.name);
      return query({
        title: titles.quality(language),
        selected: [
          [text(column.name), l.column],
          [text(column.profile.type.slice(0, 40)), l.type],
          [`count(*) - count(${name})`, l.missing],
          [`100.0 * (count(*) - count(${name})) / nullif(count(*), 0)`, l.missingShare],
          [`count(DISTINCT ${name})`, l.distinct],
          [column.isText ? `count(*) FILTER (trim(${column.sql}) = '')` : '0', l.blank],
        ],
        where,
      });
    }),
  );
}

export const duplicatesQuery = ({ where, language }: Scope): Query => {
  const from = `FROM data${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`;
  const l = labels[language];
  return {
    title: l.duplicates,
    sql: `SELECT (SELECT count(*) ${from}) -\n       (SELECT count(*) FROM (SELECT DISTINCT * ${from})) AS ${identifier(l.repeated)}`,
    columns: [l.repeated],
  };
};

/** How many rows there are, are kept by the filters, and have no value in the columns used. */
export const rowsUsedQuery = (used: Column[], { where, language }: Scope): Query => {
  const l = labels[language];
  return query({
    title: l.rowsUsed,
    selected: [
      ['(SELECT count(*) FROM data)', l.total],
      ['count(*)', l.kept],
      ...used
        .slice(0, MOST_COUNTED)
        .map(({ sql, name }): Selected => [`count(*) - count(${sql})`, `${l.empty}: ${name}`]),
    ],
    where,
  });
};
