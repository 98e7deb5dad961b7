import type { Api, ApiName } from './api.ts';

/** A provider's client: each method is one request, tried once, and every failure a `ModelError`. */
export interface Connection {
  readonly apis: ApiMemory;
  api(name: ApiName): Api;

  /** The answer's JSON. A provider that honours the key gives the same answer to it again. */
  ask(api: ApiName, body: object, signal: AbortSignal, idempotencyKey?: string): Promise<unknown>;

  /** The stream's events as JSON; `body` asks for a stream. Leaving the loop, or aborting `signal`, closes the socket. */
  follow(api: ApiName, body: object, signal: AbortSignal): AsyncIterable<unknown>;

  retrieve(responseId: string, signal: AbortSignal): Promise<unknown>;
  cancel(responseId: string, signal: AbortSignal): Promise<unknown>;
}

/** Which way a provider is asked: as configured, or as found out once. */
export class ApiMemory {
  #name: ApiName | undefined;

  constructor(configured: ApiName | 'auto') {
    this.#name = configured === 'auto' ? undefined : configured;
  }

  get name(): ApiName {
    return this.#name ?? 'responses';
  }

  /** Nobody has said yet, and no answer has shown, which one the provider has. */
  get open(): boolean {
    return this.#name === undefined;
  }

  /** A call went well this way. */
  remember(name: ApiName): void {
    this.#name ??= name;
  }
}
