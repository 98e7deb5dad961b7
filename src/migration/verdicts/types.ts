import type { FeatureName, ServiceVersion } from '../../services/chat/types.ts';

/** One call of a feature, as users had it. Shadow and control calls are none. */
export interface Call {
  /** The service that the session was given: a call that fell back to the legacy service is one of NEW. */
  readonly version: ServiceVersion;
  readonly sessionId: string;
  readonly at: Date;
  /** All the user waited, also for the fallback. */
  readonly durationMs: number;
  /** Null where no text came, or nobody measured. */
  readonly firstTextMs: number | null;
  /** A fallback is an error of NEW. Cancelled calls say nothing about the service and count nowhere but in the split. */
  readonly outcome: 'ok' | 'error' | 'cancelled';
  /** The new service's share of the traffic at that moment, 0 to 1. */
  readonly share: number;
}

/** What one service held at one moment. */
export interface MemorySample {
  readonly version: ServiceVersion;
  readonly at: Date;
  readonly bytes: number;
  /** Since the service started; caches fill in its first minutes. */
  readonly uptimeSeconds: number;
}

export type Language = 'en' | 'ja';

/**
 * How sure an issue is. CONFIRMED: chance is ruled out at the chosen level. UNCONFIRMED: chance can explain it.
 * CLEARED: being worse than allowed is ruled out. INSUFFICIENT_DATA: too few calls to say.
 */
export type Evidence = 'CONFIRMED' | 'UNCONFIRMED' | 'CLEARED' | 'INSUFFICIENT_DATA';
export type RolloutAction = 'PROMOTE' | 'HOLD' | 'ROLLBACK';
export type Rule =
  | 'RESPONSE_TIME'
  | 'TIME_TO_FIRST_TEXT'
  | 'ERROR_RATE'
  | 'MEMORY_USAGE'
  | 'SAMPLE_SIZE'
  | 'TRAFFIC_SPLIT';

export interface LatencySummary {
  /** Calls that ended by themselves. */
  requests: number;
  sessions: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** An improvement is in percent of the legacy value, positive is better, null where there is no legacy value above 0. */
export interface LatencyComparison {
  legacy: LatencySummary;
  candidate: LatencySummary;
  improvementP50: number | null;
  improvementP95: number | null;
}

/** Errors per call, 0 to 1. */
export interface RateComparison {
  legacy: number | null;
  candidate: number | null;
  improvement: number | null;
}

/** Medians. All null where one service's memory cannot be told from the other's. */
export interface MemoryComparison {
  legacyBytes: number | null;
  candidateBytes: number | null;
  improvement: number | null;
}

export interface RecommendationIssue {
  rule: Rule;
  message: string;
  evidence: Evidence;
}

export interface Recommendation {
  status: 'READY' | 'NOT_READY';
  action: RolloutAction;
  message: string;
  issues: RecommendationIssue[];
  /** Why this action, one sentence each. */
  reasons: string[];
}

/** Evidence of a process that may be looked at at any time. */
export interface Sequential {
  evidence: Evidence;
  /** As of the last call, at most 1e100. */
  eValue: number;
  /** The highest in the period; what counts. */
  peak: number;
  /** CONFIRMED from here on. */
  threshold: number;
}

export interface ErrorEvidence extends Sequential {
  /** Sessions with an error while both services had traffic, by the service of the first one. */
  firstErrors: { legacy: number; candidate: number };
}

export interface Clearance {
  /** Calls of the new service; of very many a sample. */
  requests: number;
  /** Of them, those slower than 1.1 times what the legacy service may have as its p95. */
  slower: number;
  /** The probability of so few, were the new service worse than allowed. CLEARED below `threshold`. */
  pValue: number;
  /** alpha, divided by the steps of the ramp. */
  threshold: number;
  /**
   * Calls still to come, at this split and if they are as those so far, for an even chance to be CLEARED: 0 where it
   * is; null where no number of them would do.
   */
  moreNeeded: { legacy: number; candidate: number } | null;
}

export interface LatencyEvidence extends Sequential {
  /** Calls of the new service that were judged, and of them those above the limit. */
  judged: number;
  slower: number;
  /** Null while the legacy service has fewer than 200 calls, or the new one none. */
  clearance: Clearance | null;
}

export interface MemoryEvidence {
  evidence: Evidence;
  /** Pairs of medians over the same time, oldest first: at most the newest 100. */
  windows: { legacyBytes: number; candidateBytes: number }[];
  /** The longest run of windows in which the new service held more than 1.2 times as much; CONFIRMED from 3 on. */
  longestRun: number;
}

export interface SplitCheck {
  /** Sessions that were given a service while both had traffic. */
  sessions: number;
  candidate: number;
  /** The number of the new service's sessions that the flag promised. */
  expected: number;
  /** Null where nothing was left to chance. */
  pValue: number | null;
  /** False below 0.001: calls are lost or sent elsewhere, and the services are not compared on equal terms. */
  sound: boolean;
}

/** Calls by time, in steps that grow: `edgesMs` has one more than there are counts. Empty where there are no calls. */
export interface Distribution {
  edgesMs: number[];
  legacy: number[];
  candidate: number[];
}

/** The contract's report, and beside it what its verdict was made from. */
export interface ComparisonReport {
  feature: FeatureName;
  since: Date;
  until: Date;
  responseTime: LatencyComparison;
  errorRate: RateComparison;
  memoryUsage: MemoryComparison;
  recommendation: Recommendation;
  language: Language;
  firstText: LatencyComparison;
  evidence: {
    enoughData: boolean;
    /** Calls and sessions that each service still lacks before it is judged. */
    missing: { legacy: Lack; candidate: Lack };
    errors: ErrorEvidence;
    responseTime: LatencyEvidence;
    /** Null where the services do not tell. */
    firstText: LatencyEvidence | null;
    memory: MemoryEvidence | null;
    split: SplitCheck;
  };
  distribution: Distribution;
}

export interface Lack {
  requests: number;
  sessions: number;
}
