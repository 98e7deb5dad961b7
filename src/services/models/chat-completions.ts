import { type Api, type Loose, list, loose, text, tokens } from './api.ts';
import { ModelAnswerError, ModelRefusedError, ModelStreamCutError } from './errors.ts';
import type { ReplyPiece, TextRequest, TokenUsage } from './model.ts';

/**
 * Chat Completions: what nearly every server that calls itself compatible speaks.
 *
 * @param bound Name of the bound on the answer's length. OpenAI's newer models refuse the old name, `max_tokens`;
 *   other servers ignore the new one.
 */
export function chatCompletions(bound: 'max_tokens' | 'max_completion_tokens'): Api {
  const body = ({ model, messages, maxOutputTokens }: TextRequest): object => ({
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(maxOutputTokens && { [bound]: maxOutputTokens }),
  });

  return {
    body,
    streamBody: (request) => ({ ...body(request), stream: true, stream_options: { include_usage: true } }),

    structuredBody: (request) => ({
      ...body(request),
      response_format: {
        type: 'json_schema',
        json_schema: { name: request.schemaName, schema: request.schema, strict: true },
      },
    }),

    read(answer) {
      const completion = loose(answer);
      const [choice] = list(completion.choices);
      if (!choice) throw new ModelAnswerError('The provider answered with something else than a completion.');
      const usage = usageOf(completion);
      const message = loose(choice.message);
      refuse(choice, text(message.refusal), usage);
      return { value: text(message.content), usage, cut: choice.finish_reason === 'length' };
    },

    pieces,
  };
}

async function* pieces(chunks: AsyncIterable<unknown>): AsyncIterable<ReplyPiece> {
  let finished = false;
  let cut = false;
  let refusal = '';
  let usage = tokens(0, 0);

  for await (const raw of chunks) {
    const chunk = loose(raw);
    const [choice] = list(chunk.choices);
    if (chunk.usage) usage = usageOf(chunk);
    if (!choice) continue;

    const delta = loose(choice.delta);
    refusal += text(delta.refusal);
    if (text(delta.content)) yield { text: text(delta.content) };
    if (!choice.finish_reason) continue;
    refuse(choice, refusal, usage);
    finished = true;
    cut = choice.finish_reason === 'length';
  }
  // Not every server sends [DONE]; a reason for having finished, every one.
  if (!finished) throw new ModelStreamCutError('The stream ended before the answer did.', { usage });
  yield { usage, ...(cut && { cut }) };
}

function refuse(choice: Loose, refusal: string, usage: TokenUsage): void {
  if (choice.finish_reason === 'content_filter')
    throw new ModelRefusedError('The provider’s content filter stopped the answer.', { usage });
  if (refusal) throw new ModelRefusedError(`The model refused: ${refusal}`, { usage });
}

const usageOf = (completion: Loose): TokenUsage => {
  const { prompt_tokens, completion_tokens } = loose(completion.usage);
  return tokens(prompt_tokens, completion_tokens);
};
