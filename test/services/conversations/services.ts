import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Behaviour, completed, delta, done, type Exchange, streaming } from '../../support/provider.ts';

/** The flags under which the new services answer. */
const MOVED = { USE_NEW_CHAT: 'true', USE_NEW_SCENARIO: 'true', USE_NEW_WATCH: 'true' };

/** Settings of a gateway for a provider whose limits no test meets, and which is asked once. */
export const configured = (provider: { url: string }, legacy?: { url: string }): Record<string, string> => ({
  ...MOVED,
  OPENAI_BASE_URL: provider.url,
  OPENAI_API_KEY: 'test-key-0123456789',
  OPENAI_MAX_RETRIES: '0',
  OPENAI_RATE_LIMIT_REQUESTS_PER_SECOND: '100000',
  OPENAI_RATE_LIMIT_BURST: '100000',
  OPENAI_CONCURRENCY: '1000',
  ...(legacy && { LEGACY_CHAT_URL: `${legacy.url}/chat` }),
});

/** What the provider was asked, by either of its ways. */
export const askedOf = ({ body }: Exchange): { role: string; content: string }[] =>
  body.input ?? body.messages;

/** What was said before the last message, and that message. */
export const heardOf = (exchange: Exchange): string[] => askedOf(exchange).map(({ content }) => content);

/** Answers each message with a text, word by word where it is asked for a stream. */
export const answering =
  (reply: (message: string, exchange: Exchange) => string = (message) => `You said: ${message}`): Behaviour =>
  (exchange, response) => {
    const text = reply(heardOf(exchange).at(-1) ?? '', exchange);
    const pieces = text.match(/\S+\s*|\s+/g) ?? [];
    return exchange.body.stream
      ? streaming([...pieces.map(delta), done])(exchange, response)
      : completed(text)(exchange, response);
  };

/** A streamed reply that a test dictates. */
export class Dictation {
  readonly #asked = Promise.withResolvers<Exchange>();
  readonly #piece: (text: string) => object;
  #response: ServerResponse | undefined;

  /** @param piece An event with a piece of the text; the provider's, unless told otherwise. */
  constructor(piece: (text: string) => object = delta) {
    this.#piece = piece;
  }

  /** The request, once it came. */
  get asked(): Promise<Exchange> {
    return this.#asked.promise;
  }

  readonly behaviour: Behaviour = (exchange, response) => {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.#asked.resolve(exchange);
  };

  say(...pieces: string[]): void {
    for (const piece of pieces) this.#write(this.#piece(piece));
  }

  end(): void {
    this.#write(done);
    this.#response?.end();
  }

  /** Tears the connection off, behind what was said. */
  async cut(): Promise<void> {
    const response = this.#response;
    if (!response) throw new Error('Nobody has asked yet.');
    if (response.writableLength > 0) await once(response, 'drain');
    response.socket?.destroy();
  }

  #write(event: object): void {
    this.#response?.write(`data: ${JSON.stringify(event)}\n\n`);
  }
}
