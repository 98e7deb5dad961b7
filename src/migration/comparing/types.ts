export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Where a value is in another: keys of objects and positions in arrays, outermost first. */
export type Path = readonly (string | number)[];

/** What a service made of a message. */
export interface Reply {
  /** Text, as a rule; null where there was none. */
  readonly reply: Json;
  /** Why there is none; null where the service answered. */
  readonly error: string | null;
  /** Why the model stopped, where the service tells: 'stop', 'length', 'content_filter'. */
  readonly finishReason?: string | null;
}

/**
 * TYPE_MISMATCH: another form, as the type, the finish reason, a refusal, or a length of another order.
 * CONTENT_MISMATCH: other words. ERROR_MISMATCH: one failed, or each in its own way.
 */
export type DifferenceKind = 'TYPE_MISMATCH' | 'CONTENT_MISMATCH' | 'ERROR_MISMATCH';

export interface ReplyDifference {
  readonly kind: DifferenceKind;
  /** What differs: `reply`, `reply.items[0].id`, `error`, `finishReason`, `refusal`, `length`. */
  readonly path: string;
  /** Samples: the first 100 characters. Null where there is no value. */
  readonly legacy: string | null;
  readonly candidate: string | null;
}
