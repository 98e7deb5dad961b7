/** What a top-level GraphQL error says. */
export interface ErrorEntry {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string; [name: string]: unknown };
}

/** Codes that are the SDK's own; all others come from the gateway, as `NOT_FOUND` or `UNAUTHENTICATED`. */
type OwnCode = 'NETWORK_ERROR' | 'CONNECTION_LOST' | 'TIMEOUT' | 'BAD_RESPONSE';

interface Facts {
  status?: number | undefined;
  requestId?: string | undefined;
  errors?: readonly ErrorEntry[];
  retryable?: boolean;
  cause?: unknown;
}

/** No answer, or none to what was asked: the network, a time limit, or the gateway's refusal. */
export class SignalboxError extends Error {
  override readonly name = 'SignalboxError';
  readonly code: OwnCode | (string & {});
  /** Of the HTTP answer, where there was one. */
  readonly status: number | undefined;
  /** Under which the gateway's log knows the request. */
  readonly requestId: string | undefined;
  readonly errors: readonly ErrorEntry[];
  /** Whether the same may succeed later. Following a job does that by itself. */
  readonly retryable: boolean;

  constructor(code: OwnCode | (string & {}), message: string, facts: Facts = {}) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.code = code;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.errors = facts.errors ?? [];
    this.retryable = facts.retryable ?? false;
  }

  /** The gateway's own words. */
  static refusal(errors: readonly ErrorEntry[], facts: Facts = {}): SignalboxError {
    const code = errors[0]?.extensions?.code ?? 'UNKNOWN';
    const message = errors.map((error) => error.message).join(' ');
    return new SignalboxError(code, message, { ...facts, errors, retryable: TRANSIENT.has(code) });
  }
}

const TRANSIENT = new Set(['INTERNAL_SERVER_ERROR', 'TOO_MANY_CONNECTIONS']);

/** A member of a result union that says why the thing was not done. */
export interface Failure {
  __typename: `${string}Error`;
  message: string;
}

/** An expected failure, thrown by `unwrap` for those who would rather catch than look. */
export class DomainFailure<F extends Failure = Failure> extends Error {
  override readonly name = 'DomainFailure';
  /** The failure as the schema describes it: `failure.__typename` tells which. */
  readonly failure: F;

  constructor(failure: F) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * The thing that was asked for.
 *
 * @throws {DomainFailure} The union holds a failure instead.
 */
export function unwrap<T extends { __typename: string }>(result: T): Exclude<T, Failure> {
  if (isFailure(result)) throw new DomainFailure(result);
  return result as Exclude<T, Failure>;
}

const isFailure = (result: { __typename: string }): result is Failure => result.__typename.endsWith('Error');
