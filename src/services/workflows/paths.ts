import { isObject } from './json.ts';
import { GRAPH_LIMITS } from './limits.ts';

/** Names of fields, and indexes as numbers. */
export type Path = readonly (string | number)[];

/** A path that cannot be, or leads nowhere. */
export class PathError extends Error {}

const SEGMENT = /\.?([^.[\]]+)|\[(\d+)\]/y;
const INDEX = /^(0|[1-9]\d*)$/;
/** Fields that lead out of the data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * `a.b.0.c` or `a.b[0].c`.
 *
 * @throws {PathError}
 */
export function parsePath(text: string): Path {
  if (text.length > GRAPH_LIMITS.pathLength)
    throw new PathError(`a path may have ${GRAPH_LIMITS.pathLength} characters`);
  const path: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const at = SEGMENT.lastIndex;
    const match = SEGMENT.exec(text);
    // A path begins with a name, and only a later one follows a dot.
    if (!match || (at === 0 && (text[0] === '.' || match[2] !== undefined)) || (at > 0 && glued(text, at)))
      throw new PathError(`${JSON.stringify(text)} is no path: write a.b.0.c or a.b[0].c`);
    path.push(segment(match[1] ?? match[2] ?? ''));
  }
  if (path.length === 0) throw new PathError('a path must not be empty');
  if (path.length > GRAPH_LIMITS.pathSegments)
    throw new PathError(`a path may have ${GRAPH_LIMITS.pathSegments} segments; ${text} has ${path.length}`);
  return path;
}

/** A name right behind a bracket, without its dot. */
const glued = (text: string, at: number) => text[at] !== '.' && text[at] !== '[';

function segment(text: string): string | number {
  if (FORBIDDEN.has(text)) throw new PathError(`a path cannot lead through ${text}`);
  return INDEX.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** The value at a path; undefined where it leads nowhere. */
export function readPath(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    const there = Array.isArray(at) ? typeof key === 'number' && key < at.length : isObject(at);
    if (!there || !Object.hasOwn(at as object, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/**
 * Puts a value at a path, and makes the objects and lists on the way there. Gaps in lists become null. What is passed
 * on the way is copied, never changed: it may belong to somebody else.
 *
 * @param own Copies that were made before, and may be changed: a thousand mappings into one object copy it once.
 * @returns The root with the value in it.
 * @throws {PathError} Something else is in the way.
 */
export function writePath(
  root: unknown,
  path: Path,
  value: unknown,
  own: WeakSet<object> = new WeakSet(),
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (root === undefined || root === null)
    return writePath(typeof key === 'number' ? [] : {}, path, value, own);
  if (Array.isArray(root)) {
    if (typeof key === 'string') throw new PathError(`there is a list where ${key} should go`);
    const copy = own.has(root) ? root : [...root];
    own.add(copy);
    while (copy.length < key) copy.push(null);
    copy[key] = writePath(copy[key], rest, value, own);
    return copy;
  }
  if (isObject(root)) {
    const copy = own.has(root) ? root : { ...root };
    own.add(copy);
    const inside = Object.hasOwn(copy, key) ? copy[key] : undefined;
    copy[key] = writePath(inside, rest, value, own);
    return copy;
  }
  throw new PathError(`there is a ${typeof root} where ${key} should go`);
}

/** As its author could have written it. */
export const formatPath = (path: Path): string => path.join('.');
