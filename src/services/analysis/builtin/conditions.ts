import type { Filter } from './filters.ts';
import { text } from './quoting.ts';

/** Filters as SQL conditions. */
export const condition = (filter: Filter): string => {
  const { column } = filter;
  switch (filter.kind) {
    case 'values': {
      const listed = filter.values.map((value) => `lower(${text(value.trim())})`);
      const own = `lower(trim(${column.sql}))`;
      const test = listed.length === 1 ? `${own} = ${listed[0]}` : `${own} IN (${listed.join(', ')})`;
      return filter.negated ? `coalesce(NOT ${listed.length === 1 ? `(${test})` : `(${test})`}, TRUE)` : test;
    }
    case 'compare':
      return `${column.sql} ${filter.comparison} ${number(filter.value)}`;
    case 'between':
      return `${column.sql} BETWEEN ${number(filter.low)} AND ${number(filter.high)}`;
    case 'periods': {
      const parts = filter.periods.map(({ from, to }) =>
        [from && `${column.sql} >= DATE '${from}'`, to && `${column.sql} < DATE '${to}'`]
          .filter(Boolean)
          .join(' AND '),
      );
      const test = parts.length === 1 ? parts[0]! : `(${parts.map((part) => `(${part})`).join(' OR ')})`;
      return filter.negated ? `NOT (${test})` : test;
    }
    case 'months':
      return `month(${column.sql}) IN (${filter.months.join(', ')})`;
    case 'last':
      return `${column.sql} > (SELECT max(${column.sql}) FROM data) - INTERVAL ${filter.count} ${filter.unit}`;
    case 'truth':
      return column.isNumeric
        ? `${column.sql} = ${filter.value ? 1 : 0}`
        : filter.value
          ? column.sql
          : `NOT ${column.sql}`;
  }
};

const number = (value: number) => (Math.abs(value) >= 1e21 ? `${value}::DOUBLE` : String(value));
