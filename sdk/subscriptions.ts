import { SignalboxError } from './errors.ts';
import { overEventStream } from './event-stream.ts';
import type { TypedDocumentString } from './generated/graphql.ts';
import type { Http } from './http.ts';
import { type Retry, resuming } from './resuming.ts';
import type { WebSockets } from './websocket.ts';

interface Needs {
  http: Http;
  webSockets: WebSockets;
  transport: 'sse' | 'websocket';
  retry: Retry;
}

/** Subscriptions over however many connections they take. */
export class Subscriptions {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * What comes until the gateway completes.
   *
   * @param variables Of the next connection: they say what was seen.
   * @throws {SignalboxError}
   */
  resuming<R, V extends object>(
    document: TypedDocumentString<R, V>,
    variables: () => V,
    signal: AbortSignal,
  ): AsyncGenerator<R, void> {
    const connect = () => this.#connect(document, variables(), signal);
    return resuming(connect, this.#needs.retry, signal);
  }

  /**
   * What comes for as long as somebody listens, of a subscription that cannot begin behind what was seen.
   *
   * @param catchUp Asked whenever a connection stands; what it gives comes first.
   * @throws {SignalboxError}
   */
  lasting<R, V extends object>(
    document: TypedDocumentString<R, V>,
    variables: V,
    catchUp: () => Promise<readonly R[]>,
    signal: AbortSignal,
  ): AsyncGenerator<R, void> {
    const connect = () => caughtUp((stands) => this.#connect(document, variables, signal, stands), catchUp);
    return resuming(connect, this.#needs.retry, signal);
  }

  #connect<R, V extends object>(
    document: TypedDocumentString<R, V>,
    variables: V,
    signal: AbortSignal,
    stands?: () => void,
  ): AsyncGenerator<R, void> {
    const { http, webSockets, transport, retry } = this.#needs;
    const query = document.toString();
    return transport === 'sse'
      ? overEventStream<R>(http, query, variables, { silenceMs: retry.silenceMs, signal, stands })
      : webSockets.subscribe<R>(query, variables, signal, stands);
  }
}

/** One connection: what was missed before it, and then what it brings. Its end is a loss. */
async function* caughtUp<R>(
  connect: (stands: () => void) => AsyncGenerator<R, void>,
  catchUp: () => Promise<readonly R[]>,
): AsyncGenerator<R, void> {
  const standing = Promise.withResolvers<void>();
  const live = connect(standing.resolve);
  // Heard before it is asked for, so that nothing falls between what was missed and what comes.
  const first = live.next();
  first.catch(() => {});
  try {
    await Promise.race([standing.promise, first]);
    yield* await catchUp();
    for (let next = await first; !next.done; next = await live.next()) yield next.value;
  } finally {
    await live.return();
  }
  throw new SignalboxError('CONNECTION_LOST', 'The gateway ended the subscription.', { retryable: true });
}
