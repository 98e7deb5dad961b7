import type { CallTime } from '../../services/models/index.ts';
import type { ServiceCall } from './service-calls.ts';

type Begun = Pick<ServiceCall, 'feature' | 'version' | 'sessionId' | 'at' | 'share'>;

/**
 * One call while it runs: what came of it, and how long it took, by a clock that is never set back. What it waited for our
 * own limits is not the service's time.
 */
export class MeasuredCall implements CallTime {
  readonly #begun: Begun;
  readonly #clock: () => number;
  readonly #began: number;
  #waitedMs = 0;
  #waitsSince: number | null = null;
  #firstTextMs: number | null = null;
  #fellBack = false;
  #failure: string | null = null;
  #excused = false;
  #whole = false;

  constructor(begun: Begun, clock: () => number) {
    this.#begun = begun;
    this.#clock = clock;
    this.#began = clock();
  }

  text(): void {
    this.#firstTextMs ??= this.#durationMs;
  }

  waits(): Disposable {
    this.#waitsSince = this.#clock();
    return {
      [Symbol.dispose]: () => {
        this.#waitedMs = this.#waited;
        this.#waitsSince = null;
      },
    };
  }

  /** Most of its time until now it waited for our own limits. */
  get mostlyWaited(): boolean {
    return this.#waited > this.#durationMs;
  }

  /**
   * The new service failed, or was not even asked; what it said until now is void.
   *
   * @param excused The failure says nothing of the service.
   */
  fellBack(error: unknown, excused = false): void {
    this.#fellBack = true;
    this.#firstTextMs = null;
    this.failed(error, excused);
  }

  /** The first failure is the one that counts: it is the version's own. */
  failed(error: unknown, excused = false): void {
    if (this.#failure !== null) return;
    this.#failure = inWords(error);
    this.#excused = excused;
  }

  whole(): void {
    this.#whole = true;
  }

  /** The caller got a reply to its end, whoever gave it. */
  get isWhole(): boolean {
    return this.#whole;
  }

  /** As it stands now. A failure is one even if its caller left later. */
  result(): ServiceCall {
    return {
      ...this.#begun,
      durationMs: this.#durationMs,
      firstTextMs: this.#firstTextMs,
      outcome: this.#outcome,
      fellBack: this.#fellBack,
      error: this.#failure,
    };
  }

  get #outcome(): ServiceCall['outcome'] {
    if (this.#failure !== null) return this.#excused ? 'cancelled' : 'error';
    return this.#whole ? 'ok' : 'cancelled';
  }

  get #waited(): number {
    return this.#waitedMs + (this.#waitsSince === null ? 0 : this.#clock() - this.#waitsSince);
  }

  get #durationMs(): number {
    return this.#clock() - this.#began - this.#waited;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}: ${error.message}`;
}
