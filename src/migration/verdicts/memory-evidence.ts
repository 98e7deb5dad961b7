import { LARGER } from './levels.ts';
import { median } from './quantiles.ts';
import type { MemoryEvidence, MemorySample } from './types.ts';

const WARM_UP_SECONDS = 300;
/** Samples are 10 s apart; timers are not that exact. */
const APART_MS = 9_000;
const SAMPLES_PER_WINDOW = 30;
const RUN_TO_CONFIRM = 3;
const WINDOWS_KEPT = 100;

export interface MemoryVerdict {
  /** Of all samples that count; null before there are any. */
  legacyBytes: number | null;
  candidateBytes: number | null;
  evidence: MemoryEvidence;
}

/**
 * Compares what the services hold. Samples of one process depend on each other, so that no probability can be had from
 * them: medians of at least 30 samples of each service over the same time are compared instead, and three times
 * too much in a row confirms.
 *
 * @param samples In the order of their time.
 * @returns Null where one of the services has no samples: its memory cannot be told apart.
 */
export function memoryVerdict(samples: readonly MemorySample[]): MemoryVerdict | null {
  const both = new Set(samples.map(({ version }) => version)).size === 2;
  if (!both) return null;

  const all = { LEGACY: [] as number[], NEW: [] as number[] };
  const window = { LEGACY: [] as number[], NEW: [] as number[] };
  const lastAt = { LEGACY: Number.NEGATIVE_INFINITY, NEW: Number.NEGATIVE_INFINITY };
  const windows: MemoryEvidence['windows'] = [];
  let run = 0;
  let longestRun = 0;
  for (const { version, at, bytes, uptimeSeconds } of samples) {
    if (uptimeSeconds < WARM_UP_SECONDS || at.getTime() - lastAt[version] < APART_MS) continue;
    lastAt[version] = at.getTime();
    all[version].push(bytes);
    window[version].push(bytes);
    if (Math.min(window.LEGACY.length, window.NEW.length) < SAMPLES_PER_WINDOW) continue;
    const closed = { legacyBytes: median(window.LEGACY)!, candidateBytes: median(window.NEW)! };
    windows.push(closed);
    run = closed.candidateBytes > LARGER * closed.legacyBytes ? run + 1 : 0;
    longestRun = Math.max(longestRun, run);
    window.LEGACY = [];
    window.NEW = [];
  }

  return {
    legacyBytes: median(all.LEGACY),
    candidateBytes: median(all.NEW),
    evidence: {
      evidence:
        windows.length === 0
          ? 'INSUFFICIENT_DATA'
          : longestRun >= RUN_TO_CONFIRM
            ? 'CONFIRMED'
            : 'UNCONFIRMED',
      windows: windows.slice(-WINDOWS_KEPT),
      longestRun,
    },
  };
}
