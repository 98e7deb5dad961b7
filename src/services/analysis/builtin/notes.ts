import type { Column } from './columns.ts';
import type { Filter } from './filters.ts';
import { escaped, withUnit } from './format.ts';
import type { Assumption, Intent, Unable } from './intent.ts';
import { aggregateName, grainName, type Language, listOf, titles } from './phrases.ts';

/** What the analyst says about its own reading: conditions, assumptions, and what it cannot do. */

const code = (column: Column) => `\`${column.name.replaceAll('`', "'").replace(/\s+/g, ' ').slice(0, 120)}\``;
const codes = (columns: Column[], language: Language) => listOf(columns.slice(0, 8).map(code), language);

export function filterNote(filter: Filter, language: Language): string {
  const name = code(filter.column);
  const ja = language === 'ja';
  const unit = filter.column.unit;
  switch (filter.kind) {
    case 'values': {
      const values = filter.values.map((value) => `“${escaped(value)}”`).join(ja ? '・' : ' or ');
      return ja
        ? `${name} が ${values}${filter.negated ? ' ではない' : ''}`
        : `${name} is ${filter.negated ? 'not ' : ''}${values}`;
    }
    case 'compare':
      return `${name} ${{ '>': '>', '>=': '≥', '<': '<', '<=': '≤', '=': '=', '<>': '≠' }[filter.comparison]} ${withUnit(filter.value, unit)}`;
    case 'between':
      return ja
        ? `${name} が ${withUnit(filter.low, unit)} 以上 ${withUnit(filter.high, unit)} 以下`
        : `${name} from ${withUnit(filter.low, unit)} to ${withUnit(filter.high, unit)}, both included`;
    case 'periods': {
      const spans = filter.periods.map(({ from, to }) =>
        ja
          ? `${from ? `${from} 以降` : ''}${from && to ? '、' : ''}${to ? `${to} より前` : ''}`
          : [from && `from ${from}`, to && `before ${to}`].filter(Boolean).join(' and '),
      );
      return ja
        ? `${name} が ${spans.join(' または ')}${filter.negated ? ' を除く' : ''}`
        : `${name} ${filter.negated ? 'not ' : ''}${spans.join(' or ')}`;
    }
    case 'months':
      return ja
        ? `${name} が ${filter.months.join('・')}月（すべての年）`
        : `${name} in month ${filter.months.join(' or ')} of any year`;
    case 'last':
      return ja
        ? `${name} の最後の日までの${filter.count}${{ day: '日', week: '週', month: 'か月', year: '年' }[filter.unit]}`
        : `the last ${filter.count} ${filter.unit}${filter.count === 1 ? '' : 's'} up to the latest ${name} in the data`;
    case 'truth':
      return ja
        ? `${name} が ${filter.value ? '真' : '偽'}`
        : `${name} is ${filter.value ? 'true' : 'false'}`;
  }
}

export function assumptionNote(assumption: Assumption, language: Language): string | undefined {
  const ja = language === 'ja';
  switch (assumption.kind) {
    case 'column': {
      const { said, columns, likeness } = assumption;
      const names = codes(columns, language);
      if (columns.length > 1)
        return ja
          ? `「${escaped(said)}」は ${names} のどちらとも取れます。`
          : `“${escaped(said)}” fits ${names}; it does not say which, so what was asked was done with those that suit.`;
      if (likeness === 'exact' || likeness === 'part')
        return ja
          ? `「${escaped(said)}」を列 ${names} としました。`
          : `“${escaped(said)}” was taken as the column ${names}.`;
      if (likeness === 'spelling')
        return ja
          ? `「${escaped(said)}」は ${names} の綴り違いと考えました。`
          : `“${escaped(said)}” was read as a misspelling of ${names}.`;
      return ja
        ? `「${escaped(said)}」を列 ${names} としました。`
        : `“${escaped(said)}” was taken to mean the column ${names}; no column has that name.`;
    }
    case 'aggregate': {
      const how = aggregateName(assumption.aggregate, language);
      return ja
        ? `${code(assumption.column)} は${how}で集計しました（集計方法の指定がなかったため）。`
        : `No figure was named for ${code(assumption.column)}, so its ${how} is shown${assumption.aggregate === 'average' ? ' (its name does not suggest something to add up)' : ''}.`;
    }
    case 'onlyMeasure':
      return ja
        ? `数値の列は ${code(assumption.column)} だけなので、これを使いました。`
        : `The only numeric column, ${code(assumption.column)}, was used.`;
    case 'allMeasures':
      return ja
        ? `数値の列が指定されていないため、${codes(assumption.columns, language)} を使いました。`
        : `No numeric column was recognised, so ${codes(assumption.columns, language)} were used.`;
    case 'concept':
      return ja
        ? `「${escaped(assumption.said)}」は ${codes(assumption.columns, language)} で判断しました。`
        : `“${escaped(assumption.said)}” was judged by ${codes(assumption.columns, language)}.`;
    case 'distinct':
      return ja
        ? `${code(assumption.column)} の異なる値を数えました。行数ではありません。`
        : `Different values of ${code(assumption.column)} were counted, not rows.`;
    case 'rowIs':
      return ja
        ? `${code(assumption.column)} は行ごとに異なるため、行数を数えました。`
        : `${code(assumption.column)} is different in every row, so rows were counted.`;
    case 'soldIsRows':
      return ja
        ? `販売数の列がないため、「${escaped(assumption.said)}」は行数で判断しました。`
        : `No column says how much was sold, so “${escaped(assumption.said)}” was judged by the number of rows.`;
    case 'order':
      return ja
        ? `グループの順位は ${code(assumption.column)} の集計値で決めました（個々の最大・最小値ではありません）。`
        : `Groups are ranked by the figure shown for ${code(assumption.column)}, not by their single highest or lowest value.`;
    case 'time':
      return ja
        ? `日付の列として ${code(assumption.column)} を使いました。`
        : `Time is taken from ${code(assumption.column)}.`;
    case 'grain':
      return ja
        ? `期間の単位は、データの長さから「${grainName(assumption.grain, 'ja')}」としました。`
        : `The step of a ${grainName(assumption.grain, 'en')} was chosen from the time that the data cover.`;
    case 'dayOrder':
      return ja
        ? `${code(assumption.column)} の日付は月/日/年として読みました。日/月/年の可能性もあります。`
        : `Dates in ${code(assumption.column)} were read as month, day, year; they could also mean day, month, year.`;
    case 'relative':
      return ja
        ? `期間は ${code(assumption.column)} の最後の日から数えました。`
        : `The period is counted back from the latest ${code(assumption.column)}, not from today.`;
    case 'parsed':
      return ja
        ? `${code(assumption.column)} は文字列なので、記号を除いて数値として読みました。`
        : `${code(assumption.column)} holds text; signs were removed and the rest read as numbers.`;
  }
}

const UNABLE: Record<Language, Record<Unable, string>> = {
  en: {
    forecast: 'I cannot forecast; what follows is what the data show so far.',
    cause:
      'I cannot say what causes what: the data show how figures go together, not why. What follows is a description.',
    test: 'I do not run significance tests; what follows are the figures themselves and how many rows they rest on.',
    model:
      'I do not fit models, look for clusters or decide what is an outlier; what follows is a description of the figures.',
    formula:
      'I cannot combine columns by a formula (such as price times quantity); what follows are the columns by themselves.',
    prose:
      'I cannot write texts, translate, judge opinions or give advice; what follows is what the data say.',
  },
  ja: {
    forecast: '予測はできません。以下は、これまでのデータが示すことです。',
    cause: '原因はわかりません。データが示すのは数値の関係であり、理由ではありません。以下は記述です。',
    test: '有意性の検定は行いません。以下は数値そのものと、その元になった行数です。',
    model: 'モデルの当てはめ、クラスタリング、外れ値の判定は行いません。以下は数値の記述です。',
    formula: '列どうしの計算（単価×数量など）はできません。以下は、それぞれの列の値です。',
    prose: '文章の作成、翻訳、感情の判断、助言はできません。以下は、データが示すことです。',
  },
};

export const unableNote = (unable: Unable, language: Language) => UNABLE[language][unable];

export const ABILITIES: Record<Language, string> = {
  en: 'counts, sums, averages, medians, extremes and shares, by group or over time; distributions, correlations, comparisons and missing values',
  ja: '件数・合計・平均・中央値・最大最小・割合の集計（グループ別、期間別）、分布、相関、比較、欠損値の確認',
};

/** One step of the plan. */
export function stepNote(intent: Intent, language: Language): string {
  const ja = language === 'ja';
  switch (intent.kind) {
    case 'overview':
      return ja
        ? 'データの概要をまとめる：列と欠損値、数値の分布、主な値、推移、相関'
        : 'Describe the data: columns and missing values, spread of the figures, frequent values, course over time, correlations';
    case 'quality':
      return ja
        ? '列ごとの欠損値と、重複する行を数える'
        : 'Count missing values per column, and repeated rows';
    case 'figures':
      return ja
        ? `計算する：${titles.figures(intent.metrics, 'ja')}`
        : `Compute: ${titles.figures(intent.metrics, 'en')}`;
    case 'groups':
      return ja
        ? `グループごとに計算する：${titles.groups(intent.metrics, intent.by, intent.share, 'ja')}`
        : `Compute for each group: ${titles.groups(intent.metrics, intent.by, intent.share, 'en')}`;
    case 'trend':
      return ja
        ? `推移を計算する：${titles.trend(intent.metrics, intent.time.grain, undefined, 'ja')}`
        : `Follow over time: ${titles.trend(intent.metrics, intent.time.grain, undefined, 'en')}`;
    case 'extremes':
      return ja
        ? `行を探す：${titles.extremes(intent.column, intent.order.direction, 'ja')}`
        : `Find: ${titles.extremes(intent.column, intent.order.direction, 'en')}`;
    case 'spread':
      return ja
        ? `分布を調べる：${titles.spread(intent.columns, intent.by, 'ja')}`
        : `Measure: ${titles.spread(intent.columns, intent.by, 'en')}`;
    case 'correlation':
      return ja
        ? `相関係数を計算する：${codes(intent.columns, 'ja')}${intent.with ? ` と ${code(intent.with)}` : ''}`
        : `Compute correlations: ${codes(intent.columns, 'en')}${intent.with ? ` with ${code(intent.with)}` : ''}`;
    case 'fraction':
      return ja
        ? `割合を計算する：${intent.conditions.map((f) => filterNote(f, 'ja')).join('、')}`
        : `Compute the share of: ${intent.conditions.map((f) => filterNote(f, 'en')).join(', ')}`;
  }
}
