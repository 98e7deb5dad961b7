import { GRAPH_LIMITS } from './limits.ts';
import { formatPath, type Path, PathError, parsePath } from './paths.ts';
import type { FieldMapping } from './types.ts';

export interface CompiledMapping {
  readonly from: Path;
  readonly to: Path;
}

/** The mappings of one dependency, and what is wrong with them. */
export function compileMappings(mappings: readonly FieldMapping[]): {
  compiled: readonly CompiledMapping[];
  problems: readonly string[];
} {
  if (mappings.length > GRAPH_LIMITS.mappings)
    return {
      compiled: [],
      problems: [`there may be ${GRAPH_LIMITS.mappings} mappings, not ${mappings.length}`],
    };

  const compiled: CompiledMapping[] = [];
  const problems: string[] = [];
  for (const { from, to } of mappings)
    try {
      compiled.push({ from: parsePath(from), to: target(to) });
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      problems.push(error.message);
    }
  return { compiled, problems };
}

function target(text: string): Path {
  const path = parsePath(text);
  if (typeof path[0] === 'number') throw new PathError(`a target begins with a name, unlike ${text}`);
  for (const key of path)
    if (typeof key === 'number' && key > GRAPH_LIMITS.pathIndex)
      throw new PathError(`an index to write to may be ${GRAPH_LIMITS.pathIndex} at most, unlike ${key}`);
  return path;
}

/** Where mappings write, as a tree: two of them must not write to the same place, or through each other. */
export class Targets {
  readonly #below = new Map<string | number, Targets>();
  #written = false;

  /** Adds one target. @returns Why it cannot be beside the others; null where it can. */
  add(path: Path): string | null {
    let at: Targets = this;
    for (const [depth, key] of path.entries()) {
      if (at.#written)
        return `${formatPath(path)} lies within ${formatPath(path.slice(0, depth))}, which is mapped too`;
      const [sibling] = at.#below.keys();
      if (sibling !== undefined && typeof sibling !== typeof key)
        return `${formatPath(path.slice(0, depth))} would have to be a list and an object`;
      const next = at.#below.get(key) ?? new Targets();
      at.#below.set(key, next);
      at = next;
    }
    if (at.#written) return `${formatPath(path)} is mapped twice`;
    if (at.#below.size > 0) return `${formatPath(path)} is mapped as a whole and in parts`;
    at.#written = true;
    return null;
  }
}
