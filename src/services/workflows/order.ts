import { constrains } from './compiling-edges.ts';
import type { GraphDefinition } from './types.ts';

/** A directed graph by positions: where the edges of each lead. */
export type Successors = readonly (readonly number[])[];

/** Levels of the topological order of a definition that is valid, by names. */
export function executionOrder({ threads, dependencies }: GraphDefinition): string[][] {
  const positions = new Map(threads.map(({ name }, position) => [name, position]));
  const successors: number[][] = threads.map(() => []);
  for (const edge of dependencies)
    if (constrains(edge)) successors[positions.get(edge.source)!]!.push(positions.get(edge.target)!);
  return levels(successors).map((level) => level.map((position) => threads[position]!.name));
}

/** Levels of the topological order, each in ascending order. Whatever lies on a cycle, or behind one, is left out. */
export function levels(successors: Successors): number[][] {
  const waiting = new Array<number>(successors.length).fill(0);
  for (const targets of successors) for (const target of targets) waiting[target]! += 1;

  const result: number[][] = [];
  let level = [...waiting.keys()].filter((node) => waiting[node] === 0);
  while (level.length > 0) {
    result.push(level);
    const next: number[] = [];
    for (const node of level)
      for (const target of successors[node]!) {
        waiting[target]! -= 1;
        if (waiting[target] === 0) next.push(target);
      }
    level = next.sort((a, b) => a - b);
  }
  return result;
}

/**
 * For each set of nodes that can all reach each other, a shortest cycle through its first node, that node once more at
 * the end. Nodes with an edge to themselves only are none.
 */
export function cycles(successors: Successors): number[][] {
  return components(successors)
    .filter((component) => component.length > 1)
    .map((component) => cycleThrough(Math.min(...component), new Set(component), successors))
    .sort((a, b) => a[0]! - b[0]!);
}

/** Tarjan's strongly connected components, without recursion: a chain may be as long as a graph is large. */
function components(successors: Successors): number[][] {
  const index = new Array<number>(successors.length).fill(-1);
  const low = new Array<number>(successors.length).fill(0);
  const edge = new Array<number>(successors.length).fill(0);
  const onStack = new Set<number>();
  const stack: number[] = [];
  const found: number[][] = [];
  let count = 0;

  for (const root of successors.keys()) {
    if (index[root] !== -1) continue;
    const path = [root];
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      if (index[node] === -1) {
        index[node] = low[node] = count++;
        stack.push(node);
        onStack.add(node);
      }
      const target = successors[node]![edge[node]!++];
      if (target !== undefined) {
        if (index[target] === -1) path.push(target);
        else if (onStack.has(target)) low[node] = Math.min(low[node]!, index[target]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== index[node]) continue;
      const component = stack.splice(stack.lastIndexOf(node));
      for (const member of component) onStack.delete(member);
      found.push(component);
    }
  }
  return found;
}

function cycleThrough(start: number, inside: ReadonlySet<number>, successors: Successors): number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue)
    for (const target of successors[node]!) {
      if (target === start && node !== start) return [...trace(node, cameFrom), start];
      if (target === start || !inside.has(target) || cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  throw new Error('a strongly connected component without a cycle');
}

function trace(end: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let node = cameFrom.get(end); node !== undefined; node = cameFrom.get(node)) path.push(node);
  return path.reverse();
}
