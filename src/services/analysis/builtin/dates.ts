import { MONTHS } from './lexicon.ts';
import type { Token } from './words.ts';

/** Steps of time, from fine to coarse. */
export const GRAINS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof GRAINS)[number];

/** Parts of time that come round again. */
export type Cycle = 'weekday' | 'monthOfYear' | 'hourOfDay';

/** A stretch of time, `to` excluded; both are ISO dates. */
export interface Period {
  from: string;
  to: string;
}

const TEXT_FORMATS: Array<{ test: RegExp; formats: string[]; grain: Grain; dayFirst?: boolean }> = [
  { test: /^\d{4}-\d{1,2}-\d{1,2}$/, formats: ['%Y-%m-%d'], grain: 'day' },
  { test: /^\d{4}\/\d{1,2}\/\d{1,2}$/, formats: ['%Y/%m/%d'], grain: 'day' },
  { test: /^\d{4}\.\d{1,2}\.\d{1,2}$/, formats: ['%Y.%m.%d'], grain: 'day' },
  { test: /^\d{4}年\d{1,2}月\d{1,2}日$/, formats: ['%Y年%m月%d日'], grain: 'day' },
  { test: /^\d{4}年\d{1,2}月$/, formats: ['%Y年%m月'], grain: 'month' },
  { test: /^\d{4}-\d{1,2}$/, formats: ['%Y-%m'], grain: 'month' },
  { test: /^\d{4}\/\d{1,2}$/, formats: ['%Y/%m'], grain: 'month' },
  { test: /^\d{1,2}\.\d{1,2}\.\d{4}$/, formats: ['%d.%m.%Y'], grain: 'day' },
  { test: /^\d{1,2} [A-Za-z]{3} \d{4}$/, formats: ['%d %b %Y'], grain: 'day' },
  { test: /^\d{1,2}-[A-Za-z]{3}-\d{4}$/, formats: ['%d-%b-%Y'], grain: 'day' },
  { test: /^[A-Za-z]{3} \d{1,2},? \d{4}$/, formats: ['%b %d, %Y', '%b %d %Y'], grain: 'day' },
  { test: /^[A-Za-z]{4,9} \d{1,2},? \d{4}$/, formats: ['%B %d, %Y', '%B %d %Y'], grain: 'day' },
  { test: /^[A-Za-z]{3}[ -]\d{4}$/, formats: ['%b %Y', '%b-%Y'], grain: 'month' },
  { test: /^[A-Za-z]{4,9} \d{4}$/, formats: ['%B %Y'], grain: 'month' },
  {
    test: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/,
    formats: ['%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M', '%Y-%m-%d %H:%M'],
    grain: 'hour',
  },
  {
    test: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    formats: ['%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%gZ'],
    grain: 'hour',
  },
  {
    test: /^\d{4}\/\d{1,2}\/\d{1,2} \d{1,2}:\d\d(:\d\d)?$/,
    formats: ['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M'],
    grain: 'hour',
  },
];

interface DateFormat {
  sql: string;
  grain: Grain;
  isAmbiguousDate: boolean;
}

/** How a column that is not of a date type holds dates, if it does. */
export function dateFormatOf(
  words: string[],
  seen: string[],
  quoted: string,
  isInteger: boolean,
): DateFormat | undefined {
  if (seen.length === 0) return undefined;
  const last = words.at(-1) ?? '';
  if (seen.every((value) => /^\d{4}$/.test(value) && +value >= 1500 && +value <= 2200)) {
    if (!/^(year|yr|fy|年|年度)$/.test(last) && !/^(year|yr|年)$/.test(words[0] ?? '')) return undefined;
    return { sql: `make_date(CAST(${quoted} AS INTEGER), 1, 1)`, grain: 'year', isAmbiguousDate: false };
  }
  if (isInteger) {
    const isDay =
      seen.every((value) => /^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])$/.test(value)) &&
      /date|day|日/.test(words.join(' '));
    return isDay
      ? { sql: `try_strptime(CAST(${quoted} AS VARCHAR), '%Y%m%d')`, grain: 'day', isAmbiguousDate: false }
      : undefined;
  }
  const format = TEXT_FORMATS.find(({ test }) => seen.every((value) => test.test(value.trim())));
  if (format) return { sql: parse(quoted, format.formats), grain: format.grain, isAmbiguousDate: false };

  const parts = seen.map((value) => /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(value.trim()));
  if (!parts.every((match) => match !== null)) return undefined;
  const separator = seen[0]!.includes('/') ? '/' : '-';
  const dayFirst = parts.some((match) => Number(match[1]) > 12);
  const monthFirst = parts.some((match) => Number(match[2]) > 12);
  if (dayFirst && monthFirst) return undefined;
  const format2 = dayFirst ? ['%d', '%m', '%Y'] : ['%m', '%d', '%Y'];
  return {
    sql: parse(quoted, [format2.join(separator)]),
    grain: 'day',
    isAmbiguousDate: !dayFirst && !monthFirst,
  };
}

const parse = (quoted: string, formats: string[]) =>
  formats.length === 1
    ? `try_strptime(${quoted}, '${formats[0]}')`
    : `try_strptime(${quoted}, [${formats.map((format) => `'${format}'`).join(', ')}])`;

/** A step that draws the span in a few dozen points: days up to two months, months up to eight years. */
export function grainFor(min: string | null, max: string | null, finest: Grain): Grain {
  const days = (Date.parse(max ?? '') - Date.parse(min ?? '')) / 86_400_000;
  const chosen: Grain = !(days >= 0)
    ? finest
    : days <= 3
      ? 'hour'
      : days <= 62
        ? 'day'
        : days <= 183
          ? 'week'
          : days <= 2950
            ? 'month'
            : 'year';
  return GRAINS.indexOf(chosen) < GRAINS.indexOf(finest) ? finest : chosen;
}

const DAYS: Record<Grain, number> = {
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 30.4,
  quarter: 91.3,
  year: 365.25,
};

/** The step asked for, or the next longer one of which no more than `most` fit into the span. */
export function fitting(grain: Grain, min: string | null, max: string | null, most: number): Grain {
  const days = (Date.parse(max ?? '') - Date.parse(min ?? '')) / 86_400_000;
  if (!(days >= 0)) return grain;
  return GRAINS.slice(GRAINS.indexOf(grain)).find((each) => days / DAYS[each] < most) ?? 'year';
}

const pad = (n: number) => String(n).padStart(2, '0');
const day = (year: number, month: number, date = 1) =>
  new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10);

/** The period a date token names: `2023`, `2023-05`, `2023年5月1日`, `2023Q1`. */
export function periodOf(token: Token): Period | undefined {
  const quarter = /^(\d{4})-?q([1-4])$/i.exec(token.text);
  if (quarter)
    return { from: day(+quarter[1]!, +quarter[2]! * 3 - 2), to: day(+quarter[1]!, +quarter[2]! * 3 + 1) };
  const [year, month, date] = (token.text.match(/\d+/g) ?? []).map(Number);
  if (
    !year ||
    (month !== undefined && (month < 1 || month > 12)) ||
    (date !== undefined && (date < 1 || date > 31))
  )
    return undefined;
  if (date) return { from: day(year, month!, date), to: day(year, month!, date + 1) };
  if (month) return { from: day(year, month), to: day(year, month + 1) };
  return { from: day(year, 1), to: day(year + 1, 1) };
}

export const isYear = (token: Token | undefined): boolean =>
  token !== undefined && /^(1[5-9]|20|21)\d\d$/.test(token.text) && token.kind === 'number';

/** The period that starts at tokens[at], and how many tokens say it: `March 2021`, `5 March 2021`, `Q1 2023`. */
export function periodAt(
  tokens: Token[],
  at: number,
): { period?: Period; month?: number; length: number } | undefined {
  const [first, second, third, fourth] = tokens.slice(at, at + 4);
  if (!first) return undefined;
  if (first.kind === 'date') {
    const period = periodOf(first);
    return period && { period, length: 1 };
  }
  const month = first.kind === 'word' ? MONTHS[first.text.toLowerCase()] : undefined;
  if (month) {
    const date = second?.kind === 'number' && +second.text <= 31 ? +second.text : undefined;
    const skip = date && third?.text === ',' ? 1 : 0;
    const year = date ? (skip ? fourth : third) : second;
    if (isYear(year)) {
      const iso = `${year!.text}-${pad(month)}${date ? `-${pad(date)}` : ''}`;
      const period = periodOf({ ...first, text: iso });
      return period && { period, length: 2 + (date ? 1 : 0) + skip };
    }
    if (first.text.toLowerCase() === 'may' && first.text === 'may') return undefined;
    return date ? undefined : { month, length: 1 };
  }
  const dayMonth = second && MONTHS[second.text.toLowerCase()];
  if (first.kind === 'number' && +first.text <= 31 && dayMonth && isYear(third)) {
    const period = periodOf({ ...first, text: `${third!.text}-${pad(dayMonth)}-${pad(+first.text)}` });
    return period && { period, length: 3 };
  }
  if (/^q[1-4]$/i.test(first.text)) {
    const year = second?.norm === 'of' ? third : second;
    if (isYear(year)) {
      const period = periodOf({ ...first, text: `${year!.text}Q${first.text[1]}` });
      return period && { period, length: second?.norm === 'of' ? 3 : 2 };
    }
  }
  if (first.kind === 'number' && /^([1-9]|1[0-2])$/.test(first.text) && second?.text === '月')
    return { month: +first.text, length: 2 };
  if (isYear(first)) return { period: periodOf(first)!, length: 1 };
  return undefined;
}
