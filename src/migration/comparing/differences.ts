import diff from 'microdiff';
import { arrange, prune } from './arranging.ts';
import { pathPattern, pathText } from './paths.ts';
import type { Json } from './types.ts';
import { timesAndIds, type Volatile } from './volatile.ts';

export interface Difference {
  kind: 'MISSING' | 'ADDED' | 'CHANGED';
  /** `items[0].name`; empty for the whole. */
  path: string;
  /** Null also where there is none; `kind` tells. */
  expected: Json;
  actual: Json;
}

interface Leniency {
  /** What is not compared at all: paths as `timestamp`, `messages.*.id`, `**.createdAt`. */
  ignore?: readonly string[];
  /** Values of the same kind are equal. Times and ids, unless told otherwise. */
  volatile?: Volatile;
  /** An array is the same in another order; what is added to one then comes behind its last item. */
  ignoreOrder?: boolean;
}

const NOTHING: Volatile = () => null;

/** To compare letter by letter. */
export const exactly: Leniency = { volatile: NOTHING };

/**
 * What differs between two values, path by path.
 *
 * @throws {TooLargeToCompareError}
 */
export function differencesOf(expected: Json, actual: Json, leniency: Leniency = {}): Difference[] {
  const { ignore = [], volatile = timesAndIds, ignoreOrder = false } = leniency;
  const patterns = ignore.map(pathPattern);
  const ignored = (path: readonly (string | number)[]) => patterns.some((matches) => matches(path));
  const before = prune(expected, ignored);
  const pruned = prune(actual, ignored);
  const after = ignoreOrder ? arrange(before, pruned, volatile) : pruned;

  // In a box, so that two texts, or a text and an object, can be compared too.
  return diff([before], [after], { cyclesFix: false }).flatMap((found): Difference[] => {
    const path = pathText(found.path.slice(1));
    if (found.type === 'CREATE') return [{ kind: 'ADDED', path, expected: null, actual: plain(found.value) }];
    if (found.type === 'REMOVE')
      return [{ kind: 'MISSING', path, expected: plain(found.oldValue), actual: null }];
    const kind = volatile(found.oldValue);
    if (kind !== null && kind === volatile(found.value)) return [];
    return [{ kind: 'CHANGED', path, expected: plain(found.oldValue), actual: plain(found.value) }];
  });
}

/** With ordinary objects again. */
const plain = (value: Json): Json => structuredClone(value);
