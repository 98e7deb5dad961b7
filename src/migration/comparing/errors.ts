/** The values are beyond what is compared in bounded time. */
export class TooLargeToCompareError extends Error {
  readonly code = 'TOO_LARGE_TO_COMPARE';

  constructor(limit: string) {
    super(`The values cannot be compared: they have more than ${limit}.`);
    this.name = 'TooLargeToCompareError';
  }
}
