import { createHash } from 'node:crypto';
import type { ShadowFeature } from './types.ts';

/** Whether the replies that a session gets are compared behind its back. */
export type Sampling = (feature: ShadowFeature, sessionId: string) => boolean;

/**
 * A share of all sessions, 0 to 100 for each feature; a session's answer stays the same, and raising the share takes
 * nobody out. It divides the sessions otherwise than the features' own flags do, so that both sides are seen.
 */
export const sampledShare =
  (shares: Readonly<Partial<Record<ShadowFeature, number>>>): Sampling =>
  (feature, sessionId) =>
    placeOf(`shadow ${feature} ${sessionId}`) < (shares[feature] ?? 0);

/** 0 to 99.99, in steps of a hundredth. */
const placeOf = (text: string): number =>
  (createHash('sha256').update(text).digest().readUInt32BE() % 10_000) / 100;
