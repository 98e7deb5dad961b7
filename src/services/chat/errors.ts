/** What went wrong between a message and its reply; stable, for machines. */
export type ChatFault =
  /** The service wants fewer calls. */
  | 'CHAT_RATE_LIMITED'
  /** It is down, or cannot be reached. */
  | 'CHAT_UNAVAILABLE'
  /** It did not answer in time. It may have kept the message all the same. */
  | 'CHAT_TIMEOUT'
  /** Its answer broke off. What came until then is no reply. */
  | 'CHAT_CUT'
  /** Its answer is longer than a reply may be. */
  | 'CHAT_TOO_LARGE'
  /** Its answer came, and is no reply. */
  | 'CHAT_ANSWER'
  /** It understood the request and will not do it. */
  | 'CHAT_REFUSED';

const RETRYABLE: readonly ChatFault[] = ['CHAT_RATE_LIMITED', 'CHAT_UNAVAILABLE', 'CHAT_TIMEOUT', 'CHAT_CUT'];

interface ChatFacts extends ErrorOptions {
  status?: number | undefined;
  retryAfterSeconds?: number | undefined;
}

/** A chat service failed. Messages hold no addresses, no keys and nothing that was said. */
export class ChatServiceError extends Error {
  override readonly name = 'ChatServiceError';
  readonly code: ChatFault;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  /** HTTP status of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** How long the service wants to be left alone. */
  readonly retryAfterSeconds: number | undefined;
  /** Which service, in words for its operator. */
  readonly service: string;

  constructor(service: string, code: ChatFault, message: string, facts: ChatFacts = {}) {
    const { status, retryAfterSeconds, ...options } = facts;
    super(message, options);
    this.service = service;
    this.code = code;
    this.retryable = RETRYABLE.includes(code);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
