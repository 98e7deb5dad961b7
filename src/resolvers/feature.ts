import type { Feature } from '../migration/index.ts';
import type { FeatureName } from '../services/index.ts';
import type { Context } from './context.ts';
import { argument, pageSize } from './limits.ts';

interface SetInput {
  feature: FeatureName;
  enabled?: boolean | null | undefined;
  rolloutPercentage?: number | null | undefined;
  reason: string;
}

export const features = (_: unknown, __: unknown, { flags }: Context): Feature[] => flags.list();

export function featureHistory(
  _: unknown,
  { feature, first }: { feature: FeatureName; first: number },
  { flags }: Context,
) {
  pageSize(first);
  return flags.history(feature, first);
}

export function routing(
  _: unknown,
  { feature, sessionId }: { feature: FeatureName; sessionId: string },
  { router }: Context,
) {
  argument(sessionId.length <= 200, 'sessionId', 'must have at most 200 characters');
  return router.routing(feature, sessionId);
}

export const setFeature = (_: unknown, { input }: { input: SetInput }, { flags, viewer }: Context) =>
  flags.set(input, viewer.owner);

export const rollback = (
  _: unknown,
  { input: { feature, reason } }: { input: { feature?: FeatureName | null | undefined; reason: string } },
  { flags, viewer }: Context,
) => flags.rollback({ features: feature ? [feature] : null, reason }, viewer.owner);

export const featureChanges = (_: unknown, __: unknown, { flags, signal }: Context) => flags.changes(signal);
