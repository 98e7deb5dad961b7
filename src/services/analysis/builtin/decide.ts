import type { Column } from './columns.ts';
import { fitting, GRAINS, grainFor } from './dates.ts';
import type { Filter } from './filters.ts';
import type { Aggregate, Assumption, Dimension, Intent, Metric, Order } from './intent.ts';
import type { Parts } from './parts.ts';
import { withoutRepeats } from './repeats.ts';

/**
 * What a sentence asks for, from its parts: the most particular kind of analysis that fits comes first, an overview
 * last. What had to be assumed on the way is added to `notes`.
 */
export function decide(parts: Parts, columns: Column[], notes: Assumption[]): Intent {
  const { tags, by, measures, things, times, grain, cycle, direction, conditions, figures } = parts;
  const numeric = columns.filter(({ role, isTruth }) => role === 'measure' && !isTruth);
  const time = times[0] ?? columns.find(({ role }) => role === 'time');
  const order: Order | undefined = direction && { direction, ...(parts.limit && { limit: parts.limit }) };
  const wanted = (isRanked = false) => metricsOf(parts, numeric, notes, isRanked);
  const dimensions = [...by, ...cycleOf(cycle, time)];
  const values = conditions.filters.filter(
    (f): f is Extract<Filter, { kind: 'values' }> => f.kind === 'values' && !f.negated,
  );
  const listed = values.find((filter) => filter.values.length > 1);

  if (tags.has('quality')) return { kind: 'quality' };

  // "orders" where each row has its own order id: the rows are meant.
  const rowNoun = things.find(
    ({ role, profile }) =>
      role === 'identifier' && profile.nullCount === 0 && profile.distinctCount === parts.rowCount,
  );
  if (rowNoun && !order && !tags.has('distinct')) {
    notes.push({ kind: 'rowIs', column: rowNoun });
    things.splice(things.indexOf(rowNoun), 1);
    const isAlone = figures.length + measures.length + things.length + by.length + times.length === 0;
    if (isAlone && !grain && !cycle && !tags.has('share') && !tags.has('trend'))
      return { kind: 'figures', metrics: [{ aggregate: 'count' }] };
  }
  if (parts.counted && time) {
    const sql = `date_trunc('${parts.counted}', ${time.sql})`;
    const metrics: Metric[] = [
      { aggregate: 'distinct', column: { ...time, sql, name: `${time.name} (${parts.counted})` } },
      { aggregate: 'count' },
    ];
    const groups = [...by, ...things.map((column) => ({ kind: 'column' as const, column }))].slice(0, 2);
    return groups.length > 0
      ? { kind: 'groups', metrics, by: groups, share: false, compare: false }
      : { kind: 'figures', metrics };
  }

  if (tags.has('correlation') || (tags.has('cause') && measures.length > 1)) {
    const group = by[0];
    if (measures.length > 1) return { kind: 'correlation', columns: measures, ...(group && { by: group }) };
    if (measures.length === 1 && (tags.has('trend') || times.length > 0) && time)
      return trend(parts, time, wanted(), notes);
    if (measures.length === 1 && things.length + by.length === 0 && numeric.length > 1) {
      return {
        kind: 'correlation',
        columns: numeric.filter((column) => column !== measures[0]),
        with: measures[0]!,
      };
    }
    if (measures.length === 0 && things.length + by.length === 0 && numeric.length > 1 && !listed)
      return { kind: 'correlation', columns: numeric };
  }

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
    const groups = [...by, ...things.map((column) => ({ kind: 'column' as const, column }))].slice(0, 2);
    if (groups.length > 0)
      return { kind: 'groups', metrics: wanted(), by: groups, share: true, compare: false };
    if (time && grain) return trend(parts, time, wanted(), notes);
  }

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
    const groups =
      dimensions.length > 0 ? dimensions : things.map((column) => ({ kind: 'column' as const, column }));
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

  if (cycle && time) {
    noteTime(time, times, notes);
    return {
      kind: 'groups',
      metrics: wanted(),
      by: dimensions.slice(0, 2),
      share: false,
      compare: false,
      ...(order && isRanking(parts) && { order }),
    };
  }

  const asksTime = tags.has('trend') || grain !== undefined || (tags.has('forecast') && time !== undefined);
  if (asksTime && time) {
    noteTime(time, times, notes);
    if (grain && order && isRanking(parts) && things.length === 0) {
      if (
        coarser(grain, time) === time.grain &&
        time.profile.distinctCount === parts.rowCount &&
        measures.length > 0 &&
        by.length === 0
      ) {
        return { kind: 'extremes', column: measures[0]!, order };
      }
      const step = { kind: 'time' as const, column: time, grain: coarser(grain, time) };
      return {
        kind: 'groups',
        metrics: wanted(true),
        by: [step, ...by].slice(0, 2),
        order,
        share: false,
        compare: false,
      };
    }
    if (!(order && isRanking(parts) && things.length > 0)) {
      if (
        !rowNoun &&
        by.length === 0 &&
        measures.length === 0 &&
        figures.length === 0 &&
        things.length === 0 &&
        tags.has('trend') &&
        numeric.length > 0 &&
        numeric.length <= 4
      ) {
        notes.push({ kind: 'allMeasures', columns: numeric });
        return trend(
          parts,
          time,
          numeric.map((column) => defaultMetric(column, notes)),
          notes,
        );
      }
      return trend(parts, time, wanted(), notes);
    }
  }
  if (
    (times.length > 0 || tags.has('when')) &&
    time &&
    order &&
    measures.length > 0 &&
    by.length === 0 &&
    things.length === 0
  ) {
    return { kind: 'extremes', column: measures[0]!, order };
  }

  const compare = tags.has('compare');
  const entities = things.filter((column) => !by.some((d) => d.kind === 'column' && d.column === column));
  const isCounted = figures.some(({ aggregate }) => aggregate === 'count' || aggregate === 'distinct');
  if (isCounted && rowNoun && entities.includes(rowNoun) && !tags.has('distinct')) {
    notes.push({ kind: 'rowIs', column: rowNoun });
    entities.splice(entities.indexOf(rowNoun), 1);
  }
  const counted = isCounted && !order ? entities.find((column) => !column.isTruth) : undefined;
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
          compare,
          ...(order && { order }),
        }
      : { kind: 'figures', metrics };
  }
  const truths = entities.filter(({ isTruth }) => isTruth);
  const isCondition = truths.length > 0 && !compare && (isCounted || measures.length > 0);
  if (isCondition) {
    for (const column of truths) conditions.filters.push({ kind: 'truth', column, value: true });
  }
  const grouped: Dimension[] = [
    ...dimensions,
    ...entities
      .filter((c) => !(isCondition && c.isTruth))
      .map((column) => ({ kind: 'column' as const, column })),
  ];
  if (grouped.length === 0 && listed) grouped.push({ kind: 'column', column: listed.column });
  if (grouped.length === 0 && compare && conditions.lookups.filter(({ negated }) => !negated).length > 1)
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

  if (grouped.length > 0) {
    const isRanked =
      order !== undefined && (by.length === 0 || isRanking(parts) || parts.limit !== undefined);
    const metrics: Metric[] =
      compare && measures.length === 0 && figures.length === 0 && numeric.length > 0
        ? [
            ...numeric.slice(0, 6).map((column): Metric => ({ aggregate: 'average', column })),
            { aggregate: 'count' },
          ]
        : wanted(isRanked);
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
  if (figures.length > 0) return { kind: 'figures', metrics: wanted() };
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
  if (times.length > 0 && time) return trend(parts, time, wanted(), notes);
  if (tags.has('compare') && numeric.length > 1) return { kind: 'spread', columns: numeric.slice(0, 8) };
  if ((tags.has('test') || tags.has('model') || tags.has('distribution')) && numeric.length > 0)
    return { kind: 'spread', columns: numeric.slice(0, 8) };
  return { kind: 'overview' };
}

/** "which … highest", "top 5", "best month": an order is the point, not only a figure. */
function isRanking({ tags, limit, marks }: Parts): boolean {
  return (
    limit !== undefined ||
    ['which', 'when', 'top', 'bottom', 'common', 'rare'].some((tag) => tags.has(tag as 'top')) ||
    marks.some(({ kind }) => kind === 'superlative')
  );
}

function metricsOf(parts: Parts, numeric: Column[], notes: Assumption[], isRanked: boolean): Metric[] {
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

function defaultMetric(column: Column, notes: Assumption[]): Metric {
  const aggregate: Aggregate = column.isAdditive ? 'sum' : 'average';
  notes.push({ kind: 'aggregate', aggregate, column });
  return { aggregate, column };
}

function trend(parts: Parts, time: Column, metrics: Metric[], notes: Assumption[]): Intent {
  const { by, things, grain } = parts;
  const { min, max } = time.profile;
  const step = grain ? fitting(coarser(grain, time), min, max, 950) : grainFor(min, max, time.grain ?? 'day');
  const asked = grain ? coarser(grain, time) : undefined;
  if (step !== asked && time.grain !== 'year') notes.push({ kind: 'grain', grain: step });
  noteTime(time, parts.times, notes);
  const label = things.find(({ role }) => role === 'dimension');
  const first = by[0] ?? (label && { kind: 'column' as const, column: label });
  return {
    kind: 'trend',
    metrics,
    time: { kind: 'time', column: time, grain: step },
    ...(first && { series: first }),
  };
}

const coarser = (grain: (typeof GRAINS)[number], time: Column) =>
  GRAINS.indexOf(grain) < GRAINS.indexOf(time.grain ?? 'hour') ? time.grain! : grain;

function noteTime(time: Column, said: Column[], notes: Assumption[]) {
  if (!said.includes(time)) notes.push({ kind: 'time', column: time });
}

function cycleOf(cycle: Parts['cycle'], time: Column | undefined): Dimension[] {
  return cycle && time && !(cycle === 'hourOfDay' && time.grain !== 'hour')
    ? [{ kind: 'cycle', column: time, cycle }]
    : [];
}
