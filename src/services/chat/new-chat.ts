import type { CallTime, LanguageModel } from '../models/index.ts';
import { conversation, reply } from './modelled.ts';
import type { ChatPiece, ChatRequest, ChatService } from './types.ts';

interface Needs {
  /**
   * Asked the way that is configured: through the Responses API, or, where the provider turns out not to have it,
   * through Chat Completions. The reply streams either way.
   */
  model: LanguageModel;
}

/**
 * The new service: replies stream as they are written. It holds no state: the past comes with each request, so any
 * process can answer, and each message can go to another model.
 */
export class NewChat implements ChatService {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  get deadlineMs(): number | undefined {
    return this.#needs.model.deadlineMs;
  }

  /** @throws {ModelError | RateLimitedError | ChatServiceError} */
  reply(request: ChatRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ChatPiece> {
    const messages = conversation(request);
    return reply('new chat', this.#needs.model.stream({ model: request.model, messages }, signal, time));
  }
}
