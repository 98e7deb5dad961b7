/**
 * Measuring: takes what was recorded of two services, and hands it to the verdicts.
 * It knows the tables of calls and memory, and decides nothing.
 */

export type { FollowedReports, Look } from './following.ts';
export { MemorySampler } from './memory-sampler.ts';
export { type Period, Reports } from './reports.ts';
