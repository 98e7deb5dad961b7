import type { Column } from '../columns.ts';
import type { Aggregate, Assumption, Metric } from '../intent.ts';
import { withoutRepeats } from '../repeats.ts';
import type { Asked } from './asked.ts';

/** The figures that are wanted; a count where none was said. */
export function wanted({ parts, numeric, notes }: Asked, isRanked = false): Metric[] {
  const { figures, measures, things } = parts;
  const metrics: Metric[] = [];
  const useful = isRanked
    ? figures.filter(({ aggregate }) => aggregate !== 'max' && aggregate !== 'min')
    : figures;
  for (const { aggregate, measures: meant } of useful) {
    if (aggregate === 'count') metrics.push({ aggregate });
    else if (aggregate === 'distinct')
      metrics.push(...things.slice(0, 1).map((column) => ({ aggregate, column })));
    else {
      const columns = meant.length > 0 ? meant : fallback(numeric, notes);
      metrics.push(...columns.map((column) => ({ aggregate, column })));
    }
  }
  const covered = new Set(metrics.map(({ column }) => column));
  const bare = measures.filter((column) => !covered.has(column));
  if (bare.length > 0 && (metrics.length === 0 || useful.every(({ aggregate }) => aggregate === 'count')))
    metrics.unshift(...bare.map((column) => defaultMetric(column, notes)));
  if (isRanked && useful.length === 0)
    metrics.push(
      ...figures
        .filter(({ aggregate }) => aggregate === 'max' || aggregate === 'min')
        .flatMap(({ aggregate, measures: meant }) => meant.map((column) => ({ aggregate, column }))),
    );
  if (metrics.length === 0 && parts.grain && isRanked && numeric.length === 1)
    metrics.push(defaultMetric(numeric[0]!, notes));
  return metrics.length > 0 ? withoutRepeats(metrics) : [{ aggregate: 'count' }];
}

function fallback(numeric: Column[], notes: Assumption[]): Column[] {
  if (numeric.length === 1) notes.push({ kind: 'onlyMeasure', column: numeric[0]! });
  else if (numeric.length > 1) notes.push({ kind: 'allMeasures', columns: numeric.slice(0, 6) });
  return numeric.slice(0, 6);
}

export function defaultMetric(column: Column, notes: Assumption[]): Metric {
  const aggregate: Aggregate = column.isAdditive ? 'sum' : 'average';
  notes.push({ kind: 'aggregate', aggregate, column });
  return { aggregate, column };
}
