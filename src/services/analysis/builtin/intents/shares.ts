import type { Filter } from '../filters.ts';
import type { Intent, Metric } from '../intent.ts';
import { type Asked, asGroup } from './asked.ts';
import { wanted } from './metrics.ts';
import { trend } from './time.ts';

/** How values are spread, or rows over groups. */
export function distribution(asked: Asked): Intent | undefined {
  const { parts, time } = asked;
  const { tags, by, measures, things, grain, figures } = parts;
  if (tags.has('distribution') && !tags.has('share') && figures.length === 0) {
    const group =
      by[0] ??
      (measures.length > 0 && things[0] ? ({ kind: 'column', column: things[0] } as const) : undefined);
    if (
      measures.length > 0 &&
      !(by.length > 0 && /break ?down|内訳/i.test(parts.marks.map((m) => m.text).join(' ')))
    ) {
      return { kind: 'spread', columns: measures, ...(group && { by: group }) };
    }
    const groups = [...by, ...things.map(asGroup)].slice(0, 2);
    if (groups.length > 0)
      return { kind: 'groups', metrics: wanted(asked), by: groups, share: true, compare: false };
    if (time && grain) return trend(asked, time, wanted(asked));
  }
  return undefined;
}

/** Which part of the whole. */
export function share({ parts, order, dimensions, values }: Asked): Intent | undefined {
  const { tags, by, measures, things, conditions } = parts;
  if (tags.has('share')) {
    const truths = things.filter(({ isTruth }) => isTruth);
    const conditioned: Filter[] = [
      ...values,
      ...truths.map((column) => ({ kind: 'truth' as const, column, value: true })),
    ];
    const bounds = conditions.filters.filter((f) => f.kind === 'compare' || f.kind === 'between');
    const all = conditioned.length > 0 ? conditioned : things.length + by.length === 0 ? bounds : [];
    const of: Metric = measures[0] ? { aggregate: 'sum', column: measures[0] } : { aggregate: 'count' };
    const isWithin =
      by.length > 0 &&
      by.every((d) => d.kind === 'column' && values.some(({ column }) => column === d.column));
    if (all.length > 0 && !isWithin)
      return {
        kind: 'fraction',
        conditions: all,
        of: bounds.length > 0 ? { aggregate: 'count' } : of,
        ...(by[0] && { by: by[0] }),
      };
    const groups = dimensions.length > 0 ? dimensions : things.map(asGroup);
    if (groups.length > 0) {
      const metrics = measures.map((column): Metric => ({ aggregate: 'sum', column }));
      return {
        kind: 'groups',
        metrics: metrics.length > 0 ? metrics : [{ aggregate: 'count' }],
        by: groups.slice(0, 2),
        share: true,
        compare: false,
        ...(order && { order }),
      };
    }
  }
  return undefined;
}
