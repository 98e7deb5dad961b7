import { ChatServiceError } from '../../services/chat/errors.ts';

interface Terms {
  /** The caller's. */
  signal: AbortSignal;
  /** A service that has said nothing for so long has failed. */
  silenceMs: number;
  /** In words for an operator. */
  service: string;
  /** Hears how a call ended that was given up. */
  onLate: (error: unknown) => void;
}

/**
 * The pieces of a service that may be silent, or deaf to its signal: neither keeps the caller. Leaving the loop ends
 * the call behind it.
 *
 * @throws {ChatServiceError} CHAT_TIMEOUT: the service was silent for too long.
 */
export async function* heed<Piece>(
  start: (signal: AbortSignal) => AsyncIterable<Piece>,
  { signal, silenceMs, service, onLate }: Terms,
): AsyncGenerator<Piece> {
  signal.throwIfAborted();
  const leaving = new AbortController();
  const gaveUp = Promise.withResolvers<never>();
  gaveUp.promise.catch(() => {});
  const onAbort = () => gaveUp.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const iterator = start(AbortSignal.any([signal, leaving.signal]))[Symbol.asyncIterator]();

  let next: Promise<IteratorResult<Piece>> | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    while (true) {
      const silent = () =>
        gaveUp.reject(
          new ChatServiceError(service, 'CHAT_TIMEOUT', `${service} said nothing within ${silenceMs} ms`),
        );
      timer = setTimeout(silent, silenceMs);
      next = iterator.next();
      const piece = await Promise.race([next, gaveUp.promise]);
      // Only the service's silence counts, not the time that its caller takes.
      clearTimeout(timer);
      next = undefined;
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    leaving.abort();
    // Neither is awaited: they may wait for a piece that never comes.
    next?.catch(onLate);
    iterator.return?.().catch(onLate);
  }
}
