import { setImmediate as nextTurn } from 'node:timers/promises';
import { ModelAnswerError } from './errors.ts';
import type { LanguageModel, Reply, ReplyPiece, StructuredRequest, TextRequest } from './model.ts';

/** It costs nothing. */
const USAGE = { inputTokens: 0, outputTokens: 0 };

/** Says what it is, and what was said last. For conversations without a provider; the same every time. */
export class EchoModel implements LanguageModel {
  async text({ messages }: TextRequest, signal: AbortSignal): Promise<Reply<string>> {
    signal.throwIfAborted();
    const said = messages.findLast(({ role }) => role === 'user')?.content ?? '';
    return { value: `I am an echo: no language model is configured. You said: ${said}`, usage: USAGE };
  }

  /** Word by word. */
  async *stream(request: TextRequest, signal: AbortSignal): AsyncIterable<ReplyPiece> {
    const { value, usage } = await this.text(request, signal);
    for (const word of value.match(/\S+\s*|\s+/g) ?? []) {
      await nextTurn();
      signal.throwIfAborted();
      yield { text: word };
    }
    yield { usage };
  }

  async structured<Value>({ schemaName }: StructuredRequest, signal: AbortSignal): Promise<Reply<Value>> {
    signal.throwIfAborted();
    throw new ModelAnswerError(`An echo cannot answer with ${schemaName}: no language model is configured.`);
  }
}
