import { type InputIssue, InvalidInputError } from '../../errors.ts';
import type { FeatureName } from '../../services/chat/types.ts';
import type { Alone } from './alone.ts';
import { Arm, compareTimes, improvement, type Times } from './arm.ts';
import { clearanceOf } from './clearing.ts';
import { distributionOf } from './distribution.ts';
import { ErrorProcess } from './error-evidence.ts';
import { CONFIRMING } from './levels.ts';
import { memoryVerdict } from './memory-evidence.ts';
import { P95Evidence } from './p95-evidence.ts';
import { recommend } from './recommendation.ts';
import { Split } from './split.ts';
import type { Call, ComparisonReport, Evidence, Language, LatencyEvidence, MemorySample } from './types.ts';

/** Calls, or samples, of one comparison. */
const MOST = 1_000_000;

interface Material {
  feature: FeatureName;
  /** In any order; those outside the period are left out. */
  calls: readonly Call[];
  memory: readonly MemorySample[];
  /** The period, from and including `since`, up to but not including `until`. */
  since: Date;
  until: Date;
  /** Looks at which a ramp may be let on: its steps. */
  steps: number;
  /** The new service's share of sessions that the flag promises, 0 to 1; null: as each call says. */
  expectedShare: number | null;
  language: Language;
}

/**
 * Compares the services on what users had of them, and says what to do with the traffic. One pass over the calls in the
 * order of their time; 100,000 take a fraction of a second.
 *
 * @throws {InvalidInputError} More than 1,000,000 calls or samples, or a number that cannot be.
 */
export function compare(material: Material): ComparisonReport {
  refuseNonsense(material);
  const { calls, since, until, expectedShare } = material;
  const comparison = new Comparison({ expectedShare });
  for (const call of inOrder(calls, since, until)) comparison.add(call);
  return comparison.report(material);
}

interface Scope {
  /** The new service's share of sessions that the flag promises, 0 to 1; null: as each call says. */
  expectedShare: number | null;
  /** Times of each service, and sessions, that are kept; of more, a sample. Absent: all. */
  most?: number;
  /**
   * The errors go on counting where the new service has all the traffic, by what the legacy one did before; a function
   * tells such calls from those of sessions that a rule picked out.
   */
  judgesAlone?: boolean | ((call: Call) => boolean);
}

/**
 * A comparison that grows by the call. Its evidence counts every one of them, however many; what it keeps is bounded by
 * `most`.
 */
export class Comparison {
  readonly #arms: Readonly<Record<Call['version'], Arm>>;
  readonly #split: Split;
  readonly #errors: ErrorProcess;
  readonly #total: P95Evidence;
  readonly #firstText: P95Evidence;

  constructor({ expectedShare, most, judgesAlone }: Scope) {
    this.#arms = { LEGACY: new Arm(most), NEW: new Arm(most) };
    this.#split = new Split(expectedShare, most);
    this.#errors = new ErrorProcess(most, judgesAlone);
    this.#total = new P95Evidence(most);
    this.#firstText = new P95Evidence(most);
  }

  /** Each call once, in the order of their time as far as they are known. */
  add(call: Call): void {
    this.#split.add(call);
    if (call.outcome === 'cancelled') return;
    this.#arms[call.version].add(call);
    this.#errors.add(call);
    judge(this.#total, call, call.durationMs);
    if (call.firstTextMs !== null) judge(this.#firstText, call, call.firstTextMs);
  }

  /** The new service where it has all the traffic; null where that is not judged, or says nothing yet. */
  get alone(): Alone | null {
    return this.#errors.alone;
  }

  /** As of the calls so far. */
  report({
    feature,
    since,
    until,
    memory: samples,
    steps,
    language,
  }: Omit<Material, 'calls' | 'expectedShare'>): ComparisonReport {
    const { LEGACY, NEW } = this.#arms;
    const missing = { legacy: LEGACY.lack, candidate: NEW.lack };
    const enoughData = [missing.legacy, missing.candidate].every(
      ({ requests, sessions }) => requests + sessions === 0,
    );
    const times = { legacy: LEGACY.total(), candidate: NEW.total() };
    const firstTexts = { legacy: LEGACY.firstText(), candidate: NEW.firstText() };
    const bothTell = firstTexts.legacy.ms.length > 0 && firstTexts.candidate.ms.length > 0;
    const memory = memoryVerdict(inOrder(samples, since, until));
    const rates = { legacy: LEGACY.errorRate, candidate: NEW.errorRate };
    const bytes = { legacy: memory?.legacyBytes ?? null, candidate: memory?.candidateBytes ?? null };

    const findings = {
      responseTime: compareTimes(times.legacy, times.candidate),
      errorRate: { ...rates, improvement: improvement(rates.legacy, rates.candidate) },
      memoryUsage: {
        legacyBytes: bytes.legacy,
        candidateBytes: bytes.candidate,
        improvement: improvement(bytes.legacy, bytes.candidate),
      },
      evidence: {
        enoughData,
        missing,
        errors: {
          ...sequential(this.#errors, enoughData ? 'UNCONFIRMED' : 'INSUFFICIENT_DATA'),
          firstErrors: { ...this.#errors.firstErrors },
        },
        responseTime: latencyEvidence(this.#total, times, steps, enoughData),
        firstText: bothTell ? latencyEvidence(this.#firstText, firstTexts, steps, enoughData) : null,
        memory: memory?.evidence ?? null,
        split: this.#split.check(),
      },
    };
    return {
      feature,
      since,
      until,
      ...findings,
      recommendation: recommend(findings, language),
      language,
      firstText: compareTimes(firstTexts.legacy, firstTexts.candidate),
      distribution: distributionOf(times.legacy.ms, times.candidate.ms),
    };
  }
}

function judge(process: P95Evidence, { version }: Call, ms: number): void {
  if (version === 'LEGACY') process.addLegacy(ms);
  else process.addCandidate(ms);
}

/** What is confirmed is so however few calls there were: whoever must go back does not wait for more harm. */
const sequential = ({ eValue, peak }: { eValue: number; peak: number }, otherwise: Evidence) => ({
  evidence: peak >= CONFIRMING ? ('CONFIRMED' as const) : otherwise,
  eValue,
  peak,
  threshold: CONFIRMING,
});

function latencyEvidence(
  process: P95Evidence,
  { legacy, candidate }: { legacy: Times; candidate: Times },
  steps: number,
  enoughData: boolean,
): LatencyEvidence {
  const grows = candidate.requests === candidate.ms.length;
  const clearance = clearanceOf(legacy.ms, candidate.ms, steps, grows);
  const cleared = clearance !== null && clearance.pValue < clearance.threshold;
  const otherwise = !enoughData || !clearance ? 'INSUFFICIENT_DATA' : cleared ? 'CLEARED' : 'UNCONFIRMED';
  const { judged, slower } = process;
  return { ...sequential(process, otherwise), judged, slower, clearance };
}

function inOrder<T extends { at: Date }>(things: readonly T[], since: Date, until: Date): T[] {
  const [from, to] = [since.getTime(), until.getTime()];
  return things
    .filter(({ at }) => at.getTime() >= from && at.getTime() < to)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

const isTime = (ms: number) => Number.isFinite(ms) && ms >= 0;
const isShare = (share: number) => share >= 0 && share <= 1;

function refuseNonsense({ calls, memory, since, until, steps, expectedShare }: Material): void {
  const issues: InputIssue[] = [];
  const require = (ok: boolean, path: string, message: string) => {
    if (!ok) issues.push({ path, message });
  };
  require(since.getTime() < until.getTime(), 'until', 'must be after since');
  require(Number.isInteger(steps) && steps >= 1 && steps <= 100, 'steps', 'must be an integer from 1 to 100');
  require(expectedShare === null || isShare(expectedShare), 'expectedShare', 'must be from 0 to 1');
  for (const [path, { length }] of [['calls', calls] as const, ['memory', memory] as const])
    require(length <= MOST, path, `must be at most ${MOST}; there are ${length}. Ask for a shorter period`);
  const wrongCall = calls.findIndex(
    ({ at, durationMs, firstTextMs, share }) =>
      Number.isNaN(at.getTime()) || !isTime(durationMs) || !isTime(firstTextMs ?? 0) || !isShare(share),
  );
  require(wrongCall < 0, `calls[${wrongCall}]`, 'must have a time, finite durations and a share from 0 to 1');
  const wrongSample = memory.findIndex(
    ({ at, bytes, uptimeSeconds }) => Number.isNaN(at.getTime()) || !isTime(bytes) || !isTime(uptimeSeconds),
  );
  require(wrongSample < 0, `memory[${wrongSample}]`, 'must have a time, and numbers from 0 on');
  if (issues.length > 0) throw new InvalidInputError(issues);
}
