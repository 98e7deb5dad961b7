import type { TokenUsage } from './model.ts';

export interface ModelFacts extends ErrorOptions {
  /** HTTP status of the provider's answer. */
  status?: number | undefined;
  /** How long the provider wants to be left alone. */
  retryAfterSeconds?: number | undefined;
  /** The provider's own name for what went wrong. */
  vendorCode?: string | undefined;
  /** The field of the request that the provider objects to. */
  vendorParam?: string | undefined;
  /** What the failed call was paid for, as far as the provider said. */
  usage?: TokenUsage | undefined;
}

/** Everything that can go wrong between a request and a model's answer. Messages hold no keys. */
export abstract class ModelError extends Error {
  /** Stable, for machines. */
  abstract readonly code: string;
  /** The same call may succeed later. */
  readonly retryable: boolean = false;
  /** The provider may be working on the call, or may have done it, all the same. */
  readonly outcomeUnknown: boolean = false;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly vendorCode: string | undefined;
  readonly vendorParam: string | undefined;
  readonly usage: TokenUsage | undefined;

  constructor(message: string, facts: ModelFacts = {}) {
    const { status, retryAfterSeconds, vendorCode, vendorParam, usage, ...options } = facts;
    super(message, options);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.vendorCode = vendorCode;
    this.vendorParam = vendorParam;
    this.usage = usage;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** The provider wants fewer calls. */
export class ModelRateLimitedError extends ModelError {
  readonly code = 'MODEL_RATE_LIMITED';
  override readonly retryable = true;
}

/** The account's quota is spent: asking again does not help before somebody pays. */
export class ModelQuotaError extends ModelError {
  readonly code = 'MODEL_QUOTA_SPENT';
}

/** The provider is down, or cannot be reached. */
export class ModelUnavailableError extends ModelError {
  readonly code = 'MODEL_UNAVAILABLE';
  override readonly retryable = true;
  override readonly outcomeUnknown: boolean;

  /** @param facts.reached False where no connection came about, so that nothing can have been started. */
  constructor(message: string, { reached = true, ...facts }: ModelFacts & { reached?: boolean } = {}) {
    super(message, facts);
    this.outcomeUnknown = reached;
  }
}

/** The provider understood the request and will not do it: content filter, key, model's name, malformed request. */
export class ModelRefusedError extends ModelError {
  readonly code = 'MODEL_REFUSED';
}

/** The answer came, and is not what was asked for. */
export class ModelAnswerError extends ModelError {
  readonly code = 'MODEL_ANSWER';
}

/** The stream ended before the answer did. What came until then stands. */
export class ModelStreamCutError extends ModelError {
  readonly code = 'MODEL_STREAM_CUT';
  override readonly retryable = true;
  override readonly outcomeUnknown = true;
}

/** The answer ran into the bound on its length. What came until then stands. */
export class ModelLengthError extends ModelError {
  readonly code = 'MODEL_LENGTH';
}

/** The call's deadline passed, or the connection fell silent. */
export class ModelTimeoutError extends ModelError {
  readonly code = 'MODEL_TIMEOUT';
  override readonly outcomeUnknown = true;
}

/** The provider has no background mode. */
export class BackgroundUnsupportedError extends ModelError {
  readonly code = 'BACKGROUND_UNSUPPORTED';
}

/** The provider does not know the response, or does not keep it any more. */
export class ResponseGoneError extends ModelError {
  readonly code = 'RESPONSE_GONE';
}

/** Not signed by the provider with our secret, too old, or no webhook at all. */
export class InvalidWebhookError extends ModelError {
  readonly code = 'INVALID_WEBHOOK';
}
