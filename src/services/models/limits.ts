/** What a provider allows, whoever asks. */
export interface Limits {
  /** Requests that may follow each other for ever; 0.05 is three a minute. */
  requestsPerSecond: number;
  /** Requests at once after a quiet time: in any t seconds at most burst + t × requestsPerSecond begin. At least 1. */
  burst: number;
  /** Requests under way at a time. */
  concurrency: number;
  /** Tokens in and out; null: not limited. */
  tokensPerMinute: number | null;
}

/** Two token buckets and a pause. Times are milliseconds on whatever clock keeps them. */
export interface Levels {
  requests: number;
  /** Below zero where a call needed more than was reserved for it. */
  tokens: number;
  refilledAt: number;
  pausedUntil: number;
}

export interface Ask {
  /** Reserved before the call; settled after it. */
  tokens: number;
  /** Requests under way already. */
  inFlight: number;
}

export interface Verdict {
  levels: Levels;
  /** 0: granted, and taken out of `levels`. Infinity: as soon as another call ends. */
  waitMs: number;
}

/** Sums of floating point numbers miss whole ones by about this. */
const ALMOST = 1e-9;

export function fullLevels(limits: Limits, now: number): Levels {
  return { requests: limits.burst, tokens: limits.tokensPerMinute ?? 0, refilledAt: now, pausedUntil: 0 };
}

/** Grants one call, or says when it is worth asking again; then nothing is taken. */
export function take(before: Levels, limits: Limits, ask: Ask, now: number): Verdict {
  const levels = refill(before, limits, now);
  // A call larger than the whole bucket goes when the bucket is full, and is paid off afterwards.
  const tokens = limits.tokensPerMinute === null ? 0 : Math.min(ask.tokens, limits.tokensPerMinute);

  const waitMs = Math.max(
    levels.pausedUntil - now,
    missing(1, levels.requests, limits.requestsPerSecond / 1000),
    missing(tokens, levels.tokens, perMs(limits)),
    ask.inFlight < limits.concurrency ? 0 : Number.POSITIVE_INFINITY,
  );
  if (waitMs > 0) return { levels, waitMs };
  return {
    levels: {
      ...levels,
      requests: levels.requests - 1,
      tokens: limits.tokensPerMinute === null ? 0 : levels.tokens - ask.tokens,
    },
    waitMs: 0,
  };
}

/** A clock that was set back gives nothing and takes nothing: pauses move with it. */
function refill(levels: Levels, limits: Limits, now: number): Levels {
  const elapsed = Math.max(0, now - levels.refilledAt);
  const setBack = Math.min(0, now - levels.refilledAt);
  const capacity = limits.tokensPerMinute ?? 0;
  return {
    requests: Math.min(limits.burst, levels.requests + (elapsed * limits.requestsPerSecond) / 1000),
    tokens: Math.min(capacity, levels.tokens + elapsed * perMs(limits)),
    refilledAt: now,
    pausedUntil: levels.pausedUntil + setBack,
  };
}

const perMs = (limits: Limits): number => (limits.tokensPerMinute ?? 0) / 60_000;

function missing(wanted: number, level: number, perMillisecond: number): number {
  const lacking = wanted - level;
  return lacking <= ALMOST ? 0 : Math.ceil(lacking / perMillisecond);
}
