import { JobFailure } from '../../jobs/index.ts';
import { asJobFailure } from '../models/index.ts';
import { ChatServiceError } from './errors.ts';

/** What a failed reply, of whichever service, is to the job that asked for it; other errors stay what they are. */
export function replyFailure(error: unknown): unknown {
  return error instanceof ChatServiceError
    ? new JobFailure(error.code, error.message, { retryable: error.retryable, cause: error })
    : asJobFailure(error);
}
