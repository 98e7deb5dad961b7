/** What is simulated, and what comes out. */
import { quantile } from './quantile.ts';

export interface Plan {
  seed: number;
  /** Simulated, the warm-up included. */
  seconds: number;
  /** Of what is said before nothing is counted. */
  warmUp: number;
  /** Jobs that come at the same moment; 1: each by itself. */
  burst: number;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

export interface Outcome {
  /** From the request until a follower has the first event, milliseconds. */
  firstEvent: Percentiles;
  /** From the request until it runs. */
  takenUp: Percentiles;
  /** From when a job says something until a follower has it. */
  delivery: Percentiles;
  /** By the model's names, in the second half of what counts. */
  utilisation: Record<string, number>;
  arrived: number;
  ended: number;
  inside: number;
  /** What waits more in the end than in the middle, for each job that came meanwhile: about 0 where it keeps up. */
  growth: number;
}

export function percentiles(values: readonly number[]): Percentiles {
  const of = (share: number) => quantile(values, share);
  return { p50: of(0.5), p95: of(0.95), p99: of(0.99) };
}
