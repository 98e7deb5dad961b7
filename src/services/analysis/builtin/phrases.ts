import type { Column } from './columns.ts';
import type { Cycle, Grain } from './dates.ts';
import type { Aggregate, Dimension, Metric } from './intent.ts';

/** Names of things in the language of the answer: headings, titles, and what the program prints. */
export type Language = 'en' | 'ja';

const en = {
  rows: 'rows',
  n: 'n',
  share: 'share %',
  group: 'group',
  column: 'column',
  type: 'type',
  missing: 'missing',
  missingShare: 'missing %',
  distinct: 'distinct',
  blank: 'blank',
  from: 'from',
  to: 'to',
  first: 'first',
  last: 'last',
  x: 'x',
  y: 'y',
  r: 'r',
  value: 'value',
  words: 'words',
  matching: 'matching',
  total: 'rows in all',
  kept: 'rows kept',
  empty: 'without a value in',
  min: 'min',
  q1: 'lower quartile',
  median: 'median',
  mean: 'mean',
  q3: 'upper quartile',
  max: 'max',
  sd: 'std. deviation',
  rowsUsed: 'Rows used',
  looked: 'Words looked up in the data',
  duplicates: 'Repeated rows',
  repeated: 'repeated rows',
  covered: 'Time covered',
};

const ja: typeof en = {
  rows: '件数',
  n: 'n',
  share: '割合 %',
  group: 'グループ',
  column: '列',
  type: '型',
  missing: '欠損',
  missingShare: '欠損 %',
  distinct: '異なる値',
  blank: '空文字',
  from: '以上',
  to: '未満',
  first: '最初',
  last: '最後',
  x: 'x',
  y: 'y',
  r: 'r',
  value: '値',
  words: '語',
  matching: '該当',
  total: '全行数',
  kept: '対象行数',
  empty: '値のない行',
  min: '最小',
  q1: '第1四分位',
  median: '中央値',
  mean: '平均',
  q3: '第3四分位',
  max: '最大',
  sd: '標準偏差',
  rowsUsed: '使用した行',
  looked: 'データ内で探した語',
  duplicates: '重複行',
  repeated: '重複行数',
  covered: '対象期間',
};

export const labels = { en, ja };

const AGGREGATES: Record<Language, Record<Aggregate, string>> = {
  en: {
    count: 'number',
    sum: 'total',
    average: 'average',
    median: 'median',
    min: 'minimum',
    max: 'maximum',
    stddev: 'standard deviation of',
    distinct: 'number of different',
    share: 'share of',
  },
  ja: {
    count: '件数',
    sum: '合計',
    average: '平均',
    median: '中央値',
    min: '最小値',
    max: '最大値',
    stddev: '標準偏差',
    distinct: '種類数',
    share: '割合',
  },
};

const GRAINS: Record<Language, Record<Grain | Cycle, string>> = {
  en: {
    hour: 'hour',
    day: 'day',
    week: 'week',
    month: 'month',
    quarter: 'quarter',
    year: 'year',
    weekday: 'weekday',
    monthOfYear: 'month of the year',
    hourOfDay: 'hour of the day',
  },
  ja: {
    hour: '時',
    day: '日',
    week: '週',
    month: '月',
    quarter: '四半期',
    year: '年',
    weekday: '曜日',
    monthOfYear: '月（暦月）',
    hourOfDay: '時間帯',
  },
};

export const grainName = (grain: Grain | Cycle, language: Language) => GRAINS[language][grain];

export const aggregateName = (aggregate: Aggregate, language: Language) => AGGREGATES[language][aggregate];

/** "average Body Mass (g)", 「体重の平均」. */
export function metricName({ aggregate, column }: Metric, language: Language): string {
  if (!column) return labels[language].rows;
  const name = AGGREGATES[language][aggregate];
  return language === 'en' ? `${name} ${column.name}` : `${column.name}の${name}`;
}

export function dimensionName(dimension: Dimension, language: Language): string {
  if (dimension.kind === 'found') return labels[language].group;
  if (dimension.kind === 'time') return GRAINS[language][dimension.grain];
  if (dimension.kind === 'cycle') return GRAINS[language][dimension.cycle];
  return dimension.column.name;
}

export const listOf = (items: string[], language: Language) =>
  language === 'ja'
    ? items.join('・')
    : items.length > 1
      ? `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
      : (items[0] ?? '');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Titles of tables; a chart has its table's title. */
export const titles = {
  groups: (metrics: Metric[], by: Dimension[], share: boolean, language: Language) => {
    const what = listOf(
      [...new Set(metrics.map((metric) => metricName(metric, language)))].slice(0, 3),
      language,
    );
    const groups = by
      .map((dimension) => dimensionName(dimension, language))
      .join(language === 'ja' ? '・' : ' and ');
    if (language === 'ja') return `${groups}別の${what}${share ? 'と割合' : ''}`;
    return share ? `Share of ${what} by ${groups}` : capital(`${what} by ${groups}`);
  },
  figures: (metrics: Metric[], language: Language) =>
    capital(listOf(metrics.map((metric) => metricName(metric, language)).slice(0, 3), language)),
  trend: (metrics: Metric[], grain: Grain, series: string | undefined, language: Language) => {
    const what = listOf(metrics.map((metric) => metricName(metric, language)).slice(0, 3), language);
    if (language === 'ja') return `${what}の推移（${GRAINS.ja[grain]}別${series ? `・${series}別` : ''}）`;
    return capital(`${what} per ${grain}${series ? ` by ${series}` : ''}`);
  },
  extremes: (column: Column, direction: 'asc' | 'desc', language: Language) =>
    language === 'ja'
      ? `${column.name}が${direction === 'desc' ? '最大' : '最小'}の行`
      : `Rows with the ${direction === 'desc' ? 'highest' : 'lowest'} ${column.name}`,
  spread: (columns: Column[], by: Dimension | undefined, language: Language) => {
    const what =
      columns.length > 3
        ? language === 'ja'
          ? '数値列'
          : 'numeric columns'
        : listOf(
            columns.map(({ name }) => name),
            language,
          );
    if (language === 'ja') return `${what}の分布${by ? `（${dimensionName(by, language)}別）` : ''}`;
    return `Spread of ${what}${by ? ` by ${dimensionName(by, language)}` : ''}`;
  },
  histogram: (column: Column, language: Language) =>
    language === 'ja' ? `${column.name}のヒストグラム` : `Histogram of ${column.name}`,
  correlation: (language: Language) => (language === 'ja' ? '相関係数' : 'Correlations'),
  scatter: (x: Column, y: Column, language: Language) =>
    language === 'ja' ? `${x.name}と${y.name}の散布図` : `${y.name} against ${x.name}`,
  fraction: (by: Dimension | undefined, language: Language) =>
    language === 'ja'
      ? `割合${by ? `（${dimensionName(by, language)}別）` : ''}`
      : `Share${by ? ` by ${dimensionName(by, language)}` : ' of all'}`,
  quality: (language: Language) => (language === 'ja' ? '列と欠損値' : 'Columns and missing values'),
};
