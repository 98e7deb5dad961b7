import { z } from 'zod';
import { BACKGROUND_TASK, type BackgroundInput, EFFORTS, TASK_TEXTS } from '../../background/index.ts';
import { issuesOf, type ThreadWork, textOf } from './work.ts';

const schema = z.object({
  question: textOf(TASK_TEXTS.question),
  effort: z.enum(EFFORTS, `must be one of: ${EFFORTS.join(', ')}`).nullish(),
  model: textOf(TASK_TEXTS.model).nullish(),
});

/** Threads that are background tasks: `question`, `effort`, `model`. */
export function backgroundWork(defaultModel: string): ThreadWork {
  return {
    check: (input, open) => issuesOf(open ? schema.partial() : schema, input),
    async start(turn, input, timeoutSeconds) {
      const { question, effort, model } = schema.parse(input);
      const work: BackgroundInput = {
        question,
        effort: effort ?? 'LOW',
        model: model ?? defaultModel,
        timeoutSeconds,
      };
      return turn.start({
        kind: BACKGROUND_TASK,
        parallel: true,
        input: work,
        timeoutMs: 1_000 * timeoutSeconds,
      });
    },
  };
}
