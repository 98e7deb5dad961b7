import { escaped, figure, percent, withUnit } from '../format.ts';
import type { Intent } from '../intent.ts';
import { type Language, listOf, metricName } from '../phrases.ts';
import { bold, labelOf, nothing, type Row, unitOf } from './words.ts';

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
