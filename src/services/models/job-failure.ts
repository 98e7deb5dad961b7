import { RateLimitedError } from '../../errors.ts';
import { JobFailure } from '../../jobs/index.ts';
import { ModelError } from './errors.ts';

/** What a model's failure is to the job that asked it; other errors stay what they are. */
export function asJobFailure(error: unknown): unknown {
  const retryable = error instanceof RateLimitedError || (error instanceof ModelError && error.retryable);
  if (error instanceof RateLimitedError || error instanceof ModelError)
    return new JobFailure(error.code, error.message, { retryable, cause: error });
  return error;
}
