import type { Intent, Metric } from '../intent.ts';
import type { Asked } from './asked.ts';
import { defaultMetric, wanted } from './metrics.ts';
import { trend } from './time.ts';

/** What is left: the rows at one end, a figure, how a measure is spread; else an overview. */
export function figures(asked: Asked): Intent {
  const { parts, notes, numeric, time, order } = asked;
  const { tags, measures, times, figures, conditions } = parts;
  if (
    order &&
    measures.length > 0 &&
    (parts.limit || !figures.some(({ aggregate }) => aggregate !== 'count'))
  ) {
    return { kind: 'extremes', column: measures[0]!, order };
  }
  const [only] = figures;
  if (
    order &&
    figures.length === 1 &&
    measures.length === 1 &&
    (only!.aggregate === 'max' || only!.aggregate === 'min')
  ) {
    return { kind: 'extremes', column: measures[0]!, order };
  }
  if (figures.length > 0) return { kind: 'figures', metrics: wanted(asked) };
  const isLimited = conditions.filters.length > 0 || conditions.lookups.some(({ isNoun }) => !isNoun);
  if (measures.length > 0 && isLimited && measures.every(({ isAdditive }) => isAdditive)) {
    return {
      kind: 'figures',
      metrics: measures.flatMap((column): Metric[] => [
        defaultMetric(column, notes),
        { aggregate: 'average', column },
      ]),
    };
  }
  if (measures.length > 0) return { kind: 'spread', columns: measures };
  if (times.length > 0 && time) return trend(asked, time, wanted(asked));
  if (tags.has('compare') && numeric.length > 1) return { kind: 'spread', columns: numeric.slice(0, 8) };
  if ((tags.has('test') || tags.has('model') || tags.has('distribution')) && numeric.length > 0)
    return { kind: 'spread', columns: numeric.slice(0, 8) };
  return { kind: 'overview' };
}
