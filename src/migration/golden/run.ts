import { JobFailure, type JobKind, type Run, type Usage } from '../../jobs/index.ts';
import type { ServiceVersion } from '../../services/chat/index.ts';
import type { Db } from '../../store/index.ts';
import { inOrder } from './file.ts';
import { regressionsOf } from './judging.ts';
import { play, type Stage } from './playing.ts';
import { pathRegressions, type Texts, textRegressions, textsOf } from './repeating.ts';
import { readSuite } from './suites.ts';
import { type GoldenCase, type GoldenRegression, type GoldenResult, LIMITS } from './types.ts';

export const GOLDEN_RUN = 'GOLDEN_RUN';

const AT_ONCE = 2;
const TIMEOUT_MS = 6 * 60 * 60_000;
const MOST_REGRESSIONS = 1_000;
/** Regressions of a case that its run's log names. */
const LOGGED = 5;

/** What a run is asked. */
export interface GoldenRunInput {
  /** As it was when the run was accepted. */
  suite: { name: string; service: ServiceVersion; recordedAt: string; cases: number };
  service: ServiceVersion;
  /** 1: every reply has to be the recorded one. More: the services may vary, and are compared by how much. */
  repeats: number;
  /** Those of a copy. Absent: the suite's own, for as long as it is the one that was accepted. */
  cases?: readonly GoldenCase[];
}

export interface GoldenRunOutput {
  /** At most 1,000. */
  regressions: GoldenRegression[];
  /** Those beyond them. */
  more: number;
}

interface Outcome {
  regressions: GoldenRegression[];
  texts: Texts[];
  usage: Usage;
}

/** Plays a suite's patterns again and tells what has changed. Each case is a step: none is asked for twice. */
export function goldenRunKind({
  db,
  callMs = LIMITS.callMs,
  ...rest
}: Omit<Stage, 'callMs'> & { db: Db; callMs?: number }): JobKind<GoldenRunInput> {
  const stage = { ...rest, callMs };
  return {
    kind: GOLDEN_RUN,
    concurrency: AT_ONCE,
    timeoutMs: TIMEOUT_MS,
    async work(run): Promise<GoldenRunOutput> {
      const cases = await run.step('suite', () => casesOf(db, run.input));
      const regressions: GoldenRegression[] = [];
      const texts: Texts[] = [];
      for (const [place, recorded] of cases.entries()) {
        await run.progress(place + 1, cases.length, recorded.pattern.name);
        const outcome = await run.step(
          `case ${place + 1}`,
          async (signal) => {
            const found = await verify(recorded, cases.length, run.input, stage, signal);
            await tell(run, found.regressions);
            return found;
          },
          ({ usage }) => usage,
        );
        regressions.push(...outcome.regressions);
        texts.push(...outcome.texts);
      }
      const whole = textRegressions(texts);
      regressions.push(...whole);
      await tell(run, whole);
      const told = regressions.slice(0, MOST_REGRESSIONS);
      return { regressions: told, more: regressions.length - told.length };
    },
  };
}

/** The suite as it was accepted: a recording that replaced it says something else. */
async function casesOf(db: Db, { suite, cases }: GoldenRunInput): Promise<GoldenCase[]> {
  if (cases) return cases.map(inOrder);
  const found = await readSuite(db, suite.name);
  if (!found || found.recordedAt.toISOString() !== suite.recordedAt)
    throw new JobFailure(
      'SUITE_CHANGED',
      `The suite ${suite.name} was recorded again, or is gone. Start anew.`,
    );
  return [...found.cases];
}

async function verify(
  recorded: GoldenCase,
  cases: number,
  { suite, service, repeats }: GoldenRunInput,
  stage: Stage,
  signal: AbortSignal,
): Promise<Outcome> {
  const usage: Usage = { inputTokens: 0, outputTokens: 0, modelCalls: 0 };
  const asked = async (version: ServiceVersion): Promise<GoldenResult> => {
    const played = await play(recorded.pattern, version, stage, signal);
    usage.inputTokens += played.usage.inputTokens;
    usage.outputTokens += played.usage.outputTokens;
    usage.modelCalls += played.calls;
    return played.result;
  };
  if (repeats === 1) return { regressions: regressionsOf(recorded, await asked(service)), texts: [], usage };

  const controls: GoldenResult[] = [];
  const candidates: GoldenResult[] = [];
  for (let turn = 0; turn < repeats; turn += 1) {
    const control = await asked(suite.service);
    // Without it nothing can be said; it must not pass for noise.
    if (control.error !== null)
      throw new JobFailure(
        'CONTROL_FAILED',
        `The recorded service (${suite.service}) failed in ${recorded.pattern.name}: ${control.error}`,
        { retryable: true },
      );
    controls.push(control);
    candidates.push(await asked(service));
  }
  const repeated = { recorded, controls, candidates };
  return { regressions: pathRegressions(repeated, cases), texts: textsOf(repeated), usage };
}

async function tell(run: Run<GoldenRunInput>, regressions: readonly GoldenRegression[]): Promise<void> {
  for (const { case: name, path } of regressions.slice(0, LOGGED))
    await run.log('WARN', `Regression detected in ${name}: ${path}`);
  if (regressions.length > LOGGED) await run.log('WARN', `… and ${regressions.length - LOGGED} more`);
}
