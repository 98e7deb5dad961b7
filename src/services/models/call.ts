import type { Api, ApiName } from './api.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Counts } from './counts.ts';
import { ModelError, ModelRefusedError } from './errors.ts';
import type { Limiter, Permit } from './limiter.ts';
import type { CallTime, TokenUsage } from './model.ts';
import { type Patience, pauseAfter, Retries } from './retrying.ts';

export interface CallNeeds {
  limiter: Limiter;
  counts: Counts;
  clock: Clock;
  patience: Patience;
  random: () => number;
}

/** One call to a provider, from its first try to its end: its patience, its turns, its way of asking. */
export class Call implements Disposable {
  readonly #needs: CallNeeds;
  readonly #model: string;
  readonly #retries: Retries;
  readonly #connection: Connection;
  readonly #time: CallTime | undefined;
  #name: ApiName;
  #missing: unknown;

  constructor(needs: CallNeeds, connection: Connection, model: string, signal: AbortSignal, time?: CallTime) {
    this.#needs = needs;
    this.#model = model;
    this.#connection = connection;
    this.#time = time;
    this.#retries = new Retries({ ...needs.patience, clock: needs.clock, random: needs.random }, signal);
    this.#name = connection.apis.name;
    needs.counts.add(model, { calls: 1 });
  }

  /** The caller's, and the deadline's. */
  get signal(): AbortSignal {
    return this.#retries.signal;
  }

  get api(): Api {
    return this.#connection.api(this.#name);
  }

  ask(body: object): Promise<unknown> {
    return this.#connection.ask(this.#name, body, this.signal);
  }

  follow(body: object): AsyncIterable<unknown> {
    return this.#connection.follow(this.#name, body, this.signal);
  }

  /** Waits until one try may go out. */
  async enter(tokens: number): Promise<Permit> {
    using _ = this.#time?.waits();
    return await this.#needs.limiter.enter(tokens, this.#retries.patienceMs, this.signal);
  }

  /** One try that ends with its answer. */
  async once<Value>(
    tokens: number,
    work: () => Promise<Value>,
    usageOf: (value: Value) => TokenUsage | null,
  ) {
    const permit = await this.enter(tokens);
    try {
      const value = await work();
      const usage = usageOf(value);
      this.used(usage);
      await permit.settle(usage && total(usage));
      return value;
    } catch (error) {
      await permit.settle(tokensOf(error));
      throw error;
    }
  }

  /** A try failed: returns when it is time for another one, and throws where there is none. */
  async recover(error: unknown, onlyIfNotStarted = false): Promise<void> {
    if (error instanceof ModelError && error.usage) this.used(error.usage);
    const pauseMs = pauseAfter(error);
    if (pauseMs !== undefined) await this.#needs.limiter.pause(pauseMs);
    if (this.#asksOtherwise(error)) return;

    const meant = this.#missing && lacksApi(error) ? this.#missing : error;
    await this.#retries.after(meant, onlyIfNotStarted).catch((final: unknown) => {
      throw this.failed(final);
    });
    this.#needs.counts.add(this.#model, { retries: 1 });
  }

  /** Counts the call as failed, unless its caller gave up. */
  failed<Failure>(error: Failure): Failure {
    const cancelled = this.signal.aborted && !(this.signal.reason instanceof ModelError);
    if (!cancelled) this.#needs.counts.add(this.#model, { errors: 1 });
    return error;
  }

  used(usage: TokenUsage | null): void {
    if (usage) this.#needs.counts.add(this.#model, usage);
  }

  /** The provider has this way of asking. */
  succeeded(): void {
    this.#connection.apis.remember(this.#name);
  }

  [Symbol.dispose](): void {
    this.#retries[Symbol.dispose]();
  }

  /** A server without the Responses API is asked through Chat Completions, once and from then on. */
  #asksOtherwise(error: unknown): boolean {
    if (!lacksApi(error) || this.#name !== 'responses' || !this.#connection.apis.open) return false;
    this.#missing = error;
    this.#name = 'chat';
    return true;
  }
}

/** 404 also says that there is no such model; then a code says so too. */
export function lacksApi(error: unknown): boolean {
  return (
    error instanceof ModelRefusedError &&
    [404, 405, 501].includes(error.status ?? 0) &&
    !/model|deployment/i.test(error.vendorCode ?? '')
  );
}

export const total = ({ inputTokens, outputTokens }: TokenUsage): number | null =>
  inputTokens + outputTokens || null;

/** What a failed try used; null: nobody knows. */
export function tokensOf(error: unknown): number | null {
  if (!(error instanceof ModelError)) return null;
  if (error.usage && total(error.usage)) return total(error.usage);
  return error.outcomeUnknown ? null : 0;
}
