import { SignalboxError } from './errors.ts';
import { badResponse, dataOf, type Http, type Result, read } from './http.ts';

interface Hearing {
  /** After which the stream counts as lost. */
  silenceMs: number;
  signal: AbortSignal;
  /** Called when the gateway has begun to answer. */
  stands?: (() => void) | undefined;
}

/**
 * A subscription over server-sent events: ends with the gateway's `complete`.
 *
 * @throws {SignalboxError} What the gateway refused it for; CONNECTION_LOST, whatever else ended it.
 */
export async function* overEventStream<R>(
  http: Http,
  query: string,
  variables: object,
  { silenceMs, signal, stands }: Hearing,
): AsyncGenerator<R, void> {
  const silence = new Silence(silenceMs);
  try {
    const both = AbortSignal.any([signal, silence.signal]);
    const response = await http.post(query, variables, 'text/event-stream', both);
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      dataOf(await read<R>(response), response);
      throw badResponse(response, 'no event stream');
    }
    if (!response.body) throw badResponse(response, 'empty');
    stands?.();

    for await (const { event, data } of events(chunks(response.body, silence))) {
      if (event === 'complete') return;
      if (event === 'next') yield dataOf(JSON.parse(data) as Result<R>, response);
    }
    throw new Error('The stream ended early.');
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SignalboxError) throw cause;
    const message = silence.signal.aborted ? 'The gateway fell silent.' : 'The connection ended early.';
    throw new SignalboxError('CONNECTION_LOST', message, { cause, retryable: true });
  } finally {
    // Also where the consumer left: this closes the socket, and the gateway's side with it.
    silence.end();
  }
}

/** Aborts when nothing was heard for a time, or when it is told to. */
class Silence {
  readonly #controller = new AbortController();
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    this.broken();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

/** Safari's streams are not iterable. */
async function* chunks(body: ReadableStream<Uint8Array>, silence: Silence): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    silence.broken();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

async function* events(text: AsyncIterable<string>): AsyncGenerator<{ event: string; data: string }, void> {
  let rest = '';
  let event = 'message';
  let data: string[] = [];

  for await (const chunk of text) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (line === '') {
        if (data.length > 0 || event !== 'message') yield { event, data: data.join('\n') };
        event = 'message';
        data = [];
      }
    }
  }
}
