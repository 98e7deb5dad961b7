import type { Intent, Metric } from '../intent.ts';
import { type Asked, asGroup } from './asked.ts';

/** How many rows: "orders" where each row has its own order id. */
export function rowsCounted(asked: Asked): Intent | undefined {
  const { parts, notes, order, rowNoun } = asked;
  const { tags, by, measures, things, times, grain, cycle, figures } = parts;
  if (rowNoun && !order && !tags.has('distinct')) {
    notes.push({ kind: 'rowIs', column: rowNoun });
    things.splice(things.indexOf(rowNoun), 1);
    const isAlone = figures.length + measures.length + things.length + by.length + times.length === 0;
    if (isAlone && !grain && !cycle && !tags.has('share') && !tags.has('trend'))
      return { kind: 'figures', metrics: [{ aggregate: 'count' }] };
  }
  return undefined;
}

/** "how many days": steps of time, not rows. */
export function stepsCounted({ parts, time }: Asked): Intent | undefined {
  const { by, things } = parts;
  if (!parts.counted || !time) return undefined;
  const sql = `date_trunc('${parts.counted}', ${time.sql})`;
  const metrics: Metric[] = [
    { aggregate: 'distinct', column: { ...time, sql, name: `${time.name} (${parts.counted})` } },
    { aggregate: 'count' },
  ];
  const groups = [...by, ...things.map(asGroup)].slice(0, 2);
  return groups.length > 0
    ? { kind: 'groups', metrics, by: groups, share: false, compare: false }
    : { kind: 'figures', metrics };
}
