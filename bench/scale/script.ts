/** What a measured job is told to do, in its message. */
export interface Script {
  events: number;
  /** Said at once, and so in one transaction. */
  batch: number;
  /** Said at any moments within so many seconds instead. */
  seconds?: number;
  /** Begins when the worker is told to go. */
  waits?: boolean;
}

/** A clock that processes of one machine share. */
export const nowMs = (): number => Math.round(1_000 * (performance.timeOrigin + performance.now())) / 1_000;
