import { DomainError } from '../../errors.ts';

/** The store that is shared with the legacy application cannot be asked now. Nothing was lost; later it may work. */
export class LegacySessionsUnavailableError extends DomainError {
  readonly code = 'LEGACY_SESSIONS_UNAVAILABLE';
  readonly service: string;
  readonly retryable = true;

  /** @param service What did not answer, for people: `Redis`, `session files`. */
  constructor(service: string, reason: string, options?: ErrorOptions) {
    super(`The sessions of the legacy application are not available: ${service}: ${reason}`, options);
    this.service = service;
  }
}

/** A session of the legacy application holds what this gateway does not read, so it is left as it is. */
export class LegacyDocumentError extends DomainError {
  readonly code = 'LEGACY_DOCUMENT_UNREADABLE';
  readonly service = 'legacy sessions';
  readonly retryable = false;

  constructor(problem: string, options?: ErrorOptions) {
    super(`A session of the legacy application cannot be read: ${problem}`, options);
  }
}
