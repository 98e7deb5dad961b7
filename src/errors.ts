/**
 * Failures that a client can cause or handle. They travel as data: each is a member of a result union of the
 * schema. Every other error is the gateway's own fault; it is masked, logged once and given an id.
 */
export abstract class DomainError extends Error {
  /** Stable, for machines. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

export interface InputIssue {
  /** The input field, dotted, as the client wrote it. */
  path: string;
  message: string;
}

export class InvalidInputError extends DomainError {
  readonly code = 'INVALID_INPUT';
  readonly issues: InputIssue[];

  constructor(issues: InputIssue[], options?: ErrorOptions) {
    super(issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '), options);
    this.issues = issues;
  }
}

/** Also what a caller sees of a thing that belongs to somebody else. */
export class NotFoundError extends DomainError {
  readonly code = 'NOT_FOUND';
  readonly id: string;

  constructor(noun: string, id: string) {
    super(`No ${noun} has the id ${JSON.stringify(id.slice(0, 100))}.`);
    this.id = id;
  }
}

/** The thing is not in a state that allows this. */
export class InvalidStateError extends DomainError {
  readonly code = 'INVALID_STATE';
  readonly status: string;

  constructor(message: string, status: string) {
    super(message);
    this.status = status;
  }
}

/** Too much at once; `retryAfterSeconds` says when it is worth asking again. */
export class RateLimitedError extends DomainError {
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A service that this gateway stands in front of failed. */
export class UpstreamError extends DomainError {
  readonly code = 'UPSTREAM';
  readonly service: string;
  readonly retryable: boolean;

  constructor(service: string, message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.service = service;
    this.retryable = retryable;
  }
}
