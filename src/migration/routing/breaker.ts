import {
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
  type IBreaker,
} from 'cockatiel';

export interface BreakerSettings {
  /** So many failures in a row open it. */
  failuresInARow: number;
  /** As does this share of failures, 0 to 1, among so many calls of the newest. */
  failureRatio: number;
  window: number;
  /** How long it stays open before one call tries again; twice as long after each try that failed, up to the longest. */
  pauseMs: number;
  longestPauseMs: number;
  /** A try that has not ended by then is one that failed. */
  tryMs: number;
}

export const BREAKER: BreakerSettings = {
  failuresInARow: 5,
  failureRatio: 0.5,
  window: 20,
  pauseMs: 10_000,
  longestPauseMs: 300_000,
  tryMs: 60_000,
};

export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** A call that was let through; only the first word on it counts. */
export interface Admission {
  succeeded(): void;
  failed(error: unknown): void;
  /** The caller left: that says nothing of the service. */
  cancelled(): void;
  /** The service was not to blame, or not even asked. The next call may try it at once. */
  excused(): void;
}

/** Neither a success nor a failure: left by its caller, or not the service's fault. */
class Unproven extends Error {}

/**
 * Keeps calls away from a service that is down. When it has been open for long enough one call tries the service
 * again; all others go elsewhere meanwhile, for nobody shall wait for somebody else's reply.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #clock: () => number;
  readonly #policy: ReturnType<typeof circuitBreaker>;
  /** When the next try may begin, where it is open. */
  #triesFrom = 0;
  #try: { admission: Admission; until: number } | undefined;
  /** Tries since it opened that were excused; they make no pause longer. */
  #excused = 0;
  #isExcused = false;

  /** @param clock Milliseconds since any fixed moment; never set back. */
  constructor(
    settings: BreakerSettings,
    clock: () => number,
    onChange: (state: BreakerState, cause: unknown) => void,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#policy = circuitBreaker(
      handleWhen((error) => !(error instanceof Unproven)),
      {
        breaker: either(
          new ConsecutiveBreaker(settings.failuresInARow),
          new CountBreaker({ threshold: settings.failureRatio, size: settings.window }),
        ),
        halfOpenAfter: { next: ({ attempt }) => this.#wait(attempt) },
      },
    );
    this.#policy.onStateChange(() => {
      if (this.state === 'CLOSED') this.#excused = 0;
      const { lastFailure } = this.#policy;
      onChange(this.state, lastFailure && 'error' in lastFailure ? lastFailure.error : undefined);
    });
  }

  get state(): BreakerState {
    const { state } = this.#policy;
    if (state === CircuitState.Closed) return 'CLOSED';
    return state === CircuitState.HalfOpen ? 'HALF_OPEN' : 'OPEN';
  }

  /** Whether a call that came now would be let through. */
  get admits(): boolean {
    const now = this.#clock();
    if (this.state === 'CLOSED') return true;
    if (this.state === 'HALF_OPEN') return this.#try !== undefined && now >= this.#try.until;
    return now >= this.#triesFrom;
  }

  /** Null where the service is not to be called. Whoever gets an admission has to say what came of it. */
  admit(): Admission | null {
    const now = this.#clock();
    const { tryMs } = this.#settings;
    if (this.state === 'HALF_OPEN') {
      if (!this.#try || now < this.#try.until) return null;
      // Its caller may never come back to say so. The next call finds the breaker open, and its pause begun.
      this.#try.admission.failed(new Error(`the service said nothing within ${tryMs} ms`));
      return null;
    }
    if (this.state === 'CLOSED') return this.#pass(false);
    if (now < this.#triesFrom) return null;
    const admission = this.#pass(true);
    this.#try = { admission, until: now + tryMs };
    return admission;
  }

  #pass(isTry: boolean): Admission {
    const outcome = Promise.withResolvers<void>();
    let over = false;
    const end = (word: () => void) => {
      if (!over) word();
      over = true;
    };
    this.#isExcused = false;
    this.#policy.execute(() => outcome.promise).catch(() => {});
    return {
      succeeded: () => end(outcome.resolve),
      failed: (error) => end(() => outcome.reject(error)),
      // The library takes an unhandled error of a try for a success, and there was none.
      cancelled: () =>
        end(() => outcome.reject(isTry ? new Error('the call that tried it was left') : new Unproven())),
      excused: () =>
        end(() => {
          if (isTry) {
            this.#isExcused = true;
            this.#excused += 1;
          }
          outcome.reject(isTry ? new Error('the call that tried it proved nothing') : new Unproven());
        }),
    };
  }

  /** The library measures with the wall clock, which can be set: its own wait is none, and `admit` keeps ours. */
  #wait(attempt: number): IBackoff<{ attempt: number }> {
    const { pauseMs, longestPauseMs } = this.#settings;
    const failed = attempt - 1 - this.#excused;
    if (!this.#isExcused) this.#triesFrom = this.#clock() + Math.min(pauseMs * 2 ** failed, longestPauseMs);
    return { duration: Number.NEGATIVE_INFINITY, next: (context) => this.#wait(context.attempt) };
  }
}

/** Opens as soon as one of them would; both hear of every call. */
function either(...breakers: IBreaker[]): IBreaker {
  return {
    state: undefined,
    success: (state) => {
      for (const breaker of breakers) breaker.success(state);
    },
    failure: (state) => breakers.map((breaker) => breaker.failure(state)).includes(true),
  };
}
