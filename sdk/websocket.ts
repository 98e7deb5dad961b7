import type { Client } from 'graphql-ws/client';
import { type ErrorEntry, SignalboxError } from './errors.ts';
import { dataOf, type Result } from './http.ts';

interface Needs {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The constructor, where the platform has none of its own. */
  WebSocket: unknown;
}

/** Between two questions whether the gateway is still there, and how long it has for the answer. */
const PING_MS = 10_000;
const PONG_MS = 5_000;
const CONNECT_MS = 20_000;

/** Subscriptions over one WebSocket, which is open while there are any. */
export class WebSockets {
  readonly #needs: Needs;
  #client: Promise<Client> | undefined;
  #isConnected = false;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Ends with the gateway's `complete`.
   *
   * @param stands Called when there is a connection to ask over.
   * @throws {SignalboxError} CONNECTION_LOST, or what the gateway closed the socket for.
   */
  async *subscribe<R>(
    query: string,
    variables: object,
    signal: AbortSignal,
    stands: () => void = () => {},
  ): AsyncGenerator<R, void> {
    this.#client ??= open(this.#needs, (isConnected) => {
      this.#isConnected = isConnected;
    });
    const client = await this.#client;
    signal.throwIfAborted();

    const arrived: Result<R>[] = [];
    let end: { error?: unknown } | undefined;
    let wake = Promise.withResolvers<void>();
    const unsubscribe = client.subscribe<R>(
      { query, variables: variables as Record<string, unknown> },
      {
        next: (result) => {
          arrived.push(result as Result<R>);
          wake.resolve();
        },
        error: (error) => {
          end = { error };
          wake.resolve();
        },
        complete: () => {
          end ??= {};
          wake.resolve();
        },
      },
    );
    const abort = () => wake.resolve();
    signal.addEventListener('abort', abort);
    const unheard = client.on('connected', stands);
    if (this.#isConnected) stands();

    try {
      for (;;) {
        await wake.promise;
        wake = Promise.withResolvers();
        signal.throwIfAborted();
        while (arrived.length > 0) yield dataOf(arrived.shift()!);
        if (!end) continue;
        if ('error' in end) throw failureOf(end.error);
        return;
      }
    } finally {
      signal.removeEventListener('abort', abort);
      unheard();
      unsubscribe();
    }
  }
}

async function open(
  { url, headers, WebSocket }: Needs,
  tell: (isConnected: boolean) => void,
): Promise<Client> {
  const { createClient } = await import('graphql-ws/client');
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const expect = (ms: number) => {
    clearTimeout(unanswered);
    unanswered = setTimeout(() => client.terminate(), ms);
  };
  const answered = () => clearTimeout(unanswered);
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    ...(WebSocket ? { webSocketImpl: WebSocket } : {}),
    connectionParams: { ...headers },
    // Resuming is ours: only we know what was seen.
    retryAttempts: 0,
    keepAlive: PING_MS,
    on: {
      connecting: () => expect(CONNECT_MS),
      connected: () => {
        answered();
        tell(true);
      },
      ping: (received) => received || expect(PONG_MS),
      pong: (received) => received && answered(),
      closed: () => {
        answered();
        tell(false);
      },
    },
  });
  return client;
}

/** Close codes after which another try would end the same way. */
const REFUSALS: Record<number, string> = {
  1009: 'MESSAGE_TOO_LARGE',
  4400: 'BAD_REQUEST',
  4401: 'UNAUTHENTICATED',
  4403: 'FORBIDDEN',
  4429: 'TOO_MANY_CONNECTIONS',
};

function failureOf(error: unknown): SignalboxError {
  if (Array.isArray(error)) return SignalboxError.refusal(error as ErrorEntry[]);
  const { code, reason } = (error ?? {}) as { code?: unknown; reason?: unknown };
  const refusal = typeof code === 'number' ? REFUSALS[code] : undefined;
  if (refusal) return new SignalboxError(refusal, String(reason || refusal), { retryable: code === 4429 });
  return new SignalboxError('CONNECTION_LOST', `The WebSocket ended${code ? ` (${code})` : ''}.`, {
    cause: error,
    retryable: true,
  });
}
