import { GRAPH_LIMITS } from './limits.ts';

/** A value that is no plain JSON, or too much of it. */
export class NotJsonError extends Error {}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The kind of a value, with its article, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : `a ${typeof value}`;
}

/** Whether objects and lists nest deeper than that; without recursion, whatever comes. */
export function nestsDeeper(value: unknown, limit: number): boolean {
  const open: [node: unknown, depth: number][] = [[value, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    if (typeof node !== 'object' || node === null) continue;
    if (depth > limit) return true;
    for (const child of Object.values(node)) open.push([child, depth + 1]);
  }
  return false;
}

/**
 * A copy of a value as plain JSON.
 *
 * @param convert What stands for a value that JSON does not know; undefined where nothing does.
 * @param count Is told of each part's characters before it is copied, and may throw.
 * @throws {NotJsonError} It has no such copy, or one beyond the limits of a value.
 */
export function plain(
  value: unknown,
  convert: (foreign: unknown) => unknown = () => undefined,
  count: (characters: number) => void = () => {},
): unknown {
  let left: number = GRAPH_LIMITS.valueLength;
  const spend = (units: number) => {
    left -= units;
    if (left < 0) throw new NotJsonError(`the value has more than ${GRAPH_LIMITS.valueLength} characters`);
    count(units);
  };

  const copy = (node: unknown, depth: number): unknown => {
    if (depth > GRAPH_LIMITS.valueDepth)
      throw new NotJsonError(`the value nests deeper than ${GRAPH_LIMITS.valueDepth}`);
    switch (typeof node) {
      case 'string':
        spend(node.length + 2);
        return node;
      case 'boolean':
        spend(5);
        return node;
      case 'number':
        spend(8);
        if (Number.isFinite(node)) return node;
        throw new NotJsonError(`${node} has no place in JSON`);
    }
    spend(2);
    if (node === null) return null;
    if (Array.isArray(node)) return node.map((item) => copy(item, depth + 1));
    if (isPlain(node))
      // Unlike assignment, this makes a key like __proto__ an ordinary one.
      return Object.fromEntries(
        Object.entries(node).map(([key, item]) => {
          spend(key.length + 4);
          return [key, copy(item, depth + 1)];
        }),
      );
    const converted = convert(node);
    if (converted === undefined) throw new NotJsonError(`a value of this kind has no place in JSON`);
    return copy(converted, depth + 1);
  };
  return copy(value, 0);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
