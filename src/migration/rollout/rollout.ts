import { setTimeout as delay } from 'node:timers/promises';
import { UpstreamError } from '../../errors.ts';
import { AttemptStopped, JobFailure, type JobKind, type Run } from '../../jobs/index.ts';
import type { FeatureName } from '../../services/chat/types.ts';
import { isUnavailable } from '../../store/index.ts';
import type { Flags } from '../flags/index.ts';
import type { Reports } from '../measuring/index.ts';
import type { ComparisonReport } from '../verdicts/index.ts';
import { explained, figures } from './explaining.ts';
import { Looks } from './looks.ts';
import { FeatureWatch, ROLLED_BACK } from './watch.ts';

export const ROLLOUT = 'ROLLOUT';

const LOOK_MS = 10_000;
/** A look may take this share of the time; the rest is for everybody else. */
const SHARE_OF_TIME = 10;
/** Tries to tell the flag server of a new share. */
const TRIES = 10;
const AT_ONCE = 100;
const DAY_MS = 86_400_000;
/** An attempt that has run for so long is given to whoever takes it: no attempt may take more than a day. */
const HAND_OVER_MS = DAY_MS - 3_600_000;

/** What a rollout is asked. */
export interface RolloutInput {
  feature: FeatureName;
  /** Shares in percent, each above the one before. */
  steps: readonly number[];
  /** Calls of the new service without which no step is left. */
  minRequestsPerStep: number;
  /** How long each step lasts at least. */
  stepSeconds: number;
  reason: string;
}

interface Needs {
  flags: Pick<Flags, 'set' | 'rollback' | 'feature'>;
  reports: Reports;
  /** Between two looks at the figures. Default: 10,000. */
  lookMs?: number | undefined;
  now: () => Date;
}

/** A step as it was begun, in any attempt. */
interface Begun {
  /** ISO 8601, UTC. */
  at: string;
}

/**
 * Raises a feature's share step by step. At each step it goes back on what is confirmed, goes on where a worse response
 * time is ruled out and there were calls enough, and holds otherwise, for as long as it takes. What it decides, and
 * why, stands in its log. Cancelling it leaves the share where it is.
 */
export function rolloutKind(needs: Needs): JobKind<RolloutInput> {
  return {
    kind: ROLLOUT,
    concurrency: AT_ONCE,
    timeoutMs: DAY_MS,
    async work(run) {
      const rollout = new Rollout(run, needs);
      try {
        return await rollout.walk();
      } catch (error) {
        if (run.signal.aborted && rollout.share !== null && isCancelled(run.signal.reason))
          await run.log('WARN', `Cancelled: ${run.input.feature} stays at ${rollout.share} %.`);
        throw error;
      }
    },
  };
}

class Rollout {
  readonly #run: Run<RolloutInput>;
  readonly #needs: Needs;
  readonly #until: number;
  /** The share as it stands through us; null before the first step. */
  share: number | null = null;

  constructor(run: Run<RolloutInput>, needs: Needs) {
    this.#run = run;
    this.#needs = needs;
    this.#until = performance.now() + HAND_OVER_MS;
  }

  async walk(): Promise<{ percentage: number }> {
    const { steps } = this.#run.input;
    let rolloutBegan: Date | undefined;
    for (const [place, percentage] of steps.entries()) {
      const { at } = await this.#raise(place, percentage);
      rolloutBegan ??= new Date(at);
      await this.#stay(place, percentage, { rollout: rolloutBegan, step: new Date(at) });
    }
    return { percentage: steps.at(-1) ?? 0 };
  }

  /** Sets the share, once: whoever takes the job up later goes on behind it. */
  async #raise(place: number, percentage: number): Promise<Begun> {
    const run = this.#run;
    const { feature, steps } = run.input;
    const begun = await run.step(`${percentage} %`, async (): Promise<Begun> => {
      await this.#tell(place, percentage);
      return { at: this.#needs.now().toISOString() };
    });
    this.share = percentage;
    const said = `${feature}: ${percentage} % of sessions get the new service`;
    await run.progress(place + 1, steps.length, said);
    return begun;
  }

  async #tell(place: number, rolloutPercentage: number): Promise<void> {
    const run = this.#run;
    const { feature, steps } = run.input;
    const change = {
      feature,
      rolloutPercentage,
      reason: this.#reasonOf(place),
      // The first step lifts a rollback from before; no other may lift one that came while this rollout ran.
      ...(place === 0 && { enabled: true }),
    };
    if (place > 0) this.#watchOf(place - 1).look();
    for (let tries = 1; ; tries += 1)
      try {
        await this.#needs.flags.set(change, run.job.owner);
        await run.log(
          'INFO',
          `Step ${place + 1} of ${steps.length}: ${feature} is set to ${rolloutPercentage} %.`,
        );
        return;
      } catch (error) {
        if (!(error instanceof UpstreamError) || !error.retryable || tries === TRIES) throw asFailure(error);
        if (tries === 1) await run.log('WARN', `${error.message} Trying again.`);
        await this.#pause();
      }
  }

  /** Stays at a step until it may be left. */
  async #stay(place: number, percentage: number, began: { rollout: Date; step: Date }): Promise<void> {
    const run = this.#run;
    const { feature, steps, minRequestsPerStep, stepSeconds } = run.input;
    const watch = this.#watchOf(place);
    const looks = new Looks(run, `${percentage} %`, minRequestsPerStep);
    const isLast = place === steps.length - 1;
    const told = new Set<string>();
    for (;;) {
      const lookBegan = performance.now();
      watch.look();
      // One look is of one moment: what it counts, and how long the step has lasted by then.
      const at = this.#needs.now();
      // The evidence of harm may grow over the whole rollout; leave to go on is asked of this step's own calls.
      const whole = await this.#report(began.rollout, at);
      if (whole.recommendation.action === 'ROLLBACK') await this.#goBack(percentage, whole);
      const report = place === 0 ? whole : await this.#report(began.step, at);
      const requests = report.responseTime.candidate.requests;
      const elapsed = (at.getTime() - began.step.getTime()) / 1_000;
      const left = stepSeconds - elapsed;

      if (left <= 0 && requests >= minRequestsPerStep) {
        if (isLast) return run.log('INFO', `Done: ${feature} stays at ${percentage} %. ${figures(report)}`);
        if (await looks.take(report))
          return run.log('INFO', `Going on from ${percentage} %. ${explained(report)} ${figures(report)}`);
      }
      const why = holding({ left, requests, minRequestsPerStep, looks, report });
      if (!told.has(why.key)) {
        told.add(why.key);
        await run.log('INFO', `Holding at ${percentage} %. ${why.text} ${figures(report)}`);
      }
      await this.#pause(SHARE_OF_TIME * (performance.now() - lookBegan));
    }
  }

  async #report(since: Date, at: Date): Promise<ComparisonReport> {
    const { feature, steps } = this.#run.input;
    // A look at the very moment of a step's beginning has a period all the same.
    const until = new Date(Math.max(at.getTime(), since.getTime() + 1));
    try {
      return await this.#needs.reports.compare(
        feature,
        { since, until, steps: steps.length },
        this.#run.signal,
      );
    } catch (error) {
      throw isUnavailable(error) ? new AttemptStopped('store lost', { cause: error }) : error;
    }
  }

  async #goBack(percentage: number, report: ComparisonReport): Promise<never> {
    const run = this.#run;
    const { feature } = run.input;
    const why = explained(report);
    await run.log('ERROR', `Going back from ${percentage} %. ${why} ${figures(report)}`);
    await run.step('roll back', async () => {
      const reason = `${this.#wayBack} ${percentage} %: ${why}`;
      const { healthy, at } = await this.#needs.flags
        .rollback({ features: [feature], reason: reason.slice(0, 1_000) }, run.job.owner)
        .catch((error: unknown) => {
          // It holds in this process; another attempt stores it for all of them.
          throw error instanceof UpstreamError ? new AttemptStopped('store lost', { cause: error }) : error;
        });
      return { at: at.toISOString(), healthy };
    });
    this.share = 0;
    throw new JobFailure(ROLLED_BACK, `${feature} was rolled back from ${percentage} %. ${why}`);
  }

  #watchOf(place: number): FeatureWatch {
    const { feature, steps } = this.#run.input;
    return new FeatureWatch(() => this.#needs.flags.feature(feature), {
      percentage: steps[place] ?? 0,
      reason: this.#reasonOf(place),
      wayBack: this.#wayBack,
    });
  }

  get #wayBack(): string {
    return `Rollout ${this.#run.job.id} went back from`;
  }

  #reasonOf(place: number): string {
    const { job, input } = this.#run;
    return `Rollout ${job.id}, step ${place + 1} of ${input.steps.length}: ${input.reason}`;
  }

  async #pause(atLeastMs = 0): Promise<void> {
    const { signal } = this.#run;
    if (performance.now() > this.#until) throw new AttemptStopped('handed over');
    const { lookMs = LOOK_MS } = this.#needs;
    await delay(Math.max(lookMs, atLeastMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

interface Ground {
  /** Seconds of the step. */
  left: number;
  requests: number;
  minRequestsPerStep: number;
  looks: Looks;
  report: ComparisonReport;
}

/** Why a rollout does not move; said again only where the key has changed. */
function holding({ left, requests, minRequestsPerStep, looks, report }: Ground): {
  key: string;
  text: string;
} {
  if (left > 0) return { key: 'time', text: `The step lasts ${Math.ceil(left)} s more.` };
  if (requests < minRequestsPerStep)
    return { key: 'requests', text: `The new service had ${requests} of ${minRequestsPerStep} calls.` };
  const { action, reasons } = report.recommendation;
  if (action === 'PROMOTE')
    return {
      key: `look ${looks.taken}`,
      text: `Look ${looks.taken} did not clear the response time surely enough; the next one is at ${looks.nextAt} calls.`,
    };
  return {
    key: `look ${looks.taken} ${report.recommendation.issues.map(({ rule }) => rule)}`,
    text: reasons.join(' '),
  };
}

const isCancelled = (reason: unknown) => reason instanceof AttemptStopped && reason.reason === 'cancelled';

const asFailure = (error: unknown) =>
  error instanceof UpstreamError
    ? new JobFailure('UPSTREAM', error.message, { retryable: error.retryable, cause: error })
    : error;
