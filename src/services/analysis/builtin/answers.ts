import type { ResultTable } from '../../sandbox/types.ts';
import type { Column } from './columns.ts';
import { escaped, figure, percent, withUnit } from './format.ts';
import type { Dimension, Intent, Metric } from './intent.ts';
import { dimensionName, grainName, type Language, listOf, metricName } from './phrases.ts';

/** The direct answer to each kind of question, in words, from the table that the program made. */

type Row = (heading: number) => unknown;

/** Rows of a table by the place of a heading in the query, wherever the table has put it. */
export function rowsOf(table: ResultTable, headings: string[]): Row[] {
  const places = headings.map((heading) => table.columns.indexOf(heading));
  return table.rows.map((row) => (heading) => (places[heading]! >= 0 ? row[places[heading]!] : null));
}

const bold = (text: string) => `**${text}**`;

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

export function figuresAnswer(
  { metrics }: Extract<Intent, { kind: 'figures' }>,
  rows: Row[],
  language: Language,
): string {
  const [row] = rows;
  if (!row) return nothing(language);
  const size = metrics.length;
  const hasSize = !metrics.some(({ aggregate, column }) => aggregate === 'count' && !column);
  const n = hasSize ? row(size) : undefined;
  if (hasSize && Number(n) === 0) return nothing(language);
  const parts = metrics.map((metric, i) => {
    const value = bold(withUnit(row(i), unitOf(metric)));
    if (metric.aggregate === 'count') return language === 'ja' ? `件数は${value}` : `there are ${value} rows`;
    const name = escaped(metricName(metric, language));
    if (metric.aggregate === 'distinct')
      return language === 'ja'
        ? `${name}は${value}`
        : `there are ${value} different values of ${escaped(metric.column!.name)}`;
    return language === 'ja' ? `${name}は${value}` : `the ${name} is ${value}`;
  });
  const base = n === undefined ? '' : language === 'ja' ? `（n = ${figure(n)}）` : ` (n = ${figure(n)})`;
  return language === 'ja' ? `${parts.join('、')}です${base}。` : `${capital(listOf(parts, 'en'))}${base}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function groupsAnswer(
  intent: Extract<Intent, { kind: 'groups' }>,
  rows: Row[],
  columns: string[],
  isCut: boolean,
  language: Language,
): string {
  const { metrics, by, order, share, compare } = intent;
  if (rows.length === 0) return nothing(language);
  const metric = metrics[0]!;
  const at = by.length;
  const shareAt = share ? by.length + metrics.length : -1;
  const sizeAt = columns.length - 1;
  const hasSize = columns.length > by.length + metrics.length + (share ? 1 : 0);
  const label = (row: Row) => by.map((dimension, i) => labelOf(row(i), dimension, language)).join(' / ');
  const amount = (row: Row) => withUnit(row(at), unitOf(metric));
  const value = (row: Row) => {
    const text = amount(row);
    const extra = [
      ...(share ? [percent(row(shareAt))] : []),
      ...(hasSize ? [`n = ${figure(row(sizeAt))}`] : []),
    ];
    return `${text}${extra.length > 0 ? (language === 'ja' ? `（${extra.join('、')}）` : ` (${extra.join(', ')})`) : ''}`;
  };
  const name = escaped(metricName(metric, language));
  const groups = by
    .map((dimension) => escaped(dimensionName(dimension, language)))
    .join(language === 'ja' ? '・' : ' and ');
  const known = rows.filter((row) => row(at) !== null);
  if (known.length === 0) return nothing(language);
  const sorted = known.toSorted((a, b) =>
    order?.direction === 'asc' ? Number(a(at)) - Number(b(at)) : Number(b(at)) - Number(a(at)),
  );
  const best = sorted.filter((row) => row(at) === sorted[0]!(at));
  const isTop = order?.direction !== 'asc';
  const sentences: string[] = [];

  if (known.length === 1 && !isCut) {
    sentences.push(
      language === 'ja'
        ? `${bold(label(known[0]!))}の${name}は${bold(value(known[0]!))}です。`
        : `For ${bold(label(known[0]!))} the ${name === 'rows' ? 'number of rows' : name} is ${bold(value(known[0]!))}.`,
    );
  } else if (best.length > 1 && best.length === known.length && !isCut) {
    sentences.push(
      language === 'ja'
        ? `${known.length}個のグループはすべて同じ値（${amount(best[0]!)}）です。`
        : `All ${known.length} groups have the same ${name === 'rows' ? 'number of rows' : name}: ${bold(amount(best[0]!))}.`,
    );
  } else {
    const names = best.slice(0, 5).map((row) => bold(label(row)));
    const more =
      best.length > 5
        ? language === 'ja'
          ? `ほか${best.length - 5}件`
          : ` and ${best.length - 5} more`
        : '';
    const rest = sorted
      .slice(best.length, best.length + (sorted.length <= 8 || order?.limit ? 9 : 2))
      .map((row) => `${label(row)} ${value(row)}`);
    const last = sorted.at(-1)!;
    if (language === 'ja') {
      sentences.push(
        `${name}が最も${isTop ? (metric.aggregate === 'count' ? '多い' : '大きい') : metric.aggregate === 'count' ? '少ない' : '小さい'}のは${names.join('、')}${more}で、${bold(best.length > 1 ? amount(best[0]!) : value(best[0]!))}です${best.length > 1 ? '（同順位）' : ''}。`,
      );
      if (rest.length > 0) sentences.push(`続いて${rest.join('、')}です。`);
      if (isCut) sentences.push(`グループは${figure(known.length)}個より多く、表は途中までです。`);
      else if (best.length + rest.length < sorted.length)
        sentences.push(
          `最も${isTop ? '小さい' : '大きい'}のは${label(last)}の${value(last)}です（全${known.length}グループ）。`,
        );
    } else {
      const what =
        name === 'rows' ? (isTop ? 'most rows' : 'fewest rows') : `${isTop ? 'highest' : 'lowest'} ${name}`;
      sentences.push(
        `${names.join(', ')}${more} ${best.length > 1 ? 'share' : 'has'} the ${what}: ${bold(best.length > 1 ? amount(best[0]!) : value(best[0]!))}${best.length > 1 ? ' (a tie)' : ''}.`,
      );
      if (rest.length > 0) sentences.push(`Then: ${rest.join('; ')}.`);
      if (isCut) sentences.push(`There are more than ${figure(known.length)} groups; the table is cut off.`);
      else if (best.length + rest.length < sorted.length)
        sentences.push(
          `The ${isTop ? 'lowest' : 'highest'} of the ${known.length} ${groups} groups is ${label(last)} with ${value(last)}.`,
        );
    }
  }
  if (order?.limit && rows.length > order.limit) {
    sentences.push(
      language === 'ja'
        ? `${order.limit}位が同順位のため、${rows.length}件を示しています。`
        : `Because of ties, ${rows.length} groups share the first ${order.limit} places.`,
    );
  }
  if (order?.limit && rows.length < order.limit && !share && !isCut) {
    sentences.push(
      language === 'ja'
        ? `グループは${rows.length}個しかありません。`
        : `There are only ${rows.length} groups.`,
    );
  }
  if (compare && known.length === 2) sentences.push(difference(sorted, at, metric, label, language));
  for (const [i, other] of metrics.slice(1, 6).entries()) {
    const place = at + i + 1;
    // Of a table that holds some of the groups only, nothing is said of the largest.
    if (isCut || order?.limit || other.aggregate === 'count') continue;
    const numbers = known.filter((row) => row(place) !== null);
    const highest = Math.max(...numbers.map((row) => Number(row(place))));
    const holders = numbers.filter((row) => Number(row(place)) === highest);
    if (holders.length === 0 || known.length === 1) continue;
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
  if (share)
    sentences.push(
      language === 'ja'
        ? '割合は、グループの値がある行全体に対するものです。'
        : 'Shares are of all rows that have a group.',
    );
  return sentences.join(language === 'ja' ? '' : ' ');
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

export function trendAnswer(
  intent: Extract<Intent, { kind: 'trend' }>,
  rows: Row[],
  covered: Row | undefined,
  isCut: boolean,
  language: Language,
): string {
  if (isCut) {
    return language === 'ja'
      ? `期間が多く、表は最初の${figure(rows.length)}行までです。最初と最後の比較や最高・最低は述べません。`
      : `There are more than ${figure(rows.length)} rows, so the table is cut off and says nothing of the last, highest or lowest value. A longer step of time or a filter would help.`;
  }
  const { metrics, time, series } = intent;
  const at = series ? 2 : 1;
  const sentences: string[] = [];
  const lists = new Map<unknown, Row[]>();
  for (const row of rows) {
    const group = series ? row(1) : '';
    lists.set(group, [...(lists.get(group) ?? []), row]);
  }
  const largest = [...lists].toSorted((a, b) => b[1].length - a[1].length).slice(0, series ? 6 : 1);
  for (const [group, list] of largest) {
    metrics.slice(0, series ? 1 : 3).forEach((metric, i) => {
      const known = list.filter((row) => row(at + i) !== null);
      const [first, last] = [known[0], known.at(-1)];
      if (!first || !last) return;
      const value = (row: Row) => withUnit(row(at + i), unitOf(metric));
      const sorted = known.toSorted((a, b) => Number(b(at + i)) - Number(a(at + i)));
      const name = `${escaped(metricName(metric, language))}${series ? (language === 'ja' ? `（${escaped(group)}）` : ` for ${escaped(group)}`) : ''}`;
      const [from, to] = [Number(first(at + i)), Number(last(at + i))];
      const change =
        from > 0 && to !== from ? ` (${to >= from ? '+' : ''}${percent((100 * (to - from)) / from)})` : '';
      if (known.length === 1) {
        sentences.push(
          language === 'ja'
            ? `${name}は${escaped(first(0))}の1期間だけで、${bold(value(first))}です。`
            : `The ${name} has one ${time.grain} only: ${escaped(first(0))}, ${bold(value(first))}.`,
        );
      } else if (language === 'ja') {
        sentences.push(
          `${name}は${escaped(first(0))}の${bold(value(first))}から${escaped(last(0))}の${bold(value(last))}へ${to > from ? '増加' : to < from ? '減少' : '変化なしで推移'}しました${change}。最高は${escaped(sorted[0]!(0))}の${value(sorted[0]!)}、最低は${escaped(sorted.at(-1)!(0))}の${value(sorted.at(-1)!)}です（${known.length}期間）。`,
        );
      } else {
        sentences.push(
          `The ${name === 'rows' ? 'number of rows' : name} per ${grainName(time.grain, 'en')} went from ${bold(value(first))} (${escaped(first(0))}) to ${bold(value(last))} (${escaped(last(0))})${change}; the highest was ${value(sorted[0]!)} in ${escaped(sorted[0]!(0))}, the lowest ${value(sorted.at(-1)!)} in ${escaped(sorted.at(-1)!(0))}, over ${known.length} ${grainName(time.grain, 'en')}s with data.`,
        );
      }
    });
  }
  if (sentences.length === 0) return nothing(language);
  if (lists.size > largest.length)
    sentences.push(
      language === 'ja'
        ? `ほか${lists.size - largest.length}系列は表にあります。`
        : `${lists.size - largest.length} more series are in the table.`,
    );
  const [start, end] = [covered?.(0), covered?.(1)];
  if (start && end) {
    sentences.push(
      language === 'ja'
        ? `データは${escaped(start)}から${escaped(end)}までです。最初と最後の期間は途中までのことがあります。`
        : `The data run from ${escaped(start)} to ${escaped(end)}; a first or last ${grainName(time.grain, 'en')} that is not whole is not comparable with the others.`,
    );
  }
  return sentences.join(language === 'ja' ? '' : ' ');
}

export function extremesAnswer(
  { column, order }: Extract<Intent, { kind: 'extremes' }>,
  rows: Row[],
  columns: string[],
  language: Language,
): string {
  if (rows.length === 0) return nothing(language);
  const what = (row: Row) =>
    columns
      .slice(1, 5)
      .map((heading, i) => `${escaped(heading)} ${escaped(row(i + 1))}`)
      .join(', ');
  const value = (row: Row) => bold(withUnit(row(0), column.unit));
  const name = escaped(column.name);
  const isTop = order.direction === 'desc';
  const best = rows.filter((row) => row(0) === rows[0]!(0));
  const where = columns.length > 1 ? (best.length > 3 ? '' : best.map(what).join('; ')) : '';
  const sentences =
    language === 'ja'
      ? [
          `${name}の${isTop ? '最大値' : '最小値'}は${value(rows[0]!)}です${where ? `（${where}）` : ''}${best.length > 1 ? `。同じ値の行が${best.length}行あります` : ''}。`,
        ]
      : [
          `The ${isTop ? 'highest' : 'lowest'} ${name} is ${value(rows[0]!)}${where ? `: ${where}` : ''}${best.length > 1 ? ` (${best.length} rows have this value)` : ''}.`,
        ];
  if (order.limit && order.limit > 1) {
    const next = rows
      .slice(0, order.limit)
      .map((row) => withUnit(row(0), column.unit))
      .join(', ');
    sentences.push(
      language === 'ja'
        ? `${isTop ? '上位' : '下位'}${order.limit}件：${next}。`
        : `The ${isTop ? 'top' : 'bottom'} ${order.limit}: ${next}.`,
    );
    if (rows.length > order.limit)
      sentences.push(
        language === 'ja'
          ? `同順位のため${rows.length}行あります。`
          : `Because of ties these places hold ${rows.length} rows.`,
      );
  }
  return sentences.join(language === 'ja' ? '' : ' ');
}

export function spreadAnswer(
  column: Column | undefined,
  by: Dimension | undefined,
  rows: Row[],
  language: Language,
  columns: Column[],
): string {
  const known = rows.filter((row) => Number(row(1)) > 0);
  if (known.length === 0) return nothing(language);
  const unit = (row: Row) => column?.unit ?? columns.find(({ name }) => name === row(0))?.unit;
  return known
    .slice(0, 6)
    .map((row) => {
      const v = (i: number) => withUnit(row(i), unit(row));
      const name = by ? `${escaped(column!.name)} (${labelOf(row(0), by, language)})` : escaped(row(0));
      return language === 'ja'
        ? `${name}の中央値は${bold(v(4))}、平均は${bold(v(5))}、範囲は${v(2)}〜${v(7)}、中央の半分は${v(3)}〜${v(6)}です（n = ${figure(row(1))}）。`
        : `${name} has a median of ${bold(v(4))} and a mean of ${bold(v(5))}; it runs from ${v(2)} to ${v(7)}, the middle half from ${v(3)} to ${v(6)} (n = ${figure(row(1))}).`;
    })
    .join(language === 'ja' ? '' : ' ');
}

export function correlationAnswer(
  intent: Extract<Intent, { kind: 'correlation' }>,
  rows: Row[],
  language: Language,
): string {
  const at = intent.by ? 3 : 2;
  const known = rows.filter((row) => row(at) !== null && Number(row(at + 1)) > 1);
  if (known.length === 0)
    return language === 'ja'
      ? '相関係数は計算できません（値が足りないか、変化がありません）。'
      : 'No correlation can be computed: there are too few values, or they do not vary.';
  const said = known.slice(0, 3).map((row) => {
    const group = intent.by
      ? language === 'ja'
        ? `（${labelOf(row(2), intent.by, language)}）`
        : ` for ${labelOf(row(2), intent.by, language)}`
      : '';
    const r = bold(`r = ${Number(row(at)).toFixed(2)}`);
    return language === 'ja'
      ? `${escaped(row(0))}と${escaped(row(1))}${group}の相関係数は${r}（n = ${figure(row(at + 1))}）`
      : `${escaped(row(0))} and ${escaped(row(1))}${group}: ${r} (n = ${figure(row(at + 1))})`;
  });
  if (language === 'ja')
    return `${said.join('、')}です${known.length > 3 ? `（絶対値の大きい順、全${known.length}組）` : ''}。線形の関係の強さだけを示し、因果関係を示すものではありません。`;
  const lead = known.length === 1 ? 'The correlation of ' : `The strongest of ${known.length} correlations: `;
  return `${lead}${said.join('; ')}. This measures a straight-line relation only, and says nothing about cause.`;
}

export function fractionAnswer(
  { of, by }: Extract<Intent, { kind: 'fraction' }>,
  what: string,
  rows: Row[],
  language: Language,
): string {
  const at = by ? 1 : 0;
  const known = rows.filter((row) => row(at) !== null);
  if (known.length === 0) return nothing(language);
  const said = known.slice(0, 8).map((row) => {
    const amounts = `${withUnit(row(at + 1), of.column?.unit)} / ${withUnit(row(at + 2), of.column?.unit)}`;
    const share = `${bold(percent(row(at)))}${language === 'ja' ? `（${amounts}）` : ` (${amounts.replace(' / ', ' of ')})`}`;
    return by ? `${labelOf(row(0), by, language)}: ${share}` : share;
  });
  const whole = of.column ? escaped(metricName(of, language)) : language === 'ja' ? '行' : 'rows';
  return language === 'ja'
    ? `${what}の割合（${whole}）は${said.join('、')}です。`
    : `The share of ${whole} where ${what} is ${said.join('; ')}${of.column ? '' : '; rows where this is not known are left out'}.`;
}

export function qualityAnswer(rows: Row[], repeated: unknown, language: Language): string {
  const missing = rows.filter((row) => Number(row(2)) > 0).toSorted((a, b) => Number(b(2)) - Number(a(2)));
  const list = missing
    .slice(0, 8)
    .map((row) => `${escaped(row(0))} ${bold(figure(row(2)))} (${percent(row(3))})`);
  const again =
    repeated === null || repeated === undefined
      ? ''
      : language === 'ja'
        ? `完全に重複する行は${figure(repeated)}行です。`
        : ` ${figure(repeated)} rows repeat another row exactly.`;
  if (missing.length === 0)
    return language === 'ja'
      ? `調べた${rows.length}列に欠損値はありません。${again}`
      : `No value is missing in the ${rows.length} columns checked.${again}`;
  return language === 'ja'
    ? `${rows.length}列のうち${bold(String(missing.length))}列に欠損値があります：${list.join('、')}。${again}`
    : `${bold(String(missing.length))} of ${rows.length} columns have missing values: ${list.join(', ')}.${again}`;
}
