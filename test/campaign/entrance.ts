import { setTimeout as delay } from 'node:timers/promises';

/** For one answer: a gateway whose database is away says so sooner. */
const ANSWER_MS = 15_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** Codes after which asking again would end the same way. */
const REFUSALS = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'UNAUTHENTICATED'];

interface Body<Data> {
  data?: Data;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** The gateways as clients know them: whichever does not answer, the next one is asked the same. */
export class Entrance {
  readonly urls: readonly string[];
  readonly #signal: AbortSignal;

  constructor(urls: readonly string[], signal: AbortSignal) {
    this.urls = urls;
    this.#signal = signal;
  }

  /**
   * @param first Which gateway is asked first.
   * @param again Hears each time that an answer was lost or was an error.
   * @throws {Error} The request itself was refused.
   */
  async ask<Data>(
    query: string,
    variables: object,
    { first = 0, again = () => {} }: { first?: number; again?: () => void } = {},
  ): Promise<Data> {
    const body = JSON.stringify({ query, variables });
    return this.#insist(first, again, (url) => ({
      url,
      init: { method: 'POST', headers: { 'content-type': 'application/json' }, body },
    }));
  }

  /** The same with a file, which takes the place of the variable `file` of `input`. */
  async upload<Data>(query: string, input: object, file: File): Promise<Data> {
    return this.#insist(
      0,
      () => {},
      (url) => {
        const form = new FormData();
        form.set('operations', JSON.stringify({ query, variables: { input: { ...input, file: null } } }));
        form.set('map', JSON.stringify({ file: ['variables.input.file'] }));
        form.set('file', file);
        return { url, init: { method: 'POST', headers: { 'x-graphql-yoga-csrf': '1' }, body: form } };
      },
    );
  }

  async #insist<Data>(
    first: number,
    again: () => void,
    request: (url: string) => { url: string; init: RequestInit },
  ): Promise<Data> {
    for (let attempt = 0; ; attempt += 1) {
      this.#signal.throwIfAborted();
      const { url, init } = request(this.urls[(first + attempt) % this.urls.length]!);
      const answer = await answered<Data>(url, init, this.#signal);
      if (answer?.data && !answer.errors) return answer.data;

      const refusal = answer?.errors?.find(({ extensions }) => REFUSALS.includes(extensions?.code ?? ''));
      if (refusal) throw new Error(refusal.message);
      again();
      await delay(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS), undefined, {
        signal: this.#signal,
      });
    }
  }
}

/** Undefined where the answer was lost. */
async function answered<Data>(
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Body<Data> | undefined> {
  try {
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    return (await response.json()) as Body<Data>;
  } catch {
    return undefined;
  }
}
