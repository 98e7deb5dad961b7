import type {
  CallTime,
  LanguageModel,
  Reply,
  ReplyPiece,
  StructuredRequest,
  TextRequest,
  TokenUsage,
} from './model.ts';

/** One call to a model as either side of the move would make it. */
interface ModelWays<Piece> {
  LEGACY: (signal: AbortSignal, time: CallTime) => AsyncIterable<Piece>;
  NEW: (signal: AbortSignal, time: CallTime) => AsyncIterable<Piece>;
}

/** What bounds a call, and keeps its time. */
type Within = [signal: AbortSignal, time: CallTime];

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

/** A session's model: each call goes the way that the router has for it. */
export class RoutedModel implements LanguageModel {
  readonly #router: ModelRouter;
  readonly #models: Readonly<Record<keyof ModelWays<never>, LanguageModel>>;
  readonly #sessionId: string;

  constructor(
    router: ModelRouter,
    models: Readonly<Record<keyof ModelWays<never>, LanguageModel>>,
    sessionId: string,
  ) {
    this.#router = router;
    this.#models = models;
    this.#sessionId = sessionId;
  }

  text(request: TextRequest, signal: AbortSignal): Promise<Reply<string>> {
    return this.#whole(request, (model, ...within) => model.text(request, ...within), signal);
  }

  structured<Value>(request: StructuredRequest, signal: AbortSignal): Promise<Reply<Value>> {
    return this.#whole(request, (model, ...within) => model.structured<Value>(request, ...within), signal);
  }

  async *stream(request: TextRequest, signal: AbortSignal): AsyncGenerator<ReplyPiece> {
    let usage: TokenUsage | undefined;
    const ways = this.#ways((model, ...within) => model.stream(request, ...within));
    for await (const piece of this.#ask(request, ways, signal)) {
      if ('usage' in piece) usage = sum(usage, piece.usage);
      else yield piece;
    }
    if (usage) yield { usage };
  }

  async #whole<Value>(
    request: TextRequest,
    ask: (model: LanguageModel, ...within: Within) => Promise<Reply<Value>>,
    signal: AbortSignal,
  ): Promise<Reply<Value>> {
    const ways = this.#ways<{ value: Value } | { usage: TokenUsage }>(async function* (model, ...within) {
      const { value, usage } = await ask(model, ...within);
      yield { value };
      yield { usage };
    });
    let answer: { value: Value } | undefined;
    let usage: TokenUsage | undefined;
    for await (const piece of this.#ask(request, ways, signal)) {
      if ('usage' in piece) usage = sum(usage, piece.usage);
      else answer = piece;
    }
    return { value: answer!.value, usage: usage ?? { inputTokens: 0, outputTokens: 0 } };
  }

  #ask<Piece extends object>(
    { model }: TextRequest,
    ways: ModelWays<Piece>,
    signal: AbortSignal,
  ): AsyncIterable<Piece | { usage: TokenUsage }> {
    return this.#router.ask({ sessionId: this.#sessionId, model }, ways, signal);
  }

  #ways<Piece>(ask: (model: LanguageModel, ...within: Within) => AsyncIterable<Piece>): ModelWays<Piece> {
    const { LEGACY, NEW } = this.#models;
    return { LEGACY: (...within) => ask(LEGACY, ...within), NEW: (...within) => ask(NEW, ...within) };
  }
}

const sum = (a: TokenUsage | undefined, b: TokenUsage): TokenUsage => ({
  inputTokens: (a?.inputTokens ?? 0) + b.inputTokens,
  outputTokens: (a?.outputTokens ?? 0) + b.outputTokens,
});
