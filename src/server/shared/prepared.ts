import type { DocumentNode } from 'graphql';
import { type Asked, operationKey } from '../operation-key.ts';
import { Recent } from '../recent.ts';
import type { Selection } from './selection.ts';

/** Subscriptions that are kept; as many as Yoga keeps documents. */
const KEPT = 250;

/** A subscription that was found valid, and whose events may be shared. */
export interface Prepared {
  readonly document: DocumentNode;
  readonly operation: string | undefined;
  readonly selection: Selection;
}

/**
 * Subscriptions by operation name and text: those who come back, all at once perhaps, ask for what they had. What an
 * operation's variables could make too large is still looked at each time.
 */
export class PreparedSubscriptions {
  readonly #kept = new Recent<Prepared>(KEPT);

  find(asked: Asked): Prepared | undefined {
    return this.#kept.get(operationKey(asked));
  }

  keep(asked: Asked, prepared: Prepared): void {
    this.#kept.set(operationKey(asked), prepared);
  }
}
