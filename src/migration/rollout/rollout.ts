import { setTimeout as delay } from 'node:timers/promises';
import { UpstreamError } from '../../errors.ts';
import { AttemptStopped, JobFailure, type JobKind, type Run } from '../../jobs/index.ts';
import type { FeatureName } from '../../services/chat/types.ts';
import { isUnavailable } from '../../store/index.ts';
import type { FeatureChange, Flags } from '../flags/index.ts';
import type { FollowedReports, Look, Reports } from '../measuring/index.ts';
import type { ComparisonReport } from '../verdicts/index.ts';
import { againstEnding, type Ending } from './ending.ts';
import { explained, figures } from './explaining.ts';
import { Looks } from './looks.ts';
import { FeatureWatch, interruptedBy, ROLLED_BACK } from './watch.ts';

export const ROLLOUT = 'ROLLOUT';

const LOOK_MS = 10_000;
/** A look may take this share of the time; the rest is for everybody else. */
const SHARE_OF_TIME = 10;
/** Tries to tell the flag server of a new share. */
const TRIES = 10;
/** Changes of a feature that are looked through for what others did; a rollout makes 20 itself at most. */
const CHANGES = 100;
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

/** A rollout as it was accepted. */
export interface AcceptedRollout extends RolloutInput {
  /** The feature's last change by then; only what it did may be lifted. */
  before: (Omit<FeatureChange, 'at'> & { at: string }) | null;
}

interface Needs {
  flags: Pick<Flags, 'set' | 'rollback' | 'feature' | 'history'>;
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
export function rolloutKind(needs: Needs): JobKind<AcceptedRollout> {
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
  readonly #run: Run<AcceptedRollout>;
  readonly #needs: Needs;
  readonly #until: number;
  /** The share as it stands through us; null before the first step. */
  share: number | null = null;

  constructor(run: Run<AcceptedRollout>, needs: Needs) {
    this.#run = run;
    this.#needs = needs;
    this.#until = performance.now() + HAND_OVER_MS;
  }

  async walk(): Promise<{ percentage: number }> {
    const run = this.#run;
    const { feature, steps } = run.input;
    let evidence: FollowedReports | undefined;
    for (const [place, percentage] of steps.entries()) {
      const { at } = await this.#raise(place, percentage);
      const began = new Date(at);
      evidence ??= this.#needs.reports.follow(feature, began, steps.length);
      evidence.beginStep(began, percentage);
      const looks = evidence;
      // Kept as a step of the job, so that whoever takes it up does not stay again where it is gone on from.
      await run.step(`stay at ${percentage} %`, async () => {
        await this.#stay(place, percentage, began, looks);
        return { left: this.#needs.now().toISOString() };
      });
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
      // The first step lifts a rollback from before it was accepted; no other may lift one.
      ...(place === 0 && { enabled: true }),
    };
    if (place > 0) this.#watchOf(place - 1).look(this.#needs.now());
    for (let tries = 1; ; tries += 1)
      try {
        // An attempt that was lost may have set it already.
        if (!(await this.#isSet(place))) await this.#needs.flags.set(change, run.job.owner);
        await this.#isSet(place);
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

  /**
   * Whether the rollout has set the step.
   *
   * @throws {JobFailure} INTERRUPTED: somebody else changed the feature since the rollout was accepted. A rollback that
   * our own change lifted in the same moment is put back before.
   */
  async #isSet(place: number): Promise<boolean> {
    const { feature } = this.#run.input;
    const changes = await this.#changes();
    const theirs = changes.findIndex((change) => !this.#isOurs(change));
    const other = changes[theirs];
    if (!other) return changes.some(({ reason }) => reason === this.#reasonOf(place));
    if (theirs > 0 && place === 0 && !other.enabled) {
      const reason = `Put back, for ${this.#name} lifted it in the same moment: ${other.reason}`;
      await this.#rollBack(reason, other.by);
    }
    throw interruptedBy(feature, other);
  }

  /** Of the feature, since the rollout was accepted; the newest first. */
  async #changes(): Promise<FeatureChange[]> {
    const { flags } = this.#needs;
    const { feature, before } = this.#run.input;
    const stored = await orStopped(flags.history(feature, CHANGES));
    const accepted = stored.findIndex((change) => this.#isBefore(change));
    const changes = accepted < 0 ? stored : stored.slice(0, accepted);
    // A rollback that could not be stored yet holds in this process alone.
    const { lastChange } = flags.feature(feature);
    const isNew = lastChange && !this.#isBefore(lastChange) && lastChange.at >= new Date(before?.at ?? 0);
    return isNew && !this.#isOurs(lastChange) ? [lastChange, ...changes] : changes;
  }

  /** Stays at a step until it may be left. */
  async #stay(place: number, percentage: number, began: Date, evidence: FollowedReports): Promise<void> {
    const run = this.#run;
    const { feature, steps, minRequestsPerStep, stepSeconds } = run.input;
    const watch = this.#watchOf(place);
    const looks = new Looks(run, `${percentage} %`, minRequestsPerStep);
    const isLast = place === steps.length - 1;
    const told = new Set<string>();
    for (;;) {
      const lookBegan = performance.now();
      // One look is of one moment: what it counts, and how long the step has lasted by then.
      const at = this.#needs.now();
      watch.look(at);
      // The evidence of harm grows over the whole rollout; leave to go on is asked of this step's own calls.
      const look = await this.#look(evidence, began, at);
      const { whole, step: report } = look;
      if (whole.recommendation.action === 'ROLLBACK') await this.#goBack(percentage, whole);
      const requests = report.responseTime.candidate.requests;
      const elapsed = (at.getTime() - began.getTime()) / 1_000;
      const left = stepSeconds - elapsed;

      let ending: Ending | null = null;
      if (left <= 0 && requests >= minRequestsPerStep) {
        // At 100 % there is no traffic left to clear the response time with.
        if (isLast && percentage === 100) ending = againstEnding(look);
        const mayBeLeft = percentage === 100 ? ending === null : await looks.take(report);
        if (mayBeLeft)
          return run.log(
            'INFO',
            isLast
              ? `Done: ${feature} stays at ${percentage} %. ${figures(report)}`
              : `Going on from ${percentage} %. ${explained(report)} ${figures(report)}`,
          );
      }
      const why = ending ?? holding({ left, requests, minRequestsPerStep, looks, report });
      if (!told.has(why.key)) {
        told.add(why.key);
        await run.log('INFO', `Holding at ${percentage} %. ${why.text} ${figures(report)}`);
      }
      await this.#pause(SHARE_OF_TIME * (performance.now() - lookBegan));
    }
  }

  async #look(evidence: FollowedReports, began: Date, at: Date): Promise<Look> {
    // A look at the very moment of a step's beginning has a period all the same.
    const until = new Date(Math.max(at.getTime(), began.getTime() + 1));
    return orStopped(evidence.look(until, this.#run.signal));
  }

  async #goBack(percentage: number, report: ComparisonReport): Promise<never> {
    const run = this.#run;
    const { feature } = run.input;
    const why = explained(report);
    await run.log('ERROR', `Going back from ${percentage} %. ${why} ${figures(report)}`);
    await run.step('roll back', async () => {
      const reason = `${this.#wayBack} ${percentage} %: ${why}`;
      const { healthy, at } = await this.#rollBack(reason, run.job.owner);
      return { at: at.toISOString(), healthy };
    });
    this.share = 0;
    throw new JobFailure(ROLLED_BACK, `${feature} was rolled back from ${percentage} %. ${why}`);
  }

  #rollBack(reason: string, by: string): ReturnType<Flags['rollback']> {
    const { feature } = this.#run.input;
    return this.#needs.flags
      .rollback({ features: [feature], reason: reason.slice(0, 1_000) }, by)
      .catch((error: unknown) => {
        // It holds in this process; another attempt stores it for all of them.
        throw error instanceof UpstreamError ? new AttemptStopped('store lost', { cause: error }) : error;
      });
  }

  #watchOf(place: number): FeatureWatch {
    const { feature, steps } = this.#run.input;
    return new FeatureWatch(() => this.#needs.flags.feature(feature), {
      percentage: steps[place] ?? 0,
      isKnown: (change) => this.#isOurs(change) || this.#isBefore(change),
      wayBack: this.#wayBack,
    });
  }

  get #name(): string {
    return `Rollout ${this.#run.job.id}`;
  }

  get #wayBack(): string {
    return `${this.#name} went back from`;
  }

  #reasonOf(place: number): string {
    const { steps, reason } = this.#run.input;
    return `${this.#name}, step ${place + 1} of ${steps.length}: ${reason}`;
  }

  #isOurs({ reason }: FeatureChange): boolean {
    return reason.startsWith(`${this.#name},`);
  }

  /** It is the change that was in force when the rollout was accepted. */
  #isBefore({ at, by, reason, enabled, rolloutPercentage }: FeatureChange): boolean {
    const { before } = this.#run.input;
    return (
      before?.at === at.toISOString() &&
      before.by === by &&
      before.reason === reason &&
      before.enabled === enabled &&
      before.rolloutPercentage === rolloutPercentage
    );
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

const orStopped = <Result>(asked: Promise<Result>): Promise<Result> =>
  asked.catch((error: unknown) => {
    throw isUnavailable(error) ? new AttemptStopped('store lost', { cause: error }) : error;
  });
