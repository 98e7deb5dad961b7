import { describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../../src/errors.ts';
import { JobFailure } from '../../../src/jobs/index.ts';
import { ChatServiceError, replyFailure } from '../../../src/services/chat/index.ts';
import { ModelAnswerError } from '../../../src/services/models/index.ts';

describe('a reply that fails', () => {
  it.each([
    [new ChatServiceError('legacy chat', 'CHAT_CUT', 'It broke off.'), 'CHAT_CUT', true],
    [
      new ChatServiceError('legacy chat', 'CHAT_REFUSED', 'No (400).', { status: 400 }),
      'CHAT_REFUSED',
      false,
    ],
    [new ModelAnswerError('Not a word.'), 'MODEL_ANSWER', false],
    [new RateLimitedError('Too much.', 5), 'RATE_LIMITED', true],
  ])('ends its job with its own code: %s', (error, code, retryable) => {
    const failure = replyFailure(error);
    expect(failure).toBeInstanceOf(JobFailure);
    expect(failure).toMatchObject({ code, retryable, message: error.message, cause: error });
  });

  it('through a fault of ours stays what it is', () => {
    const bug = new TypeError('undefined is not a function');
    expect(replyFailure(bug)).toBe(bug);
  });
});
