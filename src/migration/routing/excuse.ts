import { RateLimitedError } from '../../errors.ts';
import { ChatServiceError } from '../../services/chat/errors.ts';
import { ModelLengthError, ModelRefusedError, ModelTimeoutError } from '../../services/models/index.ts';

/** Answers with these say no to one request, and would say yes to another one. */
const OF_REQUEST = [400, 413, 422];

/**
 * Whether a failure says nothing of the service that it came from: what was asked is why, and whoever asks it again and
 * again would take the service from everybody else; or our own limits are. That we may not come in (401, 403), or find
 * nothing where we ask (404), is no fault of the request.
 *
 * @param mostlyWaited Most of its time the call waited for our own limits, so that the service had too little of it.
 */
export function isExcused(error: unknown, mostlyWaited: boolean): boolean {
  if (mostlyWaited && isTimeout(error)) return true;
  if (error instanceof RateLimitedError || error instanceof ModelLengthError) return true;
  if (error instanceof ModelRefusedError)
    return error.status === undefined || isOfRequest(error.status, `${error.vendorCode} ${error.message}`);
  return (
    error instanceof ChatServiceError &&
    error.code === 'CHAT_REFUSED' &&
    isOfRequest(error.status, String(error.cause ?? ''))
  );
}

const isTimeout = (error: unknown): boolean =>
  error instanceof ModelTimeoutError ||
  (error instanceof ChatServiceError && error.code === 'CHAT_TIMEOUT' && error.status === undefined);

/** @param said A name of a model that nobody knows gets a 404, as a wrong address does; only the first says what is missing. */
const isOfRequest = (status: number | undefined, said: string): boolean =>
  status === 404 ? /model|deployment/i.test(said) : status !== undefined && OF_REQUEST.includes(status);
