import type { Column } from './columns.ts';
import type { Cycle, Grain } from './dates.ts';
import type { Filter, Lookup } from './filters.ts';
import type { Likeness } from './headings.ts';

/** What was understood of a request, as plain data: everything after this is a function of it. */

export type Aggregate =
  | 'count'
  | 'sum'
  | 'average'
  | 'median'
  | 'min'
  | 'max'
  | 'stddev'
  | 'distinct'
  | 'share';

export interface Metric {
  aggregate: Aggregate;
  /** Missing for a count of rows. */
  column?: Column;
}

export type Dimension =
  | { kind: 'column'; column: Column }
  | { kind: 'time'; column: Column; grain: Grain }
  | { kind: 'cycle'; column: Column; cycle: Cycle }
  | { kind: 'bins'; column: Column }
  /** The column in which the program finds the values to be compared. */
  | { kind: 'found' };

export interface Order {
  direction: 'desc' | 'asc';
  limit?: number;
}

export type Intent =
  | { kind: 'overview' }
  | { kind: 'quality' }
  | { kind: 'figures'; metrics: Metric[] }
  | { kind: 'groups'; metrics: Metric[]; by: Dimension[]; order?: Order; share: boolean; compare: boolean }
  | { kind: 'trend'; metrics: Metric[]; time: Extract<Dimension, { kind: 'time' }>; series?: Dimension }
  | { kind: 'extremes'; column: Column; order: Order }
  | { kind: 'spread'; columns: Column[]; by?: Dimension }
  | { kind: 'correlation'; columns: Column[]; with?: Column; by?: Dimension }
  /** The part of the rows, or of a sum, that meets the conditions. */
  | { kind: 'fraction'; conditions: Filter[]; of: Metric; by?: Dimension };

export interface Task {
  intent: Intent;
  filters: Filter[];
  /** Words to be looked for among the values when the program runs. */
  lookups: Lookup[];
}

export type Assumption =
  | { kind: 'column'; said: string; columns: Column[]; likeness: Likeness }
  | { kind: 'aggregate'; aggregate: Aggregate; column: Column }
  | { kind: 'onlyMeasure'; column: Column }
  | { kind: 'allMeasures'; columns: Column[] }
  | { kind: 'concept'; said: string; columns: Column[] }
  | { kind: 'distinct'; column: Column }
  | { kind: 'rowIs'; column: Column }
  | { kind: 'soldIsRows'; said: string }
  | { kind: 'order'; column: Column }
  | { kind: 'time'; column: Column }
  | { kind: 'grain'; grain: Grain }
  | { kind: 'dayOrder'; column: Column }
  | { kind: 'relative'; column: Column }
  | { kind: 'parsed'; column: Column };

export type Unable = 'forecast' | 'cause' | 'test' | 'model' | 'prose' | 'formula';

export interface Reading {
  tasks: Task[];
  assumptions: Assumption[];
  unable: Unable[];
  /** Words that were not understood and are not looked up either. */
  ignored: string[];
  /** Nothing in the request named a column, a value or a figure. */
  isGuess: boolean;
}
