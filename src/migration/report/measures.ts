import type { ComparisonReport, LatencyComparison } from '../verdicts/index.ts';
import { change, duration, mebibytes, percent, scientific } from './figures.ts';
import { LABELS } from './phrases.ts';

/** A measure, its legacy value, its new one, and the improvement, as texts. */
export type Measure = [name: string, legacy: string, candidate: string, improvement: string];

export function measuresOf(report: ComparisonReport): Measure[] {
  const labels = LABELS[report.language];
  const { responseTime, firstText, errorRate, memoryUsage } = report;
  const { legacy, candidate } = responseTime;
  const known = (value: number | null, format: (value: number) => string) =>
    value === null ? '–' : format(value);
  const latencies = (name: string, times: LatencyComparison): Measure[] =>
    (['p50Ms', 'p95Ms', 'p99Ms'] as const).map((cut) => [
      `${name} ${cut.slice(0, 3)}`,
      known(times.legacy[cut], duration),
      known(times.candidate[cut], duration),
      cut === 'p99Ms' ? '' : known(times[cut === 'p50Ms' ? 'improvementP50' : 'improvementP95'], change),
    ]);
  const told = firstText.legacy.requests + firstText.candidate.requests > 0;
  return [
    [labels.requests, String(legacy.requests), String(candidate.requests), ''],
    [labels.sessions, String(legacy.sessions), String(candidate.sessions), ''],
    ...latencies(labels.responseTime, responseTime),
    ...(told ? latencies(labels.firstText, firstText) : []),
    [
      labels.errorRate,
      known(errorRate.legacy, percent),
      known(errorRate.candidate, percent),
      known(errorRate.improvement, change),
    ],
    [
      labels.memory,
      known(memoryUsage.legacyBytes, mebibytes),
      known(memoryUsage.candidateBytes, mebibytes),
      known(memoryUsage.improvement, change),
    ],
  ];
}

/** What the evidence says beside the e-values, one sentence each. */
export function remarksOn({ evidence, language }: ComparisonReport): string[] {
  const labels = LABELS[language];
  const { split, memory } = evidence;
  const { clearance } = evidence.responseTime;
  const remarks: string[] = [];
  if (clearance) {
    const { slower, requests, pValue, threshold, moreNeeded } = clearance;
    remarks.push(labels.clearing(slower, requests, scientific(pValue), scientific(threshold)));
    if (!moreNeeded) remarks.push(labels.neverEnough);
    else if (moreNeeded.candidate > 0) remarks.push(labels.moreNeeded(moreNeeded.candidate));
  }
  const chance = split.pValue === null ? labels.unknown : scientific(split.pValue);
  remarks.push(labels.split(split.candidate, split.sessions, split.expected.toFixed(0), chance));
  if (memory) remarks.push(labels.windows(memory.windows.length, memory.longestRun));
  return remarks;
}
