import type { Column } from './columns.ts';
import type { Period } from './dates.ts';
import type { Mark } from './marks.ts';

export type Comparison = '>' | '>=' | '<' | '<=' | '=' | '<>';

/** A condition on the rows that count. */
export type Filter =
  | { kind: 'values'; column: Column; values: string[]; negated: boolean }
  | { kind: 'compare'; column: Column; comparison: Comparison; value: number }
  | { kind: 'between'; column: Column; low: number; high: number }
  | { kind: 'periods'; column: Column; periods: Partial<Period>[]; negated: boolean }
  | { kind: 'months'; column: Column; months: number[] }
  | { kind: 'last'; column: Column; count: number; unit: 'day' | 'week' | 'month' | 'year' }
  | { kind: 'truth'; column: Column; value: boolean };

/** Words that may be a value of some text column. */
export interface Lookup {
  said: string;
  /** Spellings to look for, lower case, the longest first. */
  candidates: string[];
  /** The column the words stand next to. */
  near?: Column;
  negated: boolean;
  /** The words name what is counted ("how many penguins"), so that not finding them is no loss. */
  isNoun: boolean;
}

export interface Conditions {
  filters: Filter[];
  lookups: Lookup[];
  /** Marks that are spoken for. */
  used: Set<Mark>;
  /** Periods that no column can be asked for. */
  ignored: string[];
}
