/** Rounds of a measurement: every mixture in its turn, and of each what took least, because what disturbs only adds. */
import type { Point } from './fit.ts';

/**
 * The first mixture is measured once more before, and thrown away: it warms up.
 *
 * @param measure Gives points by what they tell of; of one that says nothing none.
 */
export async function inTurns<Mixture>(
  rounds: number,
  mixtures: readonly Mixture[],
  measure: (mixture: Mixture) => Promise<Record<string, Point>>,
): Promise<(of: string) => Point[]> {
  const best = mixtures.map(() => ({}) as Record<string, Point>);
  for (const mixture of mixtures.slice(0, 1)) await measure(mixture);
  for (let round = 0; round < rounds; round++)
    for (const [i, mixture] of mixtures.entries())
      for (const [of, point] of Object.entries(await measure(mixture))) {
        const known = best[i]?.[of];
        if (best[i] && (!known || point.took < known.took)) best[i][of] = point;
      }
  return (of) => best.flatMap((points) => points[of] ?? []);
}
