import type { LegacyDocument } from './document.ts';

/** What becomes of a document: the same one leaves it as it is, null removes it. */
export type LegacyChange = (
  document: LegacyDocument | null,
) => LegacyDocument | null | Promise<LegacyDocument | null>;

export interface LegacyChangeOptions {
  /** The document lives at least this long from now; what it has left is never shortened. */
  ttlSeconds: number;
}

/** Sessions as the legacy application keeps them, which it goes on reading and writing at the same time. */
export interface LegacyStore {
  /**
   * @param id The legacy application's session id, without the key prefix.
   * @throws {LegacySessionsUnavailableError | LegacyDocumentError}
   */
  read(id: string, signal: AbortSignal): Promise<LegacyDocument | null>;

  /**
   * Reads, changes and writes one document as one step. Where somebody else wrote in between, `change` is asked
   * again with what is there now, so it must not do anything that cannot be done twice.
   *
   * @returns What is stored then.
   * @throws {LegacySessionsUnavailableError | LegacyDocumentError}
   */
  change(
    id: string,
    change: LegacyChange,
    options: LegacyChangeOptions,
    signal: AbortSignal,
  ): Promise<LegacyDocument | null>;

  /** Keeps a document alive. @returns False where there is none. */
  touch(id: string, options: LegacyChangeOptions, signal: AbortSignal): Promise<boolean>;

  remove(id: string, signal: AbortSignal): Promise<void>;

  close(): Promise<void>;
}

/** A change that waits for its turn and is then disturbed by others gives up after this long. */
export const CHANGE_MS = 10_000;
