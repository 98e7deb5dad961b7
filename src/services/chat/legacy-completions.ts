import type { LanguageModel } from '../models/index.ts';
import { conversation, reply } from './modelled.ts';
import type { ChatPiece, ChatRequest, ChatService } from './types.ts';

interface Needs {
  /** Asked through Chat Completions. */
  model: LanguageModel;
}

/** The legacy service as it was built: a completion that is waited for and handed over in one piece. */
export class LegacyCompletionsChat implements ChatService {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @throws {ModelError | RateLimitedError | ChatServiceError} */
  reply(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatPiece> {
    return reply('legacy chat', this.#whole(request, signal));
  }

  async *#whole(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatPiece> {
    const messages = conversation(request);
    const { value, usage } = await this.#needs.model.text({ model: request.model, messages }, signal);
    yield { text: value };
    yield { usage };
  }
}
