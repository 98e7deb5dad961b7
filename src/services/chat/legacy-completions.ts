import type { CallTime, LanguageModel, ReplyPiece } from '../models/index.ts';
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

  get deadlineMs(): number | undefined {
    return this.#needs.model.deadlineMs;
  }

  /** @throws {ModelError | RateLimitedError | ChatServiceError} */
  reply(request: ChatRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ChatPiece> {
    return reply('legacy chat', this.#whole(request, signal, time));
  }

  async *#whole(request: ChatRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ReplyPiece> {
    const messages = conversation(request);
    const asked = { model: request.model, messages };
    const { value, ...end } = await this.#needs.model.text(asked, signal, time);
    yield { text: value };
    yield end;
  }
}
