import { TooLargeToCompareError } from './errors.ts';
import type { Json, Path } from './types.ts';
import type { Volatile } from './volatile.ts';

const MOST_VALUES = 100_000;
const MOST_CHARACTERS = 10_000_000;
const DEEPEST = 100;
/** Items of one array that are tried in each other's places; of more, each takes the next place. */
const MOST_PAIRS = 10_000;

type Tree = Json | undefined;
type Branch = Record<string, Tree>;

/**
 * Copies a value for comparison: without what is ignored, with -0 as 0, and with objects that have no keys but their own.
 *
 * @throws {TooLargeToCompareError} More than 100,000 values, 10,000,000 characters, or 100 levels.
 */
export function prune(value: Json, ignored: (path: Path) => boolean): Json {
  let values = 0;
  let characters = 0;
  const copy = (from: Json, path: Path): Json => {
    values += 1;
    if (values > MOST_VALUES) throw new TooLargeToCompareError(`${MOST_VALUES} values`);
    if (path.length > DEEPEST) throw new TooLargeToCompareError(`${DEEPEST} levels`);
    if (typeof from === 'string') characters += from.length;
    if (characters > MOST_CHARACTERS) throw new TooLargeToCompareError(`${MOST_CHARACTERS} characters`);
    if (from === 0) return 0;
    if (typeof from !== 'object' || from === null) return from;
    if (Array.isArray(from))
      return from.flatMap((item, i) => (ignored([...path, i]) ? [] : [copy(item, [...path, i])]));
    const own: Branch = Object.create(null);
    for (const [key, item] of Object.entries(from))
      if (item !== undefined && !ignored([...path, key])) own[key] = copy(item, [...path, key]);
    return own as Json;
  };
  return copy(value, []);
}

/**
 * Puts the items of `actual`'s arrays where `expected` has the same ones. What is left is put in the free places, each
 * where it has most in common; what is too much comes behind, and what is missing leaves a hole.
 */
export function arrange(expected: Json, actual: Json, volatile: Volatile): Json {
  const signatures = new Map<Json, string>();
  const signatureOf = (value: Json): string => {
    if (typeof value !== 'object' || value === null) return scalarSignature(value, volatile);
    const known = signatures.get(value);
    if (known !== undefined) return known;
    const signature = Array.isArray(value)
      ? `[${value.map(signatureOf).sort().join()}]`
      : `{${Object.entries(value)
          .map(([key, item]) => `${JSON.stringify(key)}:${signatureOf(item)}`)
          .sort()
          .join()}}`;
    signatures.set(value, signature);
    return signature;
  };

  const place = (before: Tree, after: Tree): Tree => {
    if (Array.isArray(before) && Array.isArray(after)) return placeItems(before, after);
    if (!isBranch(before) || !isBranch(after)) return after;
    const placed: Branch = Object.create(null);
    for (const [key, item] of Object.entries(after)) placed[key] = place(before[key], item);
    return placed as Json;
  };

  const placeItems = (before: readonly Json[], after: readonly Json[]): Json => {
    const free = new Map<string, number[]>();
    for (const [at, item] of before.entries()) {
      const signature = signatureOf(item);
      const places = free.get(signature);
      if (places) places.push(at);
      else free.set(signature, [at]);
    }
    // Each signature's places from the first on, without moving what is behind it.
    const next = new Map<string, number>();
    const placed: Json[] = [];
    const left: Json[] = [];
    const taken = new Set<number>();
    for (const item of after) {
      const signature = signatureOf(item);
      const turn = next.get(signature) ?? 0;
      const at = free.get(signature)?.[turn];
      next.set(signature, turn + 1);
      if (at === undefined) left.push(item);
      else {
        taken.add(at);
        placed[at] = place(before[at], item) as Json;
      }
    }
    const places = before.flatMap((_, at) => (taken.has(at) ? [] : [at]));
    for (const [index, item] of inTheirPlaces(before, places, left).entries()) {
      const at = places[index] ?? before.length + index - places.length;
      if (item !== undefined) placed[at] = place(before[at], item) as Json;
    }
    return placed;
  };

  /** What is left, so that each stands at the index of the place it has most in common with; then the rest. */
  const inTheirPlaces = (before: readonly Json[], places: readonly number[], left: readonly Json[]) => {
    if (places.length * left.length > MOST_PAIRS) return left;
    const pairs = places.flatMap((at, index) =>
      left.map((item, which) => ({ index, which, common: inCommon(before[at]!, item) })),
    );
    const chosen: (Json | undefined)[] = [];
    const used = new Set<number>();
    for (const { index, which } of pairs.sort((a, b) => b.common - a.common)) {
      if (used.has(which) || chosen[index] !== undefined) continue;
      chosen[index] = left[which];
      used.add(which);
    }
    const rest = left.filter((_, which) => !used.has(which));
    return [...Array.from(places, (_, index) => chosen[index]), ...rest];
  };

  /** Members that two items share. */
  const inCommon = (a: Json, b: Json): number => {
    if (!isBranch(a) || !isBranch(b)) return 0;
    return Object.entries(a).filter(
      ([key, item]) => b[key] !== undefined && signatureOf(item as Json) === signatureOf(b[key]),
    ).length;
  };

  return place(expected, actual) as Json;
}

const isBranch = (value: Tree): value is Branch & Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function scalarSignature(value: Json, volatile: Volatile): string {
  const kind = volatile(value);
  return kind === null ? JSON.stringify(value) : `<${kind}>`;
}
