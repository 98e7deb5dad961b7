import type { CallTime, ModelRouter, TokenUsage } from '../models/index.ts';

/** The service that answers: the one that is being replaced, or its successor. */
export type ServiceVersion = 'LEGACY' | 'NEW';

/** What is moved from the legacy service to its successor, each with a flag of its own. */
export type FeatureName = 'UTILS' | 'LLM' | 'SESSION' | 'CHAT' | 'SCENARIO' | 'WATCH';

export interface ChatRequest {
  sessionId: string;
  /** Instructions that come before the conversation: a scenario, a persona. */
  instructions?: string | undefined;
  /** What was said before, oldest first: at most the newest 50. */
  history: readonly { role: 'user' | 'assistant'; content: string }[];
  message: string;
  model: string;
}

/** A piece of a reply; the usage comes last, where the service tells it. */
export type ChatPiece = { text: string } | { usage: TokenUsage };

/** Answers one message of a conversation. Leaving the loop, or aborting `signal`, ends the call behind it too. */
export interface ChatService {
  /** What a reply may take as a whole, by the service's own settings, milliseconds; undefined: it has no bound. */
  readonly deadlineMs?: number | undefined;

  /** @param time Hears what the call waits for our own limits, before it is made. */
  reply(request: ChatRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ChatPiece>;
}

/**
 * What a caller hears of a reply. `served` comes first, and again where another service takes over in the middle:
 * the text that came before is void then.
 */
export type ReplyEvent = { served: ServiceVersion; fellBack: boolean } | ChatPiece;

/** Decides which service a session gets, and sends its calls there. */
export interface ServiceRouter extends ModelRouter {
  versionFor(feature: FeatureName, sessionId: string): Promise<ServiceVersion>;
  /** Asks the session's service of a feature, falling back to the legacy one where the new one fails. */
  reply(
    feature: 'CHAT' | 'SCENARIO' | 'WATCH',
    request: ChatRequest,
    signal: AbortSignal,
  ): AsyncIterable<ReplyEvent>;
}
