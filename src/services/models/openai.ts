import OpenAI, { APIConnectionError, APIError } from 'openai';
import { type Api, type ApiName, loose } from './api.ts';
import { chatCompletions } from './chat-completions.ts';
import { ApiMemory, type Connection } from './connection.ts';
import {
  InvalidWebhookError,
  ModelAnswerError,
  ModelError,
  ModelQuotaError,
  ModelRateLimitedError,
  ModelRefusedError,
  ModelStreamCutError,
  ModelTimeoutError,
  ModelUnavailableError,
} from './errors.ts';
import { failureFrom, responses } from './responses.ts';
import { readRetryAfter } from './retrying.ts';

export interface ConnectionSettings {
  apiKey: string;
  /** With the version, such as `https://api.openai.com/v1` or Azure's `…/openai/v1`. */
  baseUrl: string;
  api: ApiName | 'auto';
}

const PATHS: Record<ApiName, string> = { responses: '/responses', chat: '/chat/completions' };

/** Deadlines are ours; the client's own only has to be later. */
const CLIENT_TIMEOUT_MS = 24 * 60 * 60_000;
const LONGEST_MESSAGE = 500;

/** The official client as a connection. Its own retries are off, and it reads and prints nothing by itself. */
export class OpenAiConnection implements Connection {
  readonly apis: ApiMemory;
  readonly #client: OpenAI;
  readonly #apis: Record<ApiName, Api>;
  readonly #redact: (message: string) => string;

  constructor({ apiKey, baseUrl, api }: ConnectionSettings) {
    this.apis = new ApiMemory(api);
    this.#apis = {
      responses,
      chat: chatCompletions(isOpenAi(baseUrl) ? 'max_completion_tokens' : 'max_tokens'),
    };
    this.#redact = (message) => message.replaceAll(apiKey, '…').replace(/\bsk-[\w*-]+/g, '…');
    this.#client = new OpenAI({
      apiKey,
      baseURL: baseUrl,
      // Left out, these would be read from the environment.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: CLIENT_TIMEOUT_MS,
      logLevel: 'off',
    });
  }

  api(name: ApiName): Api {
    return this.#apis[name];
  }

  // Not `responses.create`: on an answer that is no JSON it fails with a TypeError of its own.
  // And not its `idempotencyKey`: for this API the client sends none.
  ask(api: ApiName, body: object, signal: AbortSignal, idempotencyKey?: string): Promise<unknown> {
    const headers = idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {};
    return this.#translated(signal, () => this.#client.post(PATHS[api], { body, headers, signal }));
  }

  async *follow(api: ApiName, body: object, signal: AbortSignal): AsyncIterable<unknown> {
    const opened = this.#client.post(PATHS[api], { body, signal, stream: true });
    const { data, response } = await this.#translated(signal, () => opened.withResponse());
    const stream = data as AsyncIterable<unknown> & { controller: AbortController };

    const type = response.headers.get('content-type') ?? 'text/event-stream';
    if (!type.includes('text/event-stream')) {
      stream.controller.abort();
      throw new ModelAnswerError(`The provider answered with ${type} instead of a stream.`);
    }
    try {
      yield* stream;
    } catch (error) {
      const ours = this.#translate(error, signal);
      if (!(ours instanceof ModelUnavailableError) || error instanceof APIError) throw ours;
      throw new ModelStreamCutError('The connection was lost before the answer was whole.', { cause: error });
    }
    // The client ends an aborted stream as if it were over.
    signal.throwIfAborted();
  }

  retrieve(responseId: string, signal: AbortSignal): Promise<unknown> {
    return this.#translated(signal, () =>
      this.#client.get(`/responses/${encodeURIComponent(responseId)}`, { signal }),
    );
  }

  cancel(responseId: string, signal: AbortSignal): Promise<unknown> {
    return this.#translated(signal, () =>
      this.#client.post(`/responses/${encodeURIComponent(responseId)}/cancel`, { signal }),
    );
  }

  async #translated<Value>(signal: AbortSignal, request: () => PromiseLike<Value>): Promise<Value> {
    signal.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      throw this.#translate(error, signal);
    }
  }

  /** The vendor's failure as ours; the signal's reason where the signal was why. */
  #translate(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    if (error instanceof ModelError) return error;
    if (error instanceof SyntaxError)
      return new ModelAnswerError('The provider answered with malformed JSON.', { cause: error });
    if (!(error instanceof APIError) || error instanceof APIConnectionError) return connectionFailure(error);

    const { status, headers, code, type, param } = error as APIError;
    const message = `The provider answered ${this.#redact(error.message).slice(0, LONGEST_MESSAGE)}`;
    const facts = {
      cause: error,
      status,
      retryAfterSeconds: readRetryAfter(headers, new Date()),
      vendorCode: String(code ?? type ?? ''),
      vendorParam: param ?? undefined,
    };
    // An `error` event inside a stream.
    if (status === undefined) return failureFrom(facts.vendorCode, message, undefined);
    if (status === 429)
      return code === 'insufficient_quota' || type === 'insufficient_quota'
        ? new ModelQuotaError(message, facts)
        : new ModelRateLimitedError(message, facts);
    if (status === 401 || status === 403)
      return new ModelRefusedError(`The provider does not accept the key (${status}).`, facts);
    if (status === 408 || status === 409 || (status >= 500 && status !== 501))
      return new ModelUnavailableError(message, facts);
    return new ModelRefusedError(message, facts);
  }
}

/** No connection came about, so the provider cannot have begun. */
const NOT_REACHED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
/** Node's fetch waits five minutes for the first byte and between two; the provider may go on for nothing. */
const SILENT = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

function connectionFailure(cause: unknown): ModelError {
  const codes: string[] = [];
  for (let error = cause; error instanceof Error; error = error.cause)
    if ('code' in error && error.code) codes.push(String(error.code));
  const why = codes.at(-1) ?? 'connection lost';

  if (codes.some((code) => SILENT.test(code)))
    return new ModelTimeoutError('The provider fell silent for five minutes.', { cause });
  const reached = !codes.some((code) => NOT_REACHED.test(code));
  return new ModelUnavailableError(`The provider cannot be reached: ${why}.`, { cause, reached });
}

/** OpenAI's and Azure's own hosts; everything else is merely compatible. */
function isOpenAi(baseUrl: string): boolean {
  return /(^|\.)(openai\.com|openai\.azure\.com|ai\.azure\.com|cognitiveservices\.azure\.com)$/.test(
    new URL(baseUrl).hostname,
  );
}

export interface Webhook {
  /** The same for every delivery of the same event: what was seen before is to be ignored. */
  id: string;
  type: string;
  /** Null where the event is about something else. */
  responseId: string | null;
}

/**
 * Checks that a webhook was sent by the provider, within the last five minutes, and reads it.
 *
 * @param body As it came, byte for byte.
 * @throws {InvalidWebhookError}
 */
export async function readWebhook(body: string, headers: Headers, secret: string): Promise<Webhook> {
  const client = new OpenAI({ apiKey: 'unused', baseURL: 'http://localhost', logLevel: 'off' });
  const event = await client.webhooks.unwrap(body, headers, secret).catch((cause: unknown) => {
    throw new InvalidWebhookError('The webhook is not signed as it should be.', { cause });
  });
  const id = headers.get('webhook-id');
  if (!id || typeof event?.type !== 'string') throw new InvalidWebhookError('The webhook is no event.');
  const about = loose('data' in event ? event.data : undefined);
  const responseId = event.type.startsWith('response.') && typeof about.id === 'string' ? about.id : null;
  return { id, type: event.type, responseId };
}
