import { NotFoundError } from '../../errors.ts';
import type { Job } from '../../jobs/index.ts';
import { type Idempotent, keyed } from '../idempotency.ts';
import { InputCheck, LONGEST_MODEL } from '../input.ts';
import type { Scenario } from '../scenarios/index.ts';
import type { Viewer } from '../viewer.ts';
import type { Conversing } from './conversing.ts';
import { WATCH, type WatchInput } from './watch.ts';

const MOST_TURNS = 100;

export interface StartWatch extends Idempotent {
  sessionId: string;
  scenarioId: string;
  turns: number;
  model?: string | null | undefined;
}

/** Has two personas of a scenario talk, for somebody who watches. */
export class Watches {
  readonly #needs: Conversing;

  constructor(needs: Conversing) {
    this.#needs = needs;
  }

  /** @throws {InvalidInputError | NotFoundError | SessionBusyError | IdempotencyConflictError | RateLimitedError} */
  async start(viewer: Viewer, request: StartWatch): Promise<Job> {
    const { db, jobs, sessions, scenarios, defaultModel } = this.#needs;
    const { sessionId, scenarioId, turns, idempotencyKey } = request;
    new InputCheck().text('model', request.model, LONGEST_MODEL).range('turns', turns, 1, MOST_TURNS).done();
    const scenario = scenarios.find(scenarioId);

    const job = await db.transaction().execute(async (trx) => {
      const { chatModel } = await sessions.use(trx, viewer, sessionId);
      const model = request.model ?? chatModel ?? defaultModel;
      const accepted = await jobs.start(trx, {
        kind: WATCH,
        owner: viewer.owner,
        sessionId,
        input: { scenario, turns, model } satisfies Record<keyof WatchInput, unknown>,
        ...keyed('startWatch', idempotencyKey, {
          sessionId,
          scenarioId,
          turns,
          model: request.model ?? null,
        }),
      });
      // One that was accepted before has kept its scenario; one that is new is taken back with the transaction.
      if (!scenario && jobs.isNew(accepted)) throw new NotFoundError('scenario', scenarioId);
      return accepted;
    });
    jobs.offer(job);
    return job;
  }

  /** The scenario that is, or was, played; as the job kept it where it is not among the scenarios any more. */
  scenarioOf(job: Job): Scenario {
    const { scenario } = job.input as WatchInput;
    return this.#needs.scenarios.find(scenario.id) ?? scenario;
  }
}
