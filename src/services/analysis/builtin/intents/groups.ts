import type { Column } from '../columns.ts';
import type { Dimension, Intent, Metric } from '../intent.ts';
import { type Asked, asGroup, isRanking } from './asked.ts';
import { wanted } from './metrics.ts';

/** Figures of each group, or how many different things there are. */
export function groups(asked: Asked): Intent | undefined {
  const { parts, notes, numeric, order } = asked;
  const { tags, by, measures, figures, conditions } = parts;
  const compare = tags.has('compare');
  const isCounted = figures.some(({ aggregate }) => aggregate === 'count' || aggregate === 'distinct');
  const entities = entitiesOf(asked, isCounted);
  const distinct = isCounted && !order ? distinctThings(asked, entities) : undefined;
  if (distinct) return distinct;

  const truths = entities.filter(({ isTruth }) => isTruth);
  const isCondition = truths.length > 0 && !compare && (isCounted || measures.length > 0);
  if (isCondition) {
    for (const column of truths) conditions.filters.push({ kind: 'truth', column, value: true });
  }
  const grouped = dimensionsOf(
    asked,
    entities.filter(({ isTruth }) => !(isCondition && isTruth)),
  );
  if (grouped.length === 0) return undefined;

  const isRanked = order !== undefined && (by.length === 0 || isRanking(parts) || parts.limit !== undefined);
  const metrics: Metric[] =
    compare && measures.length === 0 && figures.length === 0 && numeric.length > 0
      ? [
          ...numeric.slice(0, 6).map((column): Metric => ({ aggregate: 'average', column })),
          { aggregate: 'count' },
        ]
      : wanted(asked, isRanked);
  if (isRanked)
    notes.push(
      ...metrics
        .slice(0, 1)
        .flatMap(({ column }) =>
          column && figures.every(({ aggregate }) => aggregate === 'max' || aggregate === 'min')
            ? [{ kind: 'order' as const, column }]
            : [],
        ),
    );
  return {
    kind: 'groups',
    metrics,
    by: grouped.slice(0, 2),
    share: false,
    compare,
    ...(isRanked && { order }),
  };
}

/** Things that the sentence names beside what it groups by. */
function entitiesOf({ parts, notes, rowNoun }: Asked, isCounted: boolean): Column[] {
  const { tags, by, things } = parts;
  const entities = things.filter((column) => !by.some((d) => d.kind === 'column' && d.column === column));
  if (isCounted && rowNoun && entities.includes(rowNoun) && !tags.has('distinct')) {
    notes.push({ kind: 'rowIs', column: rowNoun });
    entities.splice(entities.indexOf(rowNoun), 1);
  }
  return entities;
}

/** "how many cities": different values of a column. */
function distinctThings({ parts, notes, dimensions, values }: Asked, entities: Column[]): Intent | undefined {
  const { tags, by, measures } = parts;
  const counted = entities.find((column) => !column.isTruth);
  if (
    counted &&
    (tags.has('distinct') || measures.length === 0) &&
    !(entities.length === 1 && by.length === 0 && !tags.has('distinct') && values.length > 0)
  ) {
    const metrics: Metric[] = [{ aggregate: 'distinct', column: counted }, { aggregate: 'count' }];
    if (!tags.has('distinct')) notes.push({ kind: 'distinct', column: counted });
    return by.length > 0
      ? {
          kind: 'groups',
          metrics,
          by: dimensions.slice(0, 2),
          share: false,
          compare: tags.has('compare'),
        }
      : { kind: 'figures', metrics };
  }
  return undefined;
}

function dimensionsOf({ parts, dimensions, listed }: Asked, entities: Column[]): Dimension[] {
  const { tags, conditions } = parts;
  const grouped: Dimension[] = [...dimensions, ...entities.map(asGroup)];
  if (grouped.length === 0 && listed) grouped.push({ kind: 'column', column: listed.column });
  if (
    grouped.length === 0 &&
    tags.has('compare') &&
    conditions.lookups.filter(({ negated }) => !negated).length > 1
  )
    grouped.push({ kind: 'found' });
  const years = conditions.filters.find(
    (f) => f.kind === 'periods' && f.periods.length > 1 && f.periods.every(({ from, to }) => from && to),
  );
  if (grouped.length === 0 && years?.kind === 'periods' && years.periods.length > 1) {
    const days = (Date.parse(years.periods[0]!.to!) - Date.parse(years.periods[0]!.from!)) / 86_400_000;
    grouped.push({
      kind: 'time',
      column: years.column,
      grain: days > 360 ? 'year' : days > 85 ? 'quarter' : days > 20 ? 'month' : 'day',
    });
  }
  return grouped;
}
