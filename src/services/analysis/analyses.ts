import { NotFoundError } from '../../errors.ts';
import type { BusyPolicy, Job, Jobs } from '../../jobs/index.ts';
import type { Db } from '../../store/index.ts';
import type { Datasets } from '../datasets.ts';
import { type Idempotent, keyed } from '../idempotency.ts';
import { InputCheck } from '../input.ts';
import type { Sessions } from '../sessions.ts';
import type { Viewer } from '../viewer.ts';
import type { Analyst } from './analyst.ts';
import { languageOf } from './messages.ts';
import { ANALYSIS, ANALYSIS_TEXTS, type AnalysisInput, type AnalysisResult } from './pipeline.ts';

export interface StartAnalysis extends Idempotent {
  sessionId: string;
  message: string;
  datasetId?: string | null | undefined;
  model?: string | null | undefined;
  onBusy: BusyPolicy;
}

interface Needs {
  db: Db;
  jobs: Jobs;
  sessions: Sessions;
  datasets: Datasets;
  analysts: ReadonlyMap<string, Analyst>;
  defaultModel: string;
}

/** Answers questions about data. */
export class Analyses {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Accepts an analysis and returns before it runs.
   *
   * @throws {InvalidInputError | NotFoundError | SessionBusyError | IdempotencyConflictError | RateLimitedError}
   */
  async start(viewer: Viewer, request: StartAnalysis): Promise<Job> {
    const { db, jobs, sessions, datasets, analysts, defaultModel } = this.#needs;
    const { sessionId, message, datasetId, onBusy, idempotencyKey } = request;
    const model = request.model ?? defaultModel;
    new InputCheck()
      .texts(ANALYSIS_TEXTS, request)
      .require(analysts.has(model), 'model', `must be one of: ${[...analysts.keys()].join(', ')}`)
      .done();

    const dataset = datasetId ? await datasets.find(viewer, datasetId) : null;
    if (datasetId && dataset?.sessionId !== sessionId) throw new NotFoundError('dataset', datasetId);

    const job = await db.transaction().execute(async (trx) => {
      const { preferences } = await sessions.use(trx, viewer, sessionId);
      const input: AnalysisInput = {
        message,
        datasetId: datasetId ?? null,
        model,
        language: languageOf(preferences),
      };
      return jobs.start(trx, {
        kind: ANALYSIS,
        owner: viewer.owner,
        sessionId,
        input,
        onBusy,
        ...keyed('startAnalysis', idempotencyKey, { sessionId, message, datasetId, model, onBusy }),
      });
    });
    jobs.offer(job);
    return job;
  }

  /** What each found; null before it COMPLETED. */
  results(jobs: readonly Job[]): Promise<(AnalysisResult | null)[]> {
    return this.#needs.jobs.outputs(jobs) as Promise<(AnalysisResult | null)[]>;
  }
}
