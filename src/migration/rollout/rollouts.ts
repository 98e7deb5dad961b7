import { InvalidStateError } from '../../errors.ts';
import type { Job, Jobs } from '../../jobs/index.ts';
import type { FeatureName } from '../../services/chat/types.ts';
import { InputCheck } from '../../services/input.ts';
import type { Viewer } from '../../services/viewer.ts';
import { type Db, storable, type Trx } from '../../store/index.ts';
import type { Feature } from '../flags/index.ts';
import { type AcceptedRollout, ROLLOUT, type RolloutInput } from './rollout.ts';
import { ROLLED_BACK } from './watch.ts';

const MOST_STEPS = 20;
const LONGEST_STEP_SECONDS = 7 * 86_400;
const MOST_REQUESTS = 100_000;
const LONGEST_REASON = 500;
/** Features whose calls are measured; without calls there is no evidence, and a rollout would hold for ever. */
const MEASURED: readonly FeatureName[] = ['LLM', 'CHAT', 'SCENARIO', 'WATCH'];

interface Needs {
  db: Db;
  jobs: Jobs;
  feature: (name: FeatureName) => Feature;
}

/** Starts rollouts: one at a time of each feature. */
export class Rollouts {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Accepts a rollout; follow its job to see each decision and what it rests on.
   *
   * @throws {InvalidInputError}
   * @throws {InvalidStateError} One of the feature is under way, its share is beyond the first step already, or the
   * environment holds it off.
   */
  async start(viewer: Viewer, request: RolloutInput): Promise<Job> {
    check(request);
    const { db, jobs } = this.#needs;
    const { feature, steps } = request;
    const first = steps[0] ?? 0;
    const now = this.#needs.feature(feature);
    if (now.source === 'ENVIRONMENT')
      throw new InvalidStateError(`USE_NEW_${feature} decides on ${feature} in this process.`, 'ENVIRONMENT');
    if (now.enabled && now.rolloutPercentage > first)
      throw new InvalidStateError(
        `${feature} is at ${now.rolloutPercentage} % already; a rollout would begin by taking sessions away.`,
        `${now.rolloutPercentage} %`,
      );
    return db.transaction().execute(async (trx) => {
      const busy = await rolloutOf(trx, feature);
      if (busy) throw new InvalidStateError(`A rollout of ${feature} is under way: ${busy.id}.`, busy.status);
      const before = await lastChangeOf(trx, feature);
      const input: AcceptedRollout = { ...request, reason: storable(request.reason), before };
      return jobs.start(trx, { kind: ROLLOUT, owner: viewer.owner, input, subject: feature });
    });
  }

  /** How many are under way, of each feature that has one. */
  async underWay(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#needs.db
      .selectFrom('jobs')
      .select('subject')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('kind', '=', ROLLOUT)
      .where('finished_at', 'is', null)
      .groupBy('subject')
      .execute();
    return new Map(rows.map(({ subject, count }) => [subject ?? '', Number(count)]));
  }

  /** The share that the rollout set last; 0 before the first step, and where it went back. */
  percentageOf(job: Job): number {
    if (job.error?.code === ROLLED_BACK) return 0;
    return (job.input as RolloutInput).steps[(job.progress?.step ?? 0) - 1] ?? 0;
  }
}

/** The feature's unfinished rollout. The feature's row is held, so that the next one who asks waits for this answer. */
async function rolloutOf(trx: Trx, feature: FeatureName) {
  await trx.selectFrom('features').select('name').where('name', '=', feature).forUpdate().execute();
  return trx
    .selectFrom('jobs')
    .select(['id', 'status'])
    .where('kind', '=', ROLLOUT)
    .where('subject', '=', feature)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
}

/** What was in force; whoever changes the feature waits for this transaction, which holds its row. */
async function lastChangeOf(trx: Trx, feature: FeatureName): Promise<AcceptedRollout['before']> {
  const row = await trx
    .selectFrom('features')
    .selectAll()
    .where('name', '=', feature)
    .executeTakeFirstOrThrow();
  return (
    row.changed_at && {
      at: row.changed_at.toISOString(),
      by: row.changed_by ?? '',
      reason: row.change_reason ?? '',
      enabled: row.enabled,
      rolloutPercentage: row.rollout_percentage,
    }
  );
}

function check({ feature, steps, minRequestsPerStep, stepSeconds, reason }: RolloutInput): void {
  const rises = steps.every(
    (step, place) => Number.isInteger(step) && step > (steps[place - 1] ?? 0) && step <= 100,
  );
  new InputCheck()
    .require(
      MEASURED.includes(feature),
      'feature',
      `must be one of ${MEASURED.join(', ')}, whose calls are measured; set the share of the others with setFeature`,
    )
    .require(steps.length >= 1 && steps.length <= MOST_STEPS, 'steps', `must be 1 to ${MOST_STEPS} shares`)
    .require(rises, 'steps', 'must be whole numbers from 1 to 100, each above the one before')
    .range('minRequestsPerStep', minRequestsPerStep, 1, MOST_REQUESTS)
    .range('stepSeconds', stepSeconds, 0, LONGEST_STEP_SECONDS)
    .text('reason', reason, LONGEST_REASON)
    .done();
}
