import type { Profile } from '../../sandbox/types.ts';
import { bars, boxes, type ChartPlan, histogram, lines, scatter } from './charts.ts';
import { type Column, columnsOf } from './columns.ts';
import { condition } from './conditions.ts';
import { grainFor } from './dates.ts';
import type { Dimension, Intent, Reading, Task } from './intent.ts';
import type { Language } from './phrases.ts';
import * as queries from './queries.ts';
import * as sql from './sql.ts';

/** One query of the program with the table and the charts it becomes. */
export interface Section {
  query: sql.Query;
  charts: ChartPlan[];
  /** Needed by a chart only. */
  isHidden: boolean;
  /** Shown as a chart; its table is not repeated in the report. */
  isDrawn?: boolean;
}

/** An intent and the sections that answer it, the main one first. */
export interface Answer {
  intent: Exclude<Intent, { kind: 'overview' }>;
  sections: Section[];
}

/** A task as it will be carried out. */
export interface Work {
  task: Task;
  answers: Answer[];
  rowsUsed: sql.Query;
}

/** What the program does for a reading; the report finds its tables by the same titles. */
export function workFor(reading: Reading, profile: Profile, language: Language): Work[] {
  const columns = columnsOf(profile);
  const taken = new Map<string, number>();
  const name = (title: string) => {
    const short = title.length > 140 ? `${title.slice(0, 139)}…` : title;
    const count = (taken.get(short) ?? 0) + 1;
    taken.set(short, count);
    return count > 1 ? `${short} (${count})` : short;
  };
  return reading.tasks.map((task) => {
    const asked = task.lookups.length > 0 ? [sql.ASKED] : [];
    const scope = { where: [...task.filters.map(condition), ...asked], language };
    const answers = expand(task.intent, columns).map((intent) => ({
      intent,
      sections: sectionsFor(intent, columns, scope),
    }));
    for (const section of answers.flatMap(({ sections }) => sections)) {
      section.query = { ...section.query, title: name(section.query.title) };
      section.charts = section.charts.map((chart) => ({
        ...chart,
        title: section.charts.length > 1 ? chart.title : section.query.title,
      }));
    }
    const rowsUsed = queries.rowsUsedQuery(columnsIn(task.intent), scope);
    return { task, answers, rowsUsed: { ...rowsUsed, title: name(rowsUsed.title) } };
  });
}

/** The columns an intent is about. */
export function columnsIn(intent: Intent): Column[] {
  const of = (by: Dimension | undefined) => (by && by.kind !== 'found' ? [by.column] : []);
  const found = ((): Array<Column | undefined> => {
    switch (intent.kind) {
      case 'overview':
      case 'quality':
        return [];
      case 'figures':
        return intent.metrics.map(({ column }) => column);
      case 'groups':
        return [...intent.by.flatMap(of), ...intent.metrics.map(({ column }) => column)];
      case 'trend':
        return [...of(intent.time), ...of(intent.series), ...intent.metrics.map(({ column }) => column)];
      case 'extremes':
        return [intent.column];
      case 'spread':
        return [...of(intent.by), ...intent.columns];
      case 'correlation':
        return [...of(intent.by), ...intent.columns, intent.with];
      case 'fraction':
        return [...of(intent.by), ...intent.conditions.map(({ column }) => column), intent.of.column];
    }
  })();
  return [...new Set(found.filter((column) => column !== undefined))];
}

/** An overview is a handful of the other analyses. */
function expand(intent: Intent, columns: Column[]): Array<Exclude<Intent, { kind: 'overview' }>> {
  if (intent.kind !== 'overview') return [intent];
  const measures = columns.filter(({ role, isTruth }) => role === 'measure' && !isTruth);
  const dimensions = columns.filter(
    ({ role, profile }) => role === 'dimension' && profile.distinctCount > 0 && profile.distinctCount <= 1000,
  );
  const time = columns.find(({ role, profile }) => role === 'time' && profile.min !== null);
  const count = { aggregate: 'count' as const };
  return [
    { kind: 'quality' },
    ...(measures.length > 0 ? [{ kind: 'spread' as const, columns: measures.slice(0, 12) }] : []),
    ...dimensions.slice(0, 2).map((column) => ({
      kind: 'groups' as const,
      metrics: [count],
      by: [{ kind: 'column' as const, column }],
      share: true,
      compare: false,
      order: { direction: 'desc' as const, limit: 20 },
    })),
    ...(time ? [overTime(time, measures[0])] : []),
    ...(measures.length > 1 ? [{ kind: 'correlation' as const, columns: measures.slice(0, 8) }] : []),
  ];
}

function overTime(time: Column, measure: Column | undefined): Extract<Intent, { kind: 'trend' }> {
  const grain = grainFor(time.profile.min, time.profile.max, time.grain ?? 'day');
  const metric = measure
    ? { aggregate: measure.isAdditive ? ('sum' as const) : ('average' as const), column: measure }
    : { aggregate: 'count' as const };
  return { kind: 'trend', metrics: [metric], time: { kind: 'time', column: time, grain } };
}

const plain = (query: sql.Query, charts: ChartPlan[] = []): Section => ({ query, charts, isHidden: false });
const hidden = (query: sql.Query, chart: ChartPlan): Section => ({ query, charts: [chart], isHidden: true });

function sectionsFor(intent: Answer['intent'], columns: Column[], scope: sql.Scope): Section[] {
  const { language } = scope;
  switch (intent.kind) {
    case 'quality':
      return [
        plain(queries.qualityQuery(columns, scope)),
        ...(columns.length <= 200 ? [plain(queries.duplicatesQuery(scope))] : []),
      ];
    case 'figures':
      return [plain(queries.figuresQuery(intent, scope))];
    case 'groups': {
      const query = queries.groupsQuery(intent, scope);
      return [plain(query, [bars(intent, query, language)])];
    }
    case 'trend': {
      const query = queries.trendQuery(intent, scope);
      const covered =
        intent.time.column.grain === 'year' ? [] : [plain(queries.coveredQuery(intent.time.column, scope))];
      return [plain(query, lines(intent, query, language)), ...covered];
    }
    case 'extremes':
      return [plain(queries.extremesQuery(intent, shownWith(intent.column, columns), scope))];
    case 'spread': {
      const [first] = intent.columns as [Column];
      if (intent.by) {
        return intent.columns.slice(0, 4).map((column) => {
          const query = queries.spreadQuery({ ...intent, columns: [column] }, scope);
          return plain(query, [boxes(column, intent.by!, query, language)]);
        });
      }
      const drawn = intent.columns.length <= 4 ? intent.columns : [first];
      const histograms = drawn.map((column) => {
        const query = queries.histogramQuery(column, scope);
        return { ...plain(query, [histogram(column, query, language)]), isDrawn: true };
      });
      return [plain(queries.spreadQuery(intent, scope)), ...histograms];
    }
    case 'correlation': {
      const pairs = queries.pairsOf(intent);
      const query = queries.correlationQuery(intent, scope);
      if (pairs.length > 1) return [plain(query)];
      const [x, y] = pairs[0]!;
      const points = queries.scatterQuery(x, y, scope);
      return [plain(query), hidden(points, scatter(x, y, points))];
    }
    case 'fraction': {
      const query = queries.fractionQuery(intent, scope);
      const chart = intent.by && {
        ...bars(
          {
            kind: 'groups',
            metrics: [{ aggregate: 'share' }],
            by: [intent.by],
            share: false,
            compare: false,
          },
          query,
          language,
        ),
        title: query.title,
      };
      return [plain(query, chart ? [chart] : [])];
    }
  }
}

/** The columns that tell which row it is: names first, figures after. */
function shownWith(column: Column, columns: Column[]): Column[] {
  const rank = { identifier: 0, time: 1, dimension: 2, measure: 3, other: 4 };
  return columns
    .filter((other) => other.name !== column.name && other.role !== 'other')
    .toSorted((a, b) => rank[a.role] - rank[b.role])
    .slice(0, 6);
}
