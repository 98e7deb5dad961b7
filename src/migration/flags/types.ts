import type { FeatureName, ServiceVersion } from '../../services/chat/types.ts';

export const FEATURE_NAMES: readonly FeatureName[] = ['UTILS', 'LLM', 'SESSION', 'CHAT', 'SCENARIO', 'WATCH'];

/** Who decides on a feature: the flag server, our own record, or this process' environment. */
export type FlagSource = 'UNLEASH' | 'LOCAL' | 'ENVIRONMENT';

export interface FeatureChange {
  at: Date;
  by: string;
  reason: string;
  enabled: boolean;
  /** 0 to 100, whole. */
  rolloutPercentage: number;
}

/** A feature as this process sees it now. */
export interface Feature {
  name: FeatureName;
  /** False as well where a kill switch of the environment, or a rollback, holds it off. */
  enabled: boolean;
  /** 0 to 100, whole: the share of sessions that get the new service while it is enabled; 0 where it is held off. */
  rolloutPercentage: number;
  source: FlagSource;
  /** The newest change that went through us; null where there was none. */
  lastChange: FeatureChange | null;
}

/** Which service a session gets, and why. */
export interface Decision {
  version: ServiceVersion;
  /** In words, for an operator. */
  reason: string;
  source: FlagSource;
}

/** A rollback that holds until the feature is set on again. */
export interface Kill {
  id: string;
  at: Date;
  by: string;
  reason: string;
}

/** How sessions are divided; both always give a session the same answer, and raising the share moves nobody back. */
export type Split = 'flexibleRollout' | 'md5Rollout';
