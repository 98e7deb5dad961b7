import { type ErrorEntry, SignalboxError } from './errors.ts';
import { encode } from './multipart.ts';

export interface Result<R> {
  data?: R | null;
  errors?: readonly ErrorEntry[];
}

export interface Waiting {
  /** Ends the wait; what it threw with is thrown. */
  signal?: AbortSignal | undefined;
  /** Longest wait for the whole answer. */
  timeoutMs?: number | undefined;
}

interface Needs {
  url: string;
  headers: Readonly<Record<string, string>>;
  fetch: typeof fetch;
  timeoutMs: number;
}

/** Requests of one answer, and the opening of those of many. */
export class Http {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @throws {SignalboxError} */
  async ask<R>(query: string, variables: object, waiting: Waiting = {}): Promise<R> {
    const timeoutMs = waiting.timeoutMs ?? this.#needs.timeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = waiting.signal ? AbortSignal.any([waiting.signal, timeout]) : timeout;
    try {
      const response = await this.post(query, variables, 'application/graphql-response+json', signal);
      return dataOf(await read<R>(response), response);
    } catch (error) {
      if (waiting.signal?.aborted) throw waiting.signal.reason;
      if (timeout.aborted)
        throw new SignalboxError('TIMEOUT', `No answer within ${timeoutMs} ms.`, { retryable: true });
      throw error;
    }
  }

  /** @throws {SignalboxError} NETWORK_ERROR */
  async post(query: string, variables: object, accept: string, signal: AbortSignal): Promise<Response> {
    const { url, headers, fetch } = this.#needs;
    const { body, contentType } = encode({ query, variables });
    const sent = {
      ...headers,
      accept,
      // A form could come from any page: with a header of ours the browser asks first.
      ...(contentType ? { 'content-type': contentType } : { 'x-graphql-yoga-csrf': '1' }),
    };
    try {
      return await fetch(url, { method: 'POST', headers: sent, body, signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw new SignalboxError('NETWORK_ERROR', `${url} cannot be reached: ${reasonOf(cause)}`, {
        cause,
        retryable: true,
      });
    }
  }
}

/** @throws {SignalboxError} BAD_RESPONSE, CONNECTION_LOST */
export async function read<R>(response: Response): Promise<Result<R>> {
  const text = await response.text().catch((cause: unknown) => {
    throw new SignalboxError('CONNECTION_LOST', 'The connection ended within the answer.', {
      cause,
      retryable: true,
    });
  });
  try {
    const result: unknown = JSON.parse(text);
    if (typeof result === 'object' && result !== null && ('data' in result || 'errors' in result))
      return result as Result<R>;
  } catch {}
  throw badResponse(response, 'no GraphQL');
}

/** @throws {SignalboxError} The errors of the answer. */
export function dataOf<R>({ data, errors }: Result<R>, response?: Response): R {
  const facts = { status: response?.status, requestId: response && requestIdOf(response) };
  if (errors?.length) throw SignalboxError.refusal(errors, facts);
  if (data == null)
    throw new SignalboxError('BAD_RESPONSE', 'The answer holds neither data nor errors.', facts);
  return data;
}

/** Of a proxy, more often than of the gateway: those with 5xx pass. */
export const badResponse = (response: Response, what: string) =>
  new SignalboxError('BAD_RESPONSE', `The answer (${response.status}) is ${what}.`, {
    status: response.status,
    requestId: requestIdOf(response),
    retryable: response.status >= 500 || response.status === 429,
  });

const requestIdOf = (response: Response) => response.headers.get('x-request-id') ?? undefined;

/** `fetch` says "fetch failed" and hides why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
