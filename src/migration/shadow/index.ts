/**
 * Shadow: both services on the same message, compared, without anything that a user could notice. It knows the services,
 * what sessions said, and the router only as somebody to look over whose shoulder it may.
 */
export type { LiveCounts } from './live.ts';
export type { NoiseVerdict } from './noise.ts';
export { type Sampling, sampledShare } from './sampling.ts';
export { Shadow, type ShadowNeeds, type ShadowTest } from './shadow.ts';
export type {
  ShadowComparison,
  ShadowFeature,
  ShadowFilter,
  ShadowResult,
} from './types.ts';
