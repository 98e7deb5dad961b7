import type { Distribution } from './types.ts';

const MOST_BINS = 40;
/** Ten steps to a decade: 1, 1.3, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 7.9, 10. */
const STEPS = 10;
const FINEST_MS = 0.1;

/** Counts both services' calls in the same bins, which cover all of them; bins are merged until there are 40 at most. */
export function distributionOf(legacy: Float64Array, candidate: Float64Array): Distribution {
  const ends = [legacy, candidate].flatMap((sorted) => [sorted[0] ?? [], sorted.at(-1) ?? []].flat());
  if (ends.length === 0) return { edgesMs: [], legacy: [], candidate: [] };

  const stepOf = (ms: number) => STEPS * Math.log10(Math.max(ms, FINEST_MS));
  const [low, high] = [stepOf(Math.min(...ends)), stepOf(Math.max(...ends))];
  let width = 1;
  while ((high - low) / width > MOST_BINS - 2) width *= 2;
  const first = Math.floor(low / width);
  const last = Math.max(Math.ceil(high / width), first + 1);
  const edgesMs = Array.from({ length: last - first + 1 }, (_, i) =>
    Number((10 ** (((first + i) * width) / STEPS)).toPrecision(2)),
  );
  return { edgesMs, legacy: countIn(edgesMs, legacy), candidate: countIn(edgesMs, candidate) };
}

/** A bin holds its lower edge; the first and the last hold also what rounding left outside. */
function countIn(edges: readonly number[], sorted: Float64Array): number[] {
  const counts = Array<number>(edges.length - 1).fill(0);
  let bin = 0;
  for (const ms of sorted) {
    while (bin < counts.length - 1 && ms >= edges[bin + 1]!) bin += 1;
    counts[bin]! += 1;
  }
  return counts;
}
