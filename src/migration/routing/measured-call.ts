import type { ServiceCall } from './service-calls.ts';

type Begun = Pick<ServiceCall, 'feature' | 'version' | 'sessionId' | 'at' | 'share'>;

/** One call while it runs: what came of it, and how long it took, by a clock that is never set back. */
export class MeasuredCall {
  readonly #begun: Begun;
  readonly #clock: () => number;
  readonly #began: number;
  #firstTextMs: number | null = null;
  #fellBack = false;
  #failure: string | null = null;
  #whole = false;

  constructor(begun: Begun, clock: () => number) {
    this.#begun = begun;
    this.#clock = clock;
    this.#began = clock();
  }

  text(): void {
    this.#firstTextMs ??= this.#clock() - this.#began;
  }

  /** The new service failed, or was not even asked; what it said until now is void. */
  fellBack(error: unknown): void {
    this.#fellBack = true;
    this.#failure = inWords(error);
    this.#firstTextMs = null;
  }

  failed(error: unknown): void {
    this.#failure ??= inWords(error);
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
      durationMs: this.#clock() - this.#began,
      firstTextMs: this.#firstTextMs,
      outcome: this.#failure !== null ? 'error' : this.#whole ? 'ok' : 'cancelled',
      fellBack: this.#fellBack,
      error: this.#failure,
    };
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}: ${error.message}`;
}
