import type { Column } from '../columns.ts';
import { fitting, GRAINS, grainFor } from '../dates.ts';
import type { Assumption, Intent, Metric } from '../intent.ts';
import { type Asked, isRanking } from './asked.ts';
import { defaultMetric, wanted } from './metrics.ts';

/** "by weekday": what comes again with each week, day or year. */
export function cycles(asked: Asked): Intent | undefined {
  const { parts, notes, time, order, dimensions } = asked;
  const { cycle, times } = parts;
  if (cycle && time) {
    noteTime(time, times, notes);
    return {
      kind: 'groups',
      metrics: wanted(asked),
      by: dimensions.slice(0, 2),
      share: false,
      compare: false,
      ...(order && isRanking(parts) && { order }),
    };
  }
  return undefined;
}

/** How it went over time, and when it was highest. */
export function overTime(asked: Asked): Intent | undefined {
  const { parts, notes, numeric, time, order, rowNoun } = asked;
  const { tags, by, measures, things, times, grain, figures } = parts;
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
        metrics: wanted(asked, true),
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
          asked,
          time,
          numeric.map((column) => defaultMetric(column, notes)),
        );
      }
      return trend(asked, time, wanted(asked));
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
  return undefined;
}

export function trend({ parts, notes }: Asked, time: Column, metrics: Metric[]): Intent {
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
