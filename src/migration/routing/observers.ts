import type { Logger } from 'pino';
import type { ChatRequest, ServiceVersion } from '../../services/chat/types.ts';
import type { ChatFeature } from './router.ts';

/** A reply that a user got whole. */
export interface ObservedReply {
  feature: ChatFeature;
  request: ChatRequest;
  reply: string;
  /** The service that gave it. */
  version: ServiceVersion;
  fellBack: boolean;
  durationMs: number;
}

export type ReplyObserver = (observed: ObservedReply) => void | Promise<void>;

/** Who looks at live traffic. Nobody waits for them, and their failures are their own. */
export class ReplyObservers {
  readonly #log: Logger;
  readonly #observers = new Set<ReplyObserver>();

  constructor(log: Logger) {
    this.#log = log;
  }

  get any(): boolean {
    return this.#observers.size > 0;
  }

  /** @returns Stops it. */
  add(observer: ReplyObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  tell(observed: ObservedReply): void {
    for (const observer of this.#observers)
      Promise.try(observer, observed).catch((error: unknown) =>
        this.#log.error({ err: error, feature: observed.feature }, 'an observer of replies failed'),
      );
  }
}
