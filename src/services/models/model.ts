/** What is said to a model. */
export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface TextRequest {
  /** The provider's name of the model. */
  model: string;
  messages: readonly Message[];
  /** Bound on the answer, tokens. */
  maxOutputTokens?: number;
}

export interface StructuredRequest extends TextRequest {
  /** Letters, digits, _ and -; the provider shows it to the model. */
  schemaName: string;
  /** JSON Schema that the answer satisfies. */
  schema: Record<string, unknown>;
}

/** What one call used. Counted also where the call failed, as far as the provider said. */
export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface Reply<Value> {
  value: Value;
  usage: TokenUsage;
  /** It ran into the bound on its length, and ends in the middle. */
  cut?: boolean;
}

/** A piece of a streamed reply; the last one carries the usage and no text. */
export type ReplyPiece = { text: string } | Omit<Reply<never>, 'value'>;

/** Keeps a call's time apart from what it waits for our own limits: that is not its provider's. */
export interface CallTime {
  /** The call waits for its turn; dispose when it has it, or does not wait any more. */
  waits(): Disposable;
}

/** A language model behind a provider. Every call ends soon after its signal fires. */
export interface LanguageModel {
  /** What a call may take as a whole, milliseconds; undefined where nothing bounds it. */
  readonly deadlineMs?: number | undefined;

  /** The answer in one piece. */
  text(request: TextRequest, signal: AbortSignal, time?: CallTime): Promise<Reply<string>>;

  /** The answer piece by piece. Leaving the loop, or aborting `signal`, closes the provider's stream too. */
  stream(request: TextRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ReplyPiece>;

  /** An answer that satisfies a JSON Schema; parsed, and checked against it. */
  structured<Value>(request: StructuredRequest, signal: AbortSignal, time?: CallTime): Promise<Reply<Value>>;
}

/** Where a background response stands at its provider. */
export type BackgroundStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete';

export interface BackgroundResponse {
  id: string;
  status: BackgroundStatus;
  /** What it says so far; the whole answer once it is completed. */
  text: string;
  usage: TokenUsage | null;
  error: { code: string; message: string } | null;
}

export interface BackgroundRequest {
  model: string;
  question: string;
  effort: 'low' | 'medium' | 'high';
  /** Sent as `Idempotency-Key`: a provider that honours it gives the same response again instead of a second one. */
  idempotencyKey: string;
  /** Kept by the provider with the response; ours names the job. */
  metadata: Record<string, string>;
}

/** Responses that go on at the provider while nobody is connected. */
export interface BackgroundModel {
  /**
   * Starts a response. Tried again by itself only where nothing can have been started: where the provider said so
   * (429), or was not reached. Whoever calls decides what an unknown outcome means. A request that is on its way when
   * `signal` fires is waited for a little longer, because only its answer names what there is to stop.
   *
   * @throws {BackgroundUnsupportedError} The provider has no background mode.
   */
  create(request: BackgroundRequest, signal: AbortSignal): Promise<BackgroundResponse>;

  /** @throws {ResponseGoneError} The provider does not know the response, or does not keep it any more. */
  retrieve(id: string, signal: AbortSignal): Promise<BackgroundResponse>;

  /** Asks the provider to stop; gives where the response stands then. */
  cancel(id: string, signal: AbortSignal): Promise<BackgroundResponse>;
}
