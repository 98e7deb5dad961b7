import { escaped, figure, percent, withUnit } from '../format.ts';
import type { Intent } from '../intent.ts';
import { grainName, type Language, metricName } from '../phrases.ts';
import { bold, nothing, type Row, unitOf } from './words.ts';

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
