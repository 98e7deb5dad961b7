import { type Api, type Loose, list, loose, text, tokens } from './api.ts';
import {
  ModelAnswerError,
  type ModelError,
  ModelQuotaError,
  ModelRateLimitedError,
  ModelRefusedError,
  ModelStreamCutError,
  ModelUnavailableError,
} from './errors.ts';
import type {
  BackgroundRequest,
  BackgroundResponse,
  BackgroundStatus,
  TextRequest,
  TokenUsage,
} from './model.ts';

/** The Responses API: OpenAI's own and Azure's. */
export const responses: Api = {
  body,
  streamBody: (request) => ({ ...body(request), stream: true }),

  structuredBody: (request) => ({
    ...body(request),
    text: {
      format: { type: 'json_schema', name: request.schemaName, schema: request.schema, strict: true },
    },
  }),

  read(answer) {
    const response = loose(answer);
    if (!Array.isArray(response.output))
      throw new ModelAnswerError('The provider answered with something else than a response.');
    const failure = failureOf(response);
    if (failure) throw failure;
    return { value: textOf(response), usage: usageOf(response), cut: response.status === 'incomplete' };
  },

  async *pieces(events) {
    for await (const raw of events) {
      const event = loose(raw);
      if (event.type === 'response.output_text.delta' && text(event.delta)) yield { text: text(event.delta) };
      if (event.type === 'error')
        throw failureFrom(text(event.code), `The provider failed: ${text(event.message)}`);
      if (event.type === 'response.refusal.done')
        throw new ModelRefusedError(`The model refused: ${text(event.refusal)}`);
      if (!['response.completed', 'response.incomplete', 'response.failed'].includes(text(event.type)))
        continue;

      const response = loose(event.response);
      const failure = failureOf(response);
      if (failure) throw failure;
      yield { usage: usageOf(response), ...(event.type === 'response.incomplete' && { cut: true }) };
      return;
    }
    throw new ModelStreamCutError('The stream ended before the answer did.');
  },
};

/** A response that goes on while nobody is connected. It has to be stored, or nobody could ask for it. */
export function backgroundBody({ model, question, effort, metadata }: BackgroundRequest): object {
  return { model, input: question, background: true, store: true, reasoning: { effort }, metadata };
}

const STATUSES: readonly string[] = [
  'queued',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'incomplete',
] satisfies BackgroundStatus[];

export function readBackground(answer: unknown): BackgroundResponse {
  const response = loose(answer);
  const id = text(response.id);
  if (!id) throw new ModelAnswerError('The provider answered with something else than a response.');

  return {
    id,
    // A word that we do not know is no end.
    status: (STATUSES.includes(text(response.status)) ? response.status : 'in_progress') as BackgroundStatus,
    text: textOf(response),
    usage: response.usage ? usageOf(response) : null,
    error: backgroundError(response),
  };
}

function backgroundError(response: Loose): BackgroundResponse['error'] {
  const { code, message } = loose(response.error);
  if (response.error) return { code: text(code) || 'unknown', message: text(message) };
  const reason = text(loose(response.incomplete_details).reason);
  if (reason) return { code: reason, message: `The response is incomplete: ${reason}.` };
  const refusal = refusalIn(response);
  return refusal === null ? null : { code: 'model_refused', message: `The model refused: ${refusal}` };
}

/** What a provider's code for a failure means, where no HTTP status says it. */
export function failureFrom(code: string, message: string, usage?: TokenUsage): ModelError {
  const facts = { vendorCode: code, usage };
  if (/insufficient_quota|billing/.test(code))
    return new ModelQuotaError('The account’s quota is spent.', facts);
  if (/rate_limit|too_many_requests/.test(code)) return new ModelRateLimitedError(message, facts);
  if (code === '' || /server|timeout|overload|unavailable|internal/.test(code))
    return new ModelUnavailableError(message, facts);
  return new ModelRefusedError(message, facts);
}

function body({ model, messages, maxOutputTokens }: TextRequest): object {
  return {
    model,
    input: messages.map(({ role, content }) => ({ role, content })),
    // What is said here is kept by us, and by nobody else.
    store: false,
    ...(maxOutputTokens && { max_output_tokens: maxOutputTokens }),
  };
}

function failureOf(response: Loose): ModelError | undefined {
  const usage = usageOf(response);
  const { code, message } = loose(response.error);
  if (response.status === 'failed' || response.error)
    return failureFrom(text(code), `The provider failed: ${text(message) || 'it does not say why'}`, usage);
  if (response.status === 'cancelled')
    return new ModelUnavailableError('The provider cancelled the response.', { usage });
  if (loose(response.incomplete_details).reason === 'content_filter')
    return new ModelRefusedError('The provider’s content filter stopped the answer.', { usage });

  const refusal = refusalIn(response);
  if (refusal !== null) return new ModelRefusedError(`The model refused: ${refusal}`, { usage });
  return undefined;
}

/** The model's words where it would not answer; null where it did. */
function refusalIn(response: Loose): string | null {
  const refusal = contents(response).find(({ type }) => type === 'refusal');
  return refusal ? text(refusal.refusal) : null;
}

const contents = (response: Loose): Loose[] =>
  list(response.output).flatMap(({ content }) => [...list(content)]);

const textOf = (response: Loose): string =>
  contents(response)
    .filter(({ type }) => type === 'output_text')
    .map((content) => text(content.text))
    .join('');

const usageOf = (response: Loose): TokenUsage => {
  const { input_tokens, output_tokens } = loose(response.usage);
  return tokens(input_tokens, output_tokens);
};
