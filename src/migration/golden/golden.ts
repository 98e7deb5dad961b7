import { InvalidInputError, NotFoundError, RateLimitedError, UpstreamError } from '../../errors.ts';
import type { Job, Jobs } from '../../jobs/index.ts';
import type { ServiceVersion } from '../../services/chat/index.ts';
import { InputCheck } from '../../services/input.ts';
import { Slots } from '../../services/slots.ts';
import type { Viewer } from '../../services/viewer.ts';
import type { Db } from '../../store/index.ts';
import { fromFile, LONGEST_FILE, toFile } from './file.ts';
import { checkPatterns, defaultPatterns, LONGEST_NAME, type PatternInput } from './patterns.ts';
import { play, type Stage } from './playing.ts';
import { LEAST_REPEATS, MOST_REPEATS } from './repeating.ts';
import { GOLDEN_RUN, type GoldenRunInput, type GoldenRunOutput } from './run.ts';
import { copyOf, deleteSuite, keepSuite, listSuites, readSuite } from './suites.ts';
import {
  callsOf,
  type GoldenCase,
  type GoldenLimits,
  type GoldenPattern,
  type GoldenRegression,
  type GoldenSuite,
  type GoldenSuiteSummary,
  LIMITS,
} from './types.ts';

export interface GoldenNeeds extends Omit<Stage, 'callMs'> {
  db: Db;
  jobs: Jobs;
  /** That the default patterns switch to. */
  otherModel: string;
  limits?: Partial<GoldenLimits>;
  now: () => Date;
}

export interface RecordGolden {
  name: string;
  service: ServiceVersion;
  /** Absent: the default ones. */
  patterns?: readonly PatternInput[] | null | undefined;
}

export interface VerifyGolden {
  name: string;
  service: ServiceVersion;
  /** 1 unless given: every reply must be the recorded one. 5 to 20 for services whose replies vary. */
  repeats?: number | undefined;
}

/** Records what a service answers, and has it compared with later answers. Suites belong to nobody: operators share them. */
export class Golden {
  readonly #needs: GoldenNeeds;
  readonly #limits: GoldenLimits;

  constructor(needs: GoldenNeeds) {
    this.#needs = needs;
    this.#limits = { ...LIMITS, ...needs.limits };
  }

  /**
   * Has each pattern's conversation with the service and keeps what came of it, under a name that may be there already.
   * Nothing of any session is touched.
   *
   * @throws {InvalidInputError}
   * @throws {UpstreamError} The service failed in one of the patterns; nothing is kept.
   */
  async record(input: RecordGolden, signal: AbortSignal): Promise<GoldenSuiteSummary> {
    const { db, scenarios, otherModel, now } = this.#needs;
    const { name, service } = input;
    const check = new InputCheck().text('name', name, LONGEST_NAME);
    const patterns = checkPatterns(check, input.patterns ?? defaultPatterns(otherModel), scenarios);
    check.done();
    const calls = patterns.reduce((sum, pattern) => sum + callsOf(pattern), 0);
    this.#checkCalls(calls, 'patterns');

    const recordedAt = now();
    const suite: GoldenSuite = {
      name,
      service,
      recordedAt,
      cases: await this.#play(patterns, service, signal),
    };
    const size = toFile(suite).length;
    if (size > LONGEST_FILE)
      throw new InvalidInputError([
        {
          path: 'input.patterns',
          message: `give a suite of ${size} characters; ${LONGEST_FILE} are allowed`,
        },
      ]);
    signal.throwIfAborted();
    return keepSuite(db, suite);
  }

  /** All of them, by name. */
  suites(): Promise<GoldenSuiteSummary[]> {
    return listSuites(this.#needs.db);
  }

  find(name: string): Promise<GoldenSuite | null> {
    return readSuite(this.#needs.db, name);
  }

  /** A suite as the text of a file. @throws {NotFoundError} */
  async toFile(name: string): Promise<string> {
    const suite = await this.find(name);
    if (!suite) throw new NotFoundError('golden suite', name);
    return toFile(suite);
  }

  /** Keeps the suite of a file. @throws {InvalidInputError} */
  async fromFile(file: string): Promise<GoldenSuiteSummary> {
    return keepSuite(this.#needs.db, fromFile(file));
  }

  /** @throws {NotFoundError} */
  async forget(name: string): Promise<void> {
    if (!(await deleteSuite(this.#needs.db, name))) throw new NotFoundError('golden suite', name);
  }

  /**
   * Accepts a run of the suite against a service and returns before it begins. A copy (`smoke@` and 32 hexadecimal
   * digits) is for this run alone, which takes it with it: under that name it is gone, also where the run is refused.
   *
   * @throws {InvalidInputError | NotFoundError}
   * @throws {RateLimitedError} The owner has too many runs that are not over.
   */
  async start(viewer: Viewer, { name, service, repeats = 1 }: VerifyGolden): Promise<Job> {
    const { db, jobs } = this.#needs;
    new InputCheck()
      .text('name', name, LONGEST_NAME)
      .require(
        repeats === 1 || (Number.isInteger(repeats) && repeats >= LEAST_REPEATS && repeats <= MOST_REPEATS),
        'repeats',
        `must be 1, or ${LEAST_REPEATS} to ${MOST_REPEATS}`,
      )
      .done();
    const suite = await this.find(name);
    if (!suite) throw new NotFoundError('golden suite', name);
    const original = copyOf(name);
    if (original !== null) await deleteSuite(db, name);
    const calls = suite.cases.reduce((sum, { pattern }) => sum + callsOf(pattern), 0);
    this.#checkCalls(repeats === 1 ? calls : 2 * repeats * calls, 'repeats');

    const { recordedAt, cases } = suite;
    const input: GoldenRunInput = {
      suite: {
        name: original ?? name,
        service: suite.service,
        recordedAt: recordedAt.toISOString(),
        cases: cases.length,
      },
      service,
      repeats,
      ...(original !== null && { cases }),
    };
    return db.transaction().execute(async (trx) => {
      const job = await jobs.start(trx, { kind: GOLDEN_RUN, owner: viewer.owner, input });
      const { runsPerOwner } = this.#limits;
      if ((await jobs.unfinishedBefore(trx, job)) >= runsPerOwner)
        throw new RateLimitedError(`${runsPerOwner} golden runs are not over yet.`, 30);
      return job;
    });
  }

  /** The suite of a run, as it was when the run was accepted. */
  suiteOf(job: Pick<Job, 'input'>): GoldenSuiteSummary {
    const { suite } = job.input as GoldenRunInput;
    return { ...suite, recordedAt: new Date(suite.recordedAt) };
  }

  /** The service that a run asks. */
  serviceOf(job: Pick<Job, 'input'>): ServiceVersion {
    return (job.input as GoldenRunInput).service;
  }

  /** What differs in each run; nothing before it has COMPLETED. */
  async regressions(runs: readonly Job[]): Promise<GoldenRegression[][]> {
    const outputs = (await this.#needs.jobs.outputs(runs)) as (GoldenRunOutput | null)[];
    return outputs.map((output) => output?.regressions ?? []);
  }

  #checkCalls(calls: number, path: string): void {
    const most = this.#limits.calls;
    new InputCheck()
      .require(calls <= most, path, `ask for ${calls} replies together; ${most} are allowed`)
      .done();
  }

  /** A few at a time; the first failure stops the others. */
  async #play(
    patterns: readonly GoldenPattern[],
    service: ServiceVersion,
    signal: AbortSignal,
  ): Promise<GoldenCase[]> {
    const { recordMs, recordAtOnce, callMs } = this.#limits;
    const failed = new AbortController();
    const deadline = AbortSignal.timeout(recordMs);
    const leaving = AbortSignal.any([signal, deadline, failed.signal]);
    const slots = new Slots(recordAtOnce);
    const record = async (pattern: GoldenPattern): Promise<GoldenCase> => {
      using _slot = await slots.take(leaving);
      const { result, retryable } = await play(pattern, service, { ...this.#needs, callMs }, leaving);
      if (result.error === null) return { pattern, result };
      throw new UpstreamError('chat', `${pattern.name}: ${result.error}`, retryable);
    };
    const recordings = patterns.map((pattern) =>
      record(pattern).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    );
    const settled = await Promise.allSettled(recordings);
    signal.throwIfAborted();
    if (failed.signal.aborted) {
      if (failed.signal.reason !== deadline.reason) throw failed.signal.reason;
      throw new UpstreamError('chat', `The recording was not over within ${recordMs} ms.`, true);
    }
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }
}
