import { z } from 'zod';
import { NotFoundError } from '../../../errors.ts';
import { languageOf } from '../../analysis/messages.ts';
import { ANALYSIS, ANALYSIS_TEXTS, type AnalysisInput } from '../../analysis/pipeline.ts';
import { LONGEST_MODEL } from '../../input.ts';
import { preferencesOf } from './session.ts';
import { issuesOf, type ThreadWork, textOf } from './work.ts';

const LONGEST_ID = 100;

const schema = z.object({
  message: textOf(ANALYSIS_TEXTS.message),
  datasetId: textOf(LONGEST_ID).nullish(),
  model: textOf(LONGEST_MODEL).nullish(),
});

/** Threads that are analyses: `message`, `datasetId` of the same session, `model`. */
export function analysisWork(models: ReadonlySet<string>, defaultModel: string): ThreadWork {
  const ruled = schema.refine(({ model }) => model == null || models.has(model), {
    path: ['model'],
    error: `must be one of: ${[...models].join(', ')}`,
  });
  return {
    check: (input, open) => issuesOf(open ? schema.partial() : ruled, input),
    async start(turn, input, timeoutSeconds) {
      const { message, datasetId, model } = schema.parse(input);
      if (datasetId) {
        const dataset = await turn.trx
          .selectFrom('datasets')
          .select('id')
          .where('id', '=', datasetId)
          .where('session_id', '=', turn.job.sessionId)
          .executeTakeFirst();
        if (!dataset) throw new NotFoundError('dataset', datasetId);
      }
      const work: AnalysisInput = {
        message,
        datasetId: datasetId ?? null,
        model: model ?? defaultModel,
        language: languageOf(await preferencesOf(turn)),
      };
      return turn.start({ kind: ANALYSIS, parallel: true, input: work, timeoutMs: 1_000 * timeoutSeconds });
    },
  };
}
