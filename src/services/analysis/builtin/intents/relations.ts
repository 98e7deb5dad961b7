import type { Intent } from '../intent.ts';
import type { Asked } from './asked.ts';
import { wanted } from './metrics.ts';
import { trend } from './time.ts';

/** How measures go together. */
export function correlation(asked: Asked): Intent | undefined {
  const { parts, numeric, time, listed } = asked;
  const { tags, by, measures, things, times } = parts;
  if (tags.has('correlation') || (tags.has('cause') && measures.length > 1)) {
    const group = by[0];
    if (measures.length > 1) return { kind: 'correlation', columns: measures, ...(group && { by: group }) };
    if (measures.length === 1 && (tags.has('trend') || times.length > 0) && time)
      return trend(asked, time, wanted(asked));
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
  return undefined;
}
