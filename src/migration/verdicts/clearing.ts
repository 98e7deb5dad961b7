import { binomialCdf } from './distributions.ts';
import { ALPHA, LEAST_LEGACY, SLOWER } from './levels.ts';
import { countAbove } from './quantiles.ts';
import type { Clearance } from './types.ts';

const TAIL = 0.05;
/** Nobody waits for more than so many times the calls there were. */
const FARTHEST = 10_000;

/** Where the legacy p95 hardly is below: an index into its sorted calls. */
const lowerIndex = (n: number) => Math.floor(0.95 * n - Math.sqrt(0.0475 * n)) - 1;

/**
 * Whether the new service's p95 is surely not above 1.1 times the legacy one's: so few of its calls are slower than that
 * as 5 % being slower would hardly give. One look per step of the ramp, alpha divided by the steps.
 *
 * @param steps Looks there will be in all.
 * @param grows Whether more calls would come to these; false where they are a sample that is full.
 * @returns Null while there are fewer than 200 legacy calls, or none of the new service.
 */
export function clearanceOf(
  legacy: Float64Array,
  candidate: Float64Array,
  steps: number,
  grows = true,
): Clearance | null {
  if (legacy.length < LEAST_LEGACY || candidate.length === 0) return null;
  const threshold = ALPHA / steps;
  const slower = countAbove(candidate, SLOWER * legacy[lowerIndex(legacy.length)]!);
  const pValue = binomialCdf(slower, candidate.length, TAIL);
  const growth = pValue < threshold ? 1 : grows ? growthToClear(legacy, candidate, threshold) : null;
  const more = ({ length }: Float64Array, times: number) => Math.ceil(length * times) - length;
  return {
    requests: candidate.length,
    slower,
    pValue,
    threshold,
    moreNeeded: growth === null ? null : { legacy: more(legacy, growth), candidate: more(candidate, growth) },
  };
}

/**
 * How many times the calls there were would do, if those to come are as those so far. More legacy calls let the p95 be
 * known better, so that the limit rises too. Null where none would.
 */
function growthToClear(legacy: Float64Array, candidate: Float64Array, threshold: number): number | null {
  const clears = (times: number) => {
    const legacyCount = legacy.length * times;
    const index = Math.floor((lowerIndex(legacyCount) / legacyCount) * legacy.length);
    const slower = countAbove(candidate, SLOWER * legacy[index]!);
    return binomialCdf(slower * times, Math.ceil(candidate.length * times), TAIL) < threshold;
  };
  let enough = 2;
  while (!clears(enough)) {
    enough *= 2;
    if (enough > FARTHEST) return null;
  }
  let tooFew = enough / 2;
  while (enough - tooFew > 0.01 * tooFew) {
    const middle = (enough + tooFew) / 2;
    if (clears(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
