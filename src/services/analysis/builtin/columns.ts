import type { ColumnProfile, Profile } from '../../sandbox/types.ts';
import { dateFormatOf, type Grain } from './dates.ts';
import { identifier } from './quoting.ts';
import { ADDITIVE, conceptOf, INTENSIVE, JAPANESE_SYNONYMS } from './synonyms.ts';
import { normalize, tokenize } from './words.ts';

/** What a column is good for: figures, groups, time, or telling rows apart. */
export type Role = 'measure' | 'dimension' | 'time' | 'identifier' | 'other';

/** A column of the dataset as the analyst sees it. */
export interface Column {
  name: string;
  role: Role;
  /** SQL of its value: a number for what `isNumeric`, a TIMESTAMP or DATE for times, text or itself otherwise. */
  sql: string;
  /** Its heading as words, without the unit. */
  words: string[];
  unit: string | undefined;
  isNumeric: boolean;
  isInteger: boolean;
  /** True or false, or 1 or 0. */
  isTruth: boolean;
  /** Numbers or dates that the file holds as text. */
  isParsed: boolean;
  /** Sums make sense. */
  isAdditive: boolean;
  isText: boolean;
  /** Smallest step of time the values tell apart. */
  grain: Grain | undefined;
  /** A date's day and month could be meant the other way round. */
  isAmbiguousDate: boolean;
  profile: ColumnProfile;
}

const INTEGERS = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|U?INT\d*)$/;
const DECIMALS = /^(FLOAT|REAL|DOUBLE|DECIMAL|NUMERIC)/;
const MONEY_LIKE = /^[\s$€£¥￥₩]*-?[\s$€£¥￥₩]*(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s*(%|円|[a-zA-Z]{1,4})?$/;

const UNIT_WORDS =
  /^(kg|g|mg|mm|cm|m|km|mi|ft|in|lb|lbs|oz|l|ml|usd|eur|gbp|jpy|yen|pct|percent|c|f|celsius|fahrenheit|kwh|mwh|gwh|twh|kw|mw|gw|ms|sec|secs|mins|hrs|kmh|mph|hpa|m2|km2|°c|°f|℃|円|万円|千円|ドル)$/i;
const UNIT_SIGNS: Record<string, string> = {
  usd: 'USD',
  eur: 'EUR',
  gbp: 'GBP',
  jpy: 'JPY',
  pct: '%',
  percent: '%',
  c: '°C',
  f: '°F',
  celsius: '°C',
  kwh: 'kWh',
  mwh: 'MWh',
  gwh: 'GWh',
  twh: 'TWh',
  kw: 'kW',
  mw: 'MW',
  gw: 'GW',
  m2: 'm²',
  km2: 'km²',
  '℃': '°C',
};

const KNOWN = new Set([...JAPANESE_SYNONYMS, '名', 'コード', '番号', '日', '額', '数', '別', '率']);

export function columnsOf(profile: Profile): Column[] {
  return profile.columns.map((column) => describe(column, profile.rowCount));
}

function describe(profile: ColumnProfile, rowCount: number): Column {
  const { words, unit } = headingOf(profile.name);
  const quoted = identifier(profile.name);
  const type = profile.type.toUpperCase();
  const seen = [...profile.examples, profile.min, profile.max].filter((value) => value !== null);
  const base = {
    name: profile.name,
    words,
    unit,
    profile,
    sql: quoted,
    isNumeric: false,
    isInteger: false,
    isTruth: false,
    isParsed: false,
    isAdditive: false,
    isText: false,
    grain: undefined,
    isAmbiguousDate: false,
  };

  if (type === 'BOOLEAN') return { ...base, role: 'dimension', isTruth: true };
  if (type === 'DATE') return { ...base, role: 'time', grain: 'day' };
  if (type.startsWith('TIMESTAMP')) {
    const sql = type === 'TIMESTAMP' ? quoted : `CAST(${quoted} AS TIMESTAMP)`;
    return { ...base, role: 'time', sql, grain: 'hour' };
  }

  if (INTEGERS.test(type) || DECIMALS.test(type)) {
    const date = INTEGERS.test(type) ? dateFormatOf(words, seen, quoted, true) : undefined;
    if (date)
      return { ...base, role: 'time', sql: date.sql, grain: date.grain, isParsed: true, isInteger: true };
    const isInteger = INTEGERS.test(type);
    const allFinite = seen.every((value) => !/nan|inf/i.test(value));
    const sql = allFinite ? quoted : `CASE WHEN isfinite(${quoted}) THEN ${quoted} END`;
    const isTruth = isInteger && profile.min === '0' && profile.max === '1';
    const number = { ...base, sql, isNumeric: true, isInteger, isTruth, isAdditive: isAdditive(words) };
    return { ...number, role: isKey(words, profile, rowCount, isInteger) ? 'identifier' : 'measure' };
  }

  if (type === 'VARCHAR' && seen.length > 0) {
    if (
      seen.some((value) => /\D/.test(value)) &&
      seen.every((value) => MONEY_LIKE.test(value.trim())) &&
      !isKeyName(words)
    ) {
      const sql = `TRY_CAST(regexp_replace(${quoted}, '[^0-9.eE+-]', '', 'g') AS DOUBLE)`;
      const sign = unit ?? signOf(seen);
      return {
        ...base,
        sql,
        unit: sign,
        role: 'measure',
        isNumeric: true,
        isParsed: true,
        isAdditive: isAdditive(words),
      };
    }
    const date = dateFormatOf(words, seen, quoted, false);
    if (date) return { ...base, role: 'time', ...date, isParsed: true };
  }
  const isText = type === 'VARCHAR' || type.startsWith('ENUM') || type === 'UUID';
  if (!isText) return { ...base, role: type === 'TIME' ? 'dimension' : 'other' };
  const sql = type === 'VARCHAR' ? quoted : `CAST(${quoted} AS VARCHAR)`;
  const allDifferent = rowCount > 20 && profile.distinctCount >= 0.95 * (rowCount - profile.nullCount);
  return { ...base, sql, isText: true, role: isKeyName(words) || allDifferent ? 'identifier' : 'dimension' };
}

/** The words of a heading, and its unit where it names one: `Body Mass (g)` → body, mass; g. */
export function headingOf(name: string): { words: string[]; unit: string | undefined } {
  const bracket = /[([（［【]\s*([^)\]）］】]{1,14})\s*[)\]）］】]\s*$/.exec(name);
  const bare = bracket ? name.slice(0, bracket.index) : name;
  const tokens = tokenize(bare.normalize('NFKC').replaceAll('_', ' '), KNOWN).filter(
    (t) => t.kind !== 'symbol' || /[%$€£¥°]/.test(t.text),
  );
  let unit = bracket?.[1]?.trim();
  let words = tokens.map((token) => token.norm);
  if (!unit && /%\s*$/.test(bare)) unit = '%';
  const money = /[$€£¥]/.exec(bare)?.[0];
  unit ??= money;
  words = words.filter((word) => !/^[%$€£¥]$/.test(word));
  if (words.at(-2) === '°') {
    unit ??= `°${words.at(-1)!.toUpperCase()}`;
    words = words.slice(0, -2);
  }
  const last = tokens.at(-1)?.text.toLowerCase() ?? '';
  if (!unit && words.length > 1 && UNIT_WORDS.test(last)) {
    unit = UNIT_SIGNS[last] ?? last;
    words = words.slice(0, -1);
  }
  if (words.length === 0) words = [normalize(name)];
  return { words, unit: unit && (UNIT_SIGNS[unit.toLowerCase()] ?? unit) };
}

function signOf(seen: string[]): string | undefined {
  const signs = new Set(seen.map((value) => /[$€£¥￥₩%円]/.exec(value)?.[0]));
  return signs.size === 1 ? [...signs][0] : undefined;
}

function isAdditive(words: string[]): boolean {
  const concepts = words.map(conceptOf);
  return !concepts.some((word) => INTENSIVE.has(word)) && concepts.some((word) => ADDITIVE.has(word));
}

function isKeyName(words: string[]): boolean {
  const last = words.at(-1) ?? '';
  return /^(id|uuid|guid|key|zip|zipcode|postcode|phone|telephone|code|コード|番号|電話番号|郵便番号|id番号)$/.test(
    last,
  );
}

/** A number that names a row rather than measures something. */
function isKey(words: string[], profile: ColumnProfile, rowCount: number, isInteger: boolean): boolean {
  if (!isInteger) return false;
  if (isKeyName(words)) return true;
  const isRowNumber =
    /^(no|number|#|index|row|連番|no\.)$/.test(words.join(' ')) && profile.distinctCount >= 0.95 * rowCount;
  return isRowNumber && rowCount > 1;
}
