import type { TokenUsage } from './model.ts';

/** One call to a model as either side of the move would make it. */
interface ModelWays<Piece> {
  LEGACY: (signal: AbortSignal) => AsyncIterable<Piece>;
  NEW: (signal: AbortSignal) => AsyncIterable<Piece>;
}

/** Decides how a session's models are asked, and keeps account of it. */
export interface ModelRouter {
  /**
   * What the session's way gives; where the new one fails before it has said anything, what the legacy one gives. What
   * the failed call was paid for comes as a usage of its own.
   */
  ask<Piece extends object>(
    about: { sessionId: string; model: string },
    ways: ModelWays<Piece>,
    signal: AbortSignal,
  ): AsyncIterable<Piece | { usage: TokenUsage }>;
}
