/**
 * The cut between the part below `cut / of` and the rest, as Python's `statistics.quantiles(n=of)[cut - 1]` has it:
 * at position (cut / of) (n + 1), between two values by their distance. Beyond the ends of a short list it
 * extrapolates, as Python does: the 95th percentile of 10 values can be above the largest.
 *
 * @param sorted Ascending.
 * @returns Null where there are no values; the one value where there is one.
 */
export function quantile(sorted: ArrayLike<number>, cut: number, of: number): number | null {
  const n = sorted.length;
  if (n < 2) return sorted[0] ?? null;
  const position = cut * (n + 1);
  const below = Math.min(Math.max(Math.floor(position / of), 1), n - 1);
  const beyond = position - below * of;
  return (sorted[below - 1]! * (of - beyond) + sorted[below]! * beyond) / of;
}

export const p50 = (sorted: ArrayLike<number>) => quantile(sorted, 1, 2);
/** Python's `quantiles(n=20)[18]`. */
export const p95 = (sorted: ArrayLike<number>) => quantile(sorted, 19, 20);
export const p99 = (sorted: ArrayLike<number>) => quantile(sorted, 99, 100);

/** The middle of values in any order: of an even number, halfway between the two in the middle. */
export const median = (values: readonly number[]) => p50(Float64Array.from(values).sort());

/** How many of the values are above `limit`, by bisection. */
export function countAbove(sorted: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
