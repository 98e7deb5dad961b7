import { ChatServiceError } from '../../services/chat/errors.ts';
import type { CallTime } from '../../services/models/index.ts';

interface Terms {
  /** The caller's. */
  signal: AbortSignal;
  /** A service that has said nothing for so long has failed. What its call waits for our own limits does not count. */
  silenceMs: number;
  /** In words for an operator. */
  service: string;
  /** Hears of the same waits. */
  time?: CallTime;
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
  start: (signal: AbortSignal, time: CallTime) => AsyncIterable<Piece>,
  { signal, silenceMs, service, time, onLate }: Terms,
): AsyncGenerator<Piece> {
  signal.throwIfAborted();
  const leaving = new AbortController();
  const gaveUp = Promise.withResolvers<never>();
  gaveUp.promise.catch(() => {});
  const onAbort = () => gaveUp.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const silent = () =>
    gaveUp.reject(
      new ChatServiceError(service, 'CHAT_TIMEOUT', `${service} said nothing within ${silenceMs} ms`),
    );
  using silence = new Silence(silenceMs, silent, time);
  const iterator = start(AbortSignal.any([signal, leaving.signal]), silence)[Symbol.asyncIterator]();

  let next: Promise<IteratorResult<Piece>> | undefined;
  try {
    while (true) {
      silence.begins();
      next = iterator.next();
      const piece = await Promise.race([next, gaveUp.promise]);
      // Only the service's silence counts, not the time that its caller takes.
      silence.ends();
      next = undefined;
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    leaving.abort();
    // Neither is awaited: they may wait for a piece that never comes.
    next?.catch(onLate);
    iterator.return?.().catch(onLate);
  }
}

/** Runs while a service is waited for, and begins anew when its call has waited for our own limits. */
class Silence implements CallTime, Disposable {
  readonly #ms: number;
  readonly #onSilent: () => void;
  readonly #time: CallTime | undefined;
  #waitedFor = false;
  #timer: NodeJS.Timeout | undefined;
  #wait: Disposable | undefined;
  #over = false;

  constructor(ms: number, onSilent: () => void, time: CallTime | undefined) {
    this.#ms = ms;
    this.#onSilent = onSilent;
    this.#time = time;
  }

  begins(): void {
    this.#waitedFor = true;
    this.#run();
  }

  ends(): void {
    this.#waitedFor = false;
    clearTimeout(this.#timer);
  }

  waits(): Disposable {
    // A call that was given up may go on waiting; that is nobody's time.
    if (this.#over) return { [Symbol.dispose]() {} };
    clearTimeout(this.#timer);
    const outer = this.#time?.waits();
    const wait = {
      [Symbol.dispose]: () => {
        if (this.#wait !== wait) return;
        this.#wait = undefined;
        outer?.[Symbol.dispose]();
        this.#run();
      },
    };
    this.#wait = wait;
    return wait;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.ends();
    this.#wait?.[Symbol.dispose]();
  }

  #run(): void {
    clearTimeout(this.#timer);
    if (this.#waitedFor && !this.#wait) this.#timer = setTimeout(this.#onSilent, this.#ms);
  }
}
