import type { ComparisonReport } from '../verdicts/index.ts';

/** Why the report recommends what it does. */
export const explained = ({ recommendation }: ComparisonReport): string => recommendation.reasons.join(' ');

/** The numbers behind a decision, in one line. */
export function figures({ responseTime, errorRate, evidence }: ComparisonReport): string {
  const { legacy, candidate } = responseTime;
  const { clearance, peak } = evidence.responseTime;
  const parts = [
    `calls ${legacy.requests} legacy, ${candidate.requests} new`,
    `p95 ${milliseconds(legacy.p95Ms)} legacy, ${milliseconds(candidate.p95Ms)} new`,
    `errors ${share(errorRate.legacy)} legacy, ${share(errorRate.candidate)} new`,
    `evidence of errors ${short(evidence.errors.peak)} and of slowness ${short(peak)} of ${evidence.errors.threshold}`,
    ...(clearance ? [`p of clearing ${short(clearance.pValue)}`] : []),
  ];
  return `[${parts.join('; ')}]`;
}

const milliseconds = (ms: number | null) => (ms === null ? '–' : `${ms.toFixed(0)} ms`);

const share = (rate: number | null) => (rate === null ? '–' : `${(100 * rate).toFixed(1)} %`);

const short = (value: number) =>
  value !== 0 && (value < 0.001 || value >= 10_000) ? value.toExponential(1) : value.toPrecision(3);
