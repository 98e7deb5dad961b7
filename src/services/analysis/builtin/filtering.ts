import type { Column } from './columns.ts';
import type { Conditions } from './filters.ts';
import { readNumbers } from './filters-by-number.ts';
import { readLast, readPeriods } from './filters-by-time.ts';
import { joinLookups, readUnknown, readValues } from './filters-by-value.ts';
import type { Mark } from './marks.ts';

/** Finds the conditions in a request. */
export function conditionsIn(marks: Mark[], columns: Column[]): Conditions {
  const found: Conditions = { filters: [], lookups: [], used: new Set(), ignored: [] };
  const mentioned = marks.flatMap((mark) => (mark.kind === 'column' ? mark.columns : []));
  const time = mentioned.find(({ role }) => role === 'time') ?? columns.find(({ role }) => role === 'time');
  readLast(marks, time, found);
  readNumbers(marks, columns, found);
  readPeriods(marks, time, found);
  readValues(marks, found);
  readUnknown(marks, found);
  joinLookups(found);
  return found;
}
