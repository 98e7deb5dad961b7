import type { Column } from '../columns.ts';
import { escaped, figure, percent, withUnit } from '../format.ts';
import type { Dimension, Intent } from '../intent.ts';
import type { Language } from '../phrases.ts';
import { bold, labelOf, nothing, type Row } from './words.ts';

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
