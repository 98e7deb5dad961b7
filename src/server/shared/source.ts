/** An event that has a place in a log: 1, 2, 3, … without a gap. */
export interface Placed {
  readonly seq: number;
}

/** A log that many may follow, as the server sees it: it holds no queue for anybody, and can be read from any place. */
export interface SharedLog {
  /** True where nothing will come behind what is at hand. */
  readonly over: boolean;
  /**
   * Without waiting: the events behind a place, in order, some of them at least. Empty: there are none yet.
   * Undefined: `next` has to find out. What it gives is everybody's, and must not be changed.
   */
  peek(after: number): readonly Placed[] | undefined;
  /**
   * The same, reading and waiting as long as it takes. Empty: there will be none, or `signal` fired.
   *
   * @throws What makes the log unreadable.
   */
  next(after: number, signal: AbortSignal): Promise<readonly Placed[]>;
  /** Calls whenever `peek` may have something new. It must not throw. @returns Stops it. */
  watch(onNews: () => void): () => void;
}

/**
 * What a subscription's source may offer beside its iterator: its log, for those who serve many at once. With it the
 * field promises that an event looks the same to everybody who may follow, whatever the field's own arguments are.
 */
export interface SharedSource extends AsyncIterable<unknown> {
  /** The place in the log that this follower begins behind. */
  readonly after: number;
  /** The log, the same object for all who follow it now; it stays awake until each has left. */
  join(): { log: SharedLog; leave: () => void };
}

export const isShared = (source: AsyncIterable<unknown>): source is SharedSource =>
  typeof (source as Partial<SharedSource>).join === 'function' &&
  typeof (source as Partial<SharedSource>).after === 'number';
