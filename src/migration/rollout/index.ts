/**
 * Rollout: a job that raises a feature's share step by step while the verdicts allow it, and goes back where they do not.
 * It knows flags, reports and jobs.
 */
export { type RolloutInput, rolloutKind } from './rollout.ts';
export { Rollouts } from './rollouts.ts';
