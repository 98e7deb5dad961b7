import { type PathNoise, ReplyNoise } from '../comparing/index.ts';
import { essence, masked } from './over-api.ts';
import type { GoldenCase, GoldenRegression, GoldenResult } from './types.ts';

export const LEAST_REPEATS = 5;
export const MOST_REPEATS = 20;
/** Of a false alarm in the paths of a suite, all its cases together. */
const ALPHA = 0.05;
const STEPS = 200;

/** A recorded case, and what its own service and the other one say to it now. */
export interface Repeated {
  recorded: GoldenCase;
  controls: readonly GoldenResult[];
  candidates: readonly GoldenResult[];
}

/** A reply that was recorded, one of the same service now, and one of the other. */
export interface Texts {
  id: string;
  legacy: string;
  control: string;
  candidate: string;
}

/**
 * Paths in which the candidate differs from the recording more often than the recorded service itself does now. The rule
 * on paths is made for thousands of replies; a handful must also be more than chance gives.
 *
 * @param cases Cases of the suite, which share the chance of a false alarm.
 */
export function pathRegressions(
  { recorded, controls, candidates }: Repeated,
  cases: number,
): GoldenRegression[] {
  const noise = new ReplyNoise();
  const asReply = (result: GoldenResult) => ({ reply: essence(result), error: null });
  const legacy = asReply(recorded.result);
  for (const [turn, candidate] of candidates.entries()) {
    const control = controls[turn];
    if (control)
      noise.add({ id: `${turn}`, legacy, control: asReply(control), candidate: asReply(candidate) });
  }
  const { paths, triples } = noise.verdict;
  return paths
    .filter((path) => chanceOf(path, triples) <= ALPHA / cases)
    .map(({ path, raw, noise }) => ({
      case: recorded.pattern.name,
      path: path.replace(/^reply\.?/, ''),
      expected: { differing: noise, of: triples },
      actual: { differing: raw, of: triples },
    }));
}

/** The triples of texts that a repeated case gives. */
export const textsOf = ({ recorded, controls, candidates }: Repeated): Texts[] =>
  candidates.flatMap((candidate, turn) =>
    recorded.result.replies.flatMap((legacy, place) => {
      const [control, text] = [controls[turn]?.replies[place], candidate.replies[place]];
      if (control === undefined || text === undefined) return [];
      const id = `${recorded.pattern.name} ${turn} ${place}`;
      return [{ id, legacy: masked(legacy), control: masked(control), candidate: masked(text) }];
    }),
  );

/** Whether all texts together are farther from the recorded ones than the recorded service is from itself. */
export function textRegressions(texts: readonly Texts[]): GoldenRegression[] {
  const noise = new ReplyNoise();
  const said = (reply: string) => ({ reply, error: null });
  for (const { id, legacy, control, candidate } of texts)
    noise.add({ id, legacy: said(legacy), control: said(control), candidate: said(candidate) });
  const { differs, texts: counted, farther, peak, threshold } = noise.verdict;
  if (!differs) return [];
  return [
    {
      case: '*',
      path: 'replies',
      expected: { farther: counted / 2, of: counted, evidenceBelow: threshold },
      actual: { farther, of: counted, evidence: peak },
    },
  ];
}

/** How likely such a lead is at most where both differ equally often, however often that is. */
function chanceOf({ raw, noise }: PathNoise, of: number): number {
  let most = 0;
  for (let step = 1; step < STEPS; step += 1) {
    const probabilities = binomial(of, step / STEPS);
    let chance = 0;
    for (let a = 0; a <= of; a += 1)
      for (let b = 0; b + raw - noise <= a; b += 1) chance += probabilities[a]! * probabilities[b]!;
    most = Math.max(most, chance);
  }
  return most;
}

function binomial(n: number, p: number): number[] {
  const probabilities = [(1 - p) ** n];
  for (let k = 1; k <= n; k += 1)
    probabilities.push((probabilities[k - 1]! * (n - k + 1) * p) / (k * (1 - p)));
  return probabilities;
}
