/**
 * Comparing: what differs between two replies, or two recorded results, and whether it is more than a service's own noise.
 * It knows texts and JSON, and neither services nor tables.
 */
export { type Difference, differencesOf } from './differences.ts';
export { TooLargeToCompareError } from './errors.ts';
export { type PathNoise, ReplyNoise, type Triple } from './noise.ts';
export { compareReplies, type ReplyComparison } from './replies.ts';
export { similarityOf } from './similarity.ts';
export type * from './types.ts';
export type { Volatile } from './volatile.ts';
