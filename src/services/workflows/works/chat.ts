import { z } from 'zod';
import { CHAT_TURN, TURN_TEXTS, type TurnInput } from '../../conversations/index.ts';
import { chatModelOf } from './session.ts';
import { issuesOf, type ThreadWork, textOf } from './work.ts';

const schema = z.object({
  message: textOf(TURN_TEXTS.message),
  model: textOf(TURN_TEXTS.model).nullish(),
});

/** Threads that are turns of the session's own conversation: `message`, `model`. They follow each other. */
export function chatWork(defaultModel: string): ThreadWork {
  return {
    check: (input, open) => issuesOf(open ? schema.partial() : schema, input),
    async start(turn, input, timeoutSeconds) {
      const { message, model } = schema.parse(input);
      const work: TurnInput = {
        conversation: 'CHAT',
        message,
        model: model ?? (await chatModelOf(turn)) ?? defaultModel,
        scenario: null,
      };
      return turn.start({
        kind: CHAT_TURN,
        onBusy: 'ENQUEUE',
        input: work,
        timeoutMs: 1_000 * timeoutSeconds,
      });
    },
  };
}
