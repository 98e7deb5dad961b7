/**
 * Flags: which features have moved to their new service, for what share of sessions, who decided so, and the way back.
 * They know the store and the flag server; they never hear of the calls that are routed by them.
 */
export { type FeatureInput, Flags, type FlagsNeeds, type UnleashSettings } from './flags.ts';
export type { HealthCheck, RollbackReport } from './rollback.ts';
export {
  type Decision,
  FEATURE_NAMES,
  type Feature,
  type FeatureChange,
  type FlagSource,
} from './types.ts';
