import { RateLimitedError } from '../../errors.ts';
import type { Job, Jobs } from '../../jobs/index.ts';
import type { Db } from '../../store/index.ts';
import { type Idempotent, keyed } from '../idempotency.ts';
import { InputCheck } from '../input.ts';
import type { Sessions } from '../sessions.ts';
import type { Viewer } from '../viewer.ts';
import { BACKGROUND_TASK, type BackgroundInput, type Effort, TASK_TEXTS } from './task.ts';

const DEFAULT_TIMEOUT_SECONDS = 3_600;
const LONGEST_TIMEOUT_SECONDS = 86_400;
/** Tasks of one owner that are not over. Each may be a costly reasoning run at the provider. */
const TASKS_PER_OWNER = 100;

export interface StartBackgroundTask extends Idempotent {
  sessionId?: string | null | undefined;
  question: string;
  effort: Effort;
  model?: string | null | undefined;
  timeoutSeconds?: number | null | undefined;
}

interface Needs {
  db: Db;
  jobs: Jobs;
  sessions: Sessions;
  defaultModel: string;
}

/** Questions that a model may think about for long. Any number of one session run side by side. */
export class BackgroundTasks {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Accepts a task and returns before it runs.
   *
   * @throws {InvalidInputError | NotFoundError | IdempotencyConflictError | RateLimitedError}
   */
  async start(viewer: Viewer, request: StartBackgroundTask): Promise<Job> {
    const { db, jobs, sessions, defaultModel } = this.#needs;
    const { sessionId, question, effort, idempotencyKey } = request;
    const timeoutSeconds = request.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
    const model = request.model ?? defaultModel;
    new InputCheck()
      .texts(TASK_TEXTS, { question, model })
      .range('timeoutSeconds', timeoutSeconds, 1, LONGEST_TIMEOUT_SECONDS)
      .done();

    const input: BackgroundInput = { question, effort, model, timeoutSeconds };
    const accepted = await db.transaction().execute(async (trx) => {
      if (sessionId) await sessions.use(trx, viewer, sessionId);
      const job = await jobs.start(trx, {
        kind: BACKGROUND_TASK,
        owner: viewer.owner,
        parallel: true,
        input,
        ...(sessionId && { sessionId }),
        ...keyed('startBackgroundTask', idempotencyKey, {
          sessionId: sessionId ?? null,
          question,
          effort,
          model: request.model ?? null,
          timeoutSeconds,
        }),
      });
      // Behind the start, which is undone: only it tells a new task from the replay of a key, which always passes.
      if (!job.finishedAt && (await jobs.unfinishedBefore(trx, job)) >= TASKS_PER_OWNER)
        throw new RateLimitedError(`${TASKS_PER_OWNER} background tasks are not over yet.`, 30);
      return job;
    });
    jobs.offer(accepted);
    return accepted;
  }

  /** What the model answered to each; null before it has. */
  async responses(jobs: readonly Job[]): Promise<(string | null)[]> {
    const outputs = (await this.#needs.jobs.outputs(jobs)) as ({ response: string } | null)[];
    return outputs.map((output) => output?.response ?? null);
  }
}
