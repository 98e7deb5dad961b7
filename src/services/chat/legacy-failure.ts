import { readRetryAfter } from '../models/retrying.ts';
import { type ChatFault, ChatServiceError } from './errors.ts';

/** The name under which its failures are told. */
export const LEGACY = 'legacy chat';

/** Of an error page, bytes that are read so that its connection can be used again, and characters that are kept. */
const MOST_BYTES = 64 * 1024;
const LONGEST_EXCERPT = 500;
const PATIENCE_MS = 1_000;

/** An answer that says no, or not now. What it says is kept as the cause, for the log. */
export async function refusal(response: Response): Promise<ChatServiceError> {
  const { status, headers } = response;
  const said = await excerpt(response);
  const facts = {
    status,
    retryAfterSeconds: readRetryAfter(headers, new Date()),
    ...(said && { cause: new Error(said) }),
  };
  const words =
    status === 401 || status === 403
      ? 'does not accept our authorization'
      : status < 400
        ? 'sends us somewhere else'
        : 'failed';
  return new ChatServiceError(LEGACY, faultOf(status), `The legacy chat ${words} (${status}).`, facts);
}

function faultOf(status: number): ChatFault {
  if (status === 429) return 'CHAT_RATE_LIMITED';
  if (status === 408) return 'CHAT_TIMEOUT';
  return status >= 500 && status !== 501 && status !== 505 ? 'CHAT_UNAVAILABLE' : 'CHAT_REFUSED';
}

async function excerpt({ body }: Response): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  // Ends the read that is under way. A connection that cannot even be cancelled is gone already.
  const hangUp = () => reader.cancel().catch(() => {});
  const impatience = setTimeout(hangUp, PATIENCE_MS);
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let bytes = 0; bytes <= MOST_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return text.trim();
      bytes += value.byteLength;
      text = (text + decoder.decode(value, { stream: true })).slice(0, LONGEST_EXCERPT);
    }
    await hangUp();
  } catch {
    // The status says what failed; how the page about it broke off adds nothing.
  } finally {
    clearTimeout(impatience);
  }
  return text.trim();
}

/** Node's fetch waits five minutes for the first byte and between two. */
const SILENT = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

/** @param answered Whether the answer had begun. */
export function connectionFailure(cause: unknown, answered: boolean): ChatServiceError {
  const codes: string[] = [];
  for (let error = cause; error instanceof Error; error = error.cause)
    if ('code' in error && error.code) codes.push(String(error.code));
  const why = codes.at(-1) ?? 'connection lost';

  if (codes.some((code) => SILENT.test(code)))
    return new ChatServiceError(LEGACY, 'CHAT_TIMEOUT', 'The legacy chat fell silent for five minutes.', {
      cause,
    });
  return answered
    ? new ChatServiceError(LEGACY, 'CHAT_CUT', `The legacy chat’s answer broke off: ${why}.`, { cause })
    : new ChatServiceError(LEGACY, 'CHAT_UNAVAILABLE', `The legacy chat cannot be reached: ${why}.`, {
        cause,
      });
}
