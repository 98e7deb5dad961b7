import type { CallTime } from '../models/index.ts';
import { Slots } from '../slots.ts';
import { bounded } from './bounds.ts';
import { ChatServiceError } from './errors.ts';
import { readReply } from './legacy-answer.ts';
import { connectionFailure, LEGACY, refusal } from './legacy-failure.ts';
import { readRest } from './legacy-rest.ts';
import type { ChatPiece, ChatRequest, ChatService } from './types.ts';

/** What the endpoint calls things. */
export interface LegacyFields {
  /** Fields of the request. Null leaves one out, for an endpoint that refuses what it does not know. */
  message: string;
  session: string | null;
  /** An array of `{ role: 'user' | 'assistant', content }`, oldest first. */
  history: string | null;
  model: string | null;
  /** Sent only where there are instructions. */
  instructions: string | null;
  /** Where the text is in a JSON answer, dotted: `reply`, `data.response`, `choices.0.message.content`. */
  reply: string;
  /** The same of one event, where the answer is an event stream. */
  piece: string;
}

export interface LegacyHttpSettings {
  /** A name and a password in it are sent as basic authorization. */
  url: string;
  /** Those not named are called `message`, `session_id`, `history`, `model`, `instructions` and `reply`. */
  fields?: Partial<LegacyFields>;
  /** Sent with every request, an `authorization` for example. */
  headers?: Readonly<Record<string, string>>;
  /** For one reply as a whole. Beyond 300,000 the silence of five minutes ends it first. */
  timeoutMs: number;
  /** Requests under way at a time; whoever comes next waits, for `timeoutMs` at most. 100 unless given. */
  atOnce?: number;
}

const AT_ONCE = 100;
const FIELDS = {
  message: 'message',
  session: 'session_id',
  history: 'history',
  model: 'model',
  instructions: 'instructions',
  reply: 'reply',
};

/**
 * The legacy service as an HTTP endpoint: one POST of JSON per message. Connections are kept and used again. A request
 * is never sent twice, because an endpoint that keeps a session of its own would hear the message twice.
 */
export class LegacyHttpChat implements ChatService {
  readonly #url: URL;
  readonly #headers: Headers;
  readonly #fields: LegacyFields;
  readonly #timeoutMs: number;
  readonly #places: Slots;

  constructor({ url, fields = {}, headers = {}, timeoutMs, atOnce = AT_ONCE }: LegacyHttpSettings) {
    this.#url = new URL(url);
    this.#headers = new Headers({
      accept: 'application/json, text/event-stream;q=0.9, text/plain;q=0.8',
      'user-agent': 'signalbox',
      ...basicAuthorization(this.#url),
      ...headers,
      'content-type': 'application/json',
    });
    // Requests refuse addresses with credentials in them.
    this.#url.username = '';
    this.#url.password = '';
    this.#fields = { ...FIELDS, piece: fields.reply ?? FIELDS.reply, ...fields };
    this.#timeoutMs = timeoutMs;
    this.#places = new Slots(atOnce);
  }

  get deadlineMs(): number {
    return this.#timeoutMs;
  }

  /**
   * One piece where the endpoint answers with JSON; piece by piece where it streams events or plain text.
   *
   * @throws {ChatServiceError}
   */
  async *reply(request: ChatRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ChatPiece> {
    signal.throwIfAborted();
    using _place = await this.#place(signal, time);
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    const stop = AbortSignal.any([signal, deadline]);
    // Its own: the caller has the reply, and is gone, before the answer has come to its end.
    const connection = new AbortController();
    const hangUp = () => connection.abort(stop.reason);
    stop.addEventListener('abort', hangUp, { once: true });
    let answered = false;
    let said = false;

    try {
      stop.throwIfAborted();
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body: JSON.stringify(this.#body(request)),
        // Following one would turn the POST into a GET, and show our headers to another server.
        redirect: 'manual',
        signal: connection.signal,
      });
      answered = true;
      if (!response.ok) throw await refusal(response);
      for await (const text of readReply(response, this.#fields)) yield { text };
      said = true;
      void readRest(response.body).then((ended) => {
        if (!ended) hangUp();
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (deadline.aborted)
        throw new ChatServiceError(
          LEGACY,
          'CHAT_TIMEOUT',
          `The legacy chat did not finish its answer within ${this.#timeoutMs / 1000} s.`,
          { cause: error },
        );
      throw error instanceof ChatServiceError ? error : connectionFailure(error, answered);
    } finally {
      stop.removeEventListener('abort', hangUp);
      if (!said) hangUp();
    }
  }

  /** Waits for its turn; the endpoint hears nothing of that, and its own time has not begun. */
  async #place(signal: AbortSignal, time?: CallTime): Promise<Disposable> {
    using _ = time?.waits();
    const patience = AbortSignal.timeout(this.#timeoutMs);
    return await this.#places.take(AbortSignal.any([signal, patience])).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new ChatServiceError(
        LEGACY,
        'CHAT_TIMEOUT',
        `The legacy chat had no place for a call within ${this.#timeoutMs / 1000} s.`,
        { cause },
      );
    });
  }

  #body({ sessionId, instructions, history, message, model }: ChatRequest): Record<string, unknown> {
    const fields = this.#fields;
    const values: [name: string | null, value: unknown][] = [
      [fields.message, message],
      [fields.session, sessionId],
      [fields.history, bounded(history).map(({ role, content }) => ({ role, content }))],
      [fields.model, model],
      [fields.instructions, instructions],
    ];
    return Object.fromEntries(values.filter(([name, value]) => name !== null && value !== undefined));
  }
}

function basicAuthorization({ username, password }: URL): { authorization?: string } {
  if (!username && !password) return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
