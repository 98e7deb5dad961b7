import type { ReplyDifference } from '../comparing/index.ts';

/** Features whose services can be asked side by side. */
export const SHADOW_FEATURES = ['CHAT', 'SCENARIO', 'WATCH'] as const;
export type ShadowFeature = (typeof SHADOW_FEATURES)[number];

/** What one service made of the message. */
export interface ShadowResult {
  /** At most 20,000 characters of it; null where the service failed. */
  reply: string | null;
  /** `CODE: what happened`; null where the service answered. */
  error: string | null;
  /** Until the reply was whole, rounded. */
  durationMs: number;
}

/** Both services on the same message. */
export interface ShadowComparison {
  id: string;
  /** Order of acceptance over all comparisons. */
  number: number;
  owner: string;
  sessionId: string;
  feature: ShadowFeature;
  at: Date;
  /** At most 32,000 characters. */
  message: string;
  model: string;
  /** False where somebody asked for it. */
  live: boolean;
  legacy: ShadowResult;
  candidate: ShadowResult;
  /** A second reply of the legacy service, where it was asked twice. */
  control: ShadowResult | null;
  matches: boolean;
  differences: readonly ReplyDifference[];
  /** 0 to 1; null where there are no two texts. */
  similarity: number | null;
}

export interface ShadowFilter {
  feature?: ShadowFeature | null | undefined;
  differingOnly?: boolean | undefined;
}

export interface ShadowLimits {
  /** A service that has not answered whole by then has failed. */
  callMs: number;
  /** Tests that one process runs at a time; the next ones wait. */
  testsAtOnce: number;
  /** For so long. */
  waitMs: number;
  /** Replies of live traffic that are compared at a time. */
  liveAtOnce: number;
  /** Replies that wait for that. */
  queue: number;
  /** Replies that one process accepts in a minute. */
  perMinute: number;
  /** The legacy service is asked twice for every so manieth of them; 0: never. */
  controlEvery: number;
  keptDays: number;
}

export const LIMITS: ShadowLimits = {
  callMs: 60_000,
  testsAtOnce: 8,
  waitMs: 30_000,
  liveAtOnce: 4,
  queue: 16,
  perMinute: 30,
  controlEvery: 10,
  keptDays: 30,
};
