import type { Column } from '../columns.ts';
import type { Filter } from '../filters.ts';
import type { Assumption, Dimension, Order } from '../intent.ts';
import type { Parts } from '../parts.ts';

type Values = Extract<Filter, { kind: 'values' }>;

/** A sentence as the rules look at it. What they have to assume on the way they add to `notes`. */
export interface Asked {
  parts: Parts;
  notes: Assumption[];
  /** Measures of the data, said or not. */
  numeric: Column[];
  /** The column of time that was said; else the data's. */
  time: Column | undefined;
  order: Order | undefined;
  dimensions: Dimension[];
  /** Values that the rows shall have. */
  values: Values[];
  /** The first column of which several values were said. */
  listed: Values | undefined;
  /** "orders" where each row has its own order id: the rows are meant. */
  rowNoun: Column | undefined;
}

export function askedOf(parts: Parts, columns: Column[], notes: Assumption[]): Asked {
  const { by, things, times, cycle, direction, conditions } = parts;
  const time = times[0] ?? columns.find(({ role }) => role === 'time');
  const values = conditions.filters.filter((f): f is Values => f.kind === 'values' && !f.negated);
  return {
    parts,
    notes,
    numeric: columns.filter(({ role, isTruth }) => role === 'measure' && !isTruth),
    time,
    order: direction && { direction, ...(parts.limit && { limit: parts.limit }) },
    dimensions: [...by, ...cycleOf(cycle, time)],
    values,
    listed: values.find((filter) => filter.values.length > 1),
    rowNoun: things.find(
      ({ role, profile }) =>
        role === 'identifier' && profile.nullCount === 0 && profile.distinctCount === parts.rowCount,
    ),
  };
}

function cycleOf(cycle: Parts['cycle'], time: Column | undefined): Dimension[] {
  return cycle && time && !(cycle === 'hourOfDay' && time.grain !== 'hour')
    ? [{ kind: 'cycle', column: time, cycle }]
    : [];
}

export const asGroup = (column: Column): Dimension => ({ kind: 'column', column });

/** "which … highest", "top 5", "best month": an order is the point, not only a figure. */
export function isRanking({ tags, limit, marks }: Parts): boolean {
  return (
    limit !== undefined ||
    ['which', 'when', 'top', 'bottom', 'common', 'rare'].some((tag) => tags.has(tag as 'top')) ||
    marks.some(({ kind }) => kind === 'superlative')
  );
}
