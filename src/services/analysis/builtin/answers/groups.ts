import { escaped, figure, percent, withUnit } from '../format.ts';
import type { Intent, Metric } from '../intent.ts';
import { dimensionName, type Language, metricName } from '../phrases.ts';
import { bold, labelOf, nothing, type Row, unitOf } from './words.ts';

type Groups = Extract<Intent, { kind: 'groups' }>;

/** The groups as they are spoken of. */
interface Ranking {
  intent: Groups;
  language: Language;
  /** The table holds some of the groups only. */
  isCut: boolean;
  /** Place of the first metric among a row's values. */
  at: number;
  /** Groups that have a figure, the first one leading. */
  sorted: Row[];
  /** Those that share the lead. */
  best: Row[];
  isTop: boolean;
  /** Of the first metric. */
  metric: Metric;
  name: string;
  label: (row: Row) => string;
  amount: (row: Row) => string;
  /** The amount with its share and size. */
  value: (row: Row) => string;
}

export function groupsAnswer(
  intent: Groups,
  rows: Row[],
  columns: string[],
  isCut: boolean,
  language: Language,
): string {
  const { share, compare } = intent;
  const ranking = rankingOf(intent, rows, columns, isCut, language);
  const { sorted, metric, at, label } = ranking;
  if (sorted.length === 0) return nothing(language);
  const sentences = [...lead(ranking), ...places(ranking, rows.length)];
  if (compare && sorted.length === 2) sentences.push(difference(sorted, at, metric, label, language));
  sentences.push(...leadersInOthers(ranking));
  if (share)
    sentences.push(
      language === 'ja'
        ? '割合は、グループの値がある行全体に対するものです。'
        : 'Shares are of all rows that have a group.',
    );
  return sentences.join(language === 'ja' ? '' : ' ');
}

function rankingOf(
  intent: Groups,
  rows: Row[],
  columns: string[],
  isCut: boolean,
  language: Language,
): Ranking {
  const { metrics, by, order, share } = intent;
  const metric = metrics[0]!;
  const at = by.length;
  const shareAt = share ? by.length + metrics.length : -1;
  const sizeAt = columns.length - 1;
  const hasSize = columns.length > by.length + metrics.length + (share ? 1 : 0);
  const isTop = order?.direction !== 'asc';
  const sorted = rows
    .filter((row) => row(at) !== null)
    .toSorted((a, b) => (isTop ? Number(b(at)) - Number(a(at)) : Number(a(at)) - Number(b(at))));
  const amount = (row: Row) => withUnit(row(at), unitOf(metric));
  return {
    intent,
    language,
    isCut,
    at,
    sorted,
    best: sorted.filter((row) => row(at) === sorted[0]!(at)),
    isTop,
    metric,
    name: escaped(metricName(metric, language)),
    label: (row) => by.map((dimension, i) => labelOf(row(i), dimension, language)).join(' / '),
    amount,
    value(row) {
      const extra = [
        ...(share ? [percent(row(shareAt))] : []),
        ...(hasSize ? [`n = ${figure(row(sizeAt))}`] : []),
      ];
      if (extra.length === 0) return amount(row);
      return language === 'ja'
        ? `${amount(row)}（${extra.join('、')}）`
        : `${amount(row)} (${extra.join(', ')})`;
    },
  };
}

/** Which group is first, and which follow. */
function lead(ranking: Ranking): string[] {
  const { language, isCut, sorted, best, name, label, amount, value } = ranking;
  const [first] = sorted as [Row];
  const what = name === 'rows' ? 'number of rows' : name;
  if (sorted.length === 1 && !isCut)
    return [
      language === 'ja'
        ? `${bold(label(first))}の${name}は${bold(value(first))}です。`
        : `For ${bold(label(first))} the ${what} is ${bold(value(first))}.`,
    ];
  if (best.length > 1 && best.length === sorted.length && !isCut)
    return [
      language === 'ja'
        ? `${sorted.length}個のグループはすべて同じ値（${amount(first)}）です。`
        : `All ${sorted.length} groups have the same ${what}: ${bold(amount(first))}.`,
    ];
  return language === 'ja' ? ranksInJapanese(ranking) : ranksInEnglish(ranking);
}

function ranksInJapanese({
  intent,
  isCut,
  sorted,
  best,
  isTop,
  metric,
  name,
  label,
  amount,
  value,
}: Ranking) {
  const names = best.slice(0, 5).map((row) => bold(label(row)));
  const more = best.length > 5 ? `ほか${best.length - 5}件` : '';
  const isCount = metric.aggregate === 'count';
  const superlative = isTop ? (isCount ? '多い' : '大きい') : isCount ? '少ない' : '小さい';
  const most = best.length > 1 ? amount(best[0]!) : value(best[0]!);
  const tie = best.length > 1 ? '（同順位）' : '';
  const rest = followers(intent, sorted, best).map((row) => `${label(row)} ${value(row)}`);
  const last = sorted.at(-1)!;
  const sentences = [
    `${name}が最も${superlative}のは${names.join('、')}${more}で、${bold(most)}です${tie}。`,
  ];
  if (rest.length > 0) sentences.push(`続いて${rest.join('、')}です。`);
  if (isCut) sentences.push(`グループは${figure(sorted.length)}個より多く、表は途中までです。`);
  else if (best.length + rest.length < sorted.length)
    sentences.push(
      `最も${isTop ? '小さい' : '大きい'}のは${label(last)}の${value(last)}です（全${sorted.length}グループ）。`,
    );
  return sentences;
}

function ranksInEnglish({ intent, isCut, sorted, best, isTop, name, label, amount, value }: Ranking) {
  const names = best.slice(0, 5).map((row) => bold(label(row)));
  const more = best.length > 5 ? ` and ${best.length - 5} more` : '';
  const rows = isTop ? 'most rows' : 'fewest rows';
  const what = name === 'rows' ? rows : `${isTop ? 'highest' : 'lowest'} ${name}`;
  const most = best.length > 1 ? amount(best[0]!) : value(best[0]!);
  const tie = best.length > 1 ? ' (a tie)' : '';
  const rest = followers(intent, sorted, best).map((row) => `${label(row)} ${value(row)}`);
  const last = sorted.at(-1)!;
  const groups = intent.by.map((dimension) => escaped(dimensionName(dimension, 'en'))).join(' and ');
  const sentences = [
    `${names.join(', ')}${more} ${best.length > 1 ? 'share' : 'has'} the ${what}: ${bold(most)}${tie}.`,
  ];
  if (rest.length > 0) sentences.push(`Then: ${rest.join('; ')}.`);
  if (isCut) sentences.push(`There are more than ${figure(sorted.length)} groups; the table is cut off.`);
  else if (best.length + rest.length < sorted.length)
    sentences.push(
      `The ${isTop ? 'lowest' : 'highest'} of the ${sorted.length} ${groups} groups is ${label(last)} with ${value(last)}.`,
    );
  return sentences;
}

/** All of a few groups; the next two of many. */
const followers = ({ order }: Groups, sorted: Row[], best: Row[]): Row[] =>
  sorted.slice(best.length, best.length + (sorted.length <= 8 || order?.limit ? 9 : 2));

/** Where there are more or fewer groups than places. */
function places({ intent: { order, share }, language, isCut }: Ranking, count: number): string[] {
  const sentences: string[] = [];
  if (order?.limit && count > order.limit) {
    sentences.push(
      language === 'ja'
        ? `${order.limit}位が同順位のため、${count}件を示しています。`
        : `Because of ties, ${count} groups share the first ${order.limit} places.`,
    );
  }
  if (order?.limit && count < order.limit && !share && !isCut) {
    sentences.push(
      language === 'ja' ? `グループは${count}個しかありません。` : `There are only ${count} groups.`,
    );
  }
  return sentences;
}

/** Which group is first in the other metrics. Of a table that holds some of the groups only, nothing is said of that. */
function leadersInOthers({ intent, language, isCut, at, sorted, label }: Ranking): string[] {
  const { metrics, order } = intent;
  if (isCut || order?.limit || sorted.length === 1) return [];
  const sentences: string[] = [];
  for (const [i, other] of metrics.slice(1, 6).entries()) {
    const place = at + i + 1;
    if (other.aggregate === 'count') continue;
    const numbers = sorted.filter((row) => row(place) !== null);
    const highest = Math.max(...numbers.map((row) => Number(row(place))));
    const holders = numbers.filter((row) => Number(row(place)) === highest);
    if (holders.length === 0) continue;
    const most = withUnit(holders[0]!(place), unitOf(other));
    const who =
      holders.length === 1
        ? label(holders[0]!)
        : language === 'ja'
          ? `${holders.length}グループ`
          : `${holders.length} groups`;
    const otherName = escaped(metricName(other, language));
    sentences.push(
      language === 'ja'
        ? `${otherName}が最も大きいのは${who}の${most}です。`
        : `The highest ${otherName}, ${most}, is that of ${who}.`,
    );
  }
  return sentences;
}

function difference(
  [high, low]: Row[],
  at: number,
  metric: Metric,
  label: (row: Row) => string,
  language: Language,
): string {
  const [a, b] = [Number(high!(at)), Number(low!(at))];
  const gap = withUnit(Math.abs(a - b), unitOf(metric));
  const relative = b > 0 && a > 0 ? (100 * Math.abs(a - b)) / b : undefined;
  const more =
    relative === undefined
      ? ''
      : language === 'ja'
        ? `（${label(low!)}の${percent(relative)}）`
        : ` (${percent(relative)} of ${label(low!)})`;
  return language === 'ja' ? `差は${bold(gap)}${more}です。` : `The difference is ${bold(gap)}${more}.`;
}
