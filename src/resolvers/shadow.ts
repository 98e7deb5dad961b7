import {
  SHADOW_FEATURES,
  type ShadowComparison,
  type ShadowFeature,
  type ShadowFilter,
} from '../migration/index.ts';
import type { FeatureName } from '../services/index.ts';
import type { Context } from './context.ts';
import { argument } from './limits.ts';
import { type Connection, connectionOf, type PageArgs, placeOf } from './paging.ts';

export interface ConnectionView extends Connection<ShadowComparison> {
  filter: ShadowFilter;
}

export interface NoiseView {
  triples: number;
  eValue: number;
  peak: number;
  threshold: number;
  differs: boolean;
}

interface TestInput {
  sessionId: string;
  message: string;
  feature: FeatureName;
  model?: string | null | undefined;
  control: boolean;
}

interface ListArgs extends PageArgs {
  feature?: FeatureName | null | undefined;
  differingOnly: boolean;
}

export const session = ({ sessionId }: ShadowComparison, _: unknown, { load }: Context) =>
  load.session.load(sessionId);

export const differences = ({ differences }: ShadowComparison) => [...differences];

export async function shadowComparisons(
  _: unknown,
  { feature, differingOnly, ...asked }: ListArgs,
  { shadow, viewer }: Context,
): Promise<ConnectionView> {
  const before = placeOf(asked);
  const filter: ShadowFilter = { feature: feature as ShadowFeature | null | undefined, differingOnly };
  const page = await shadow.list(viewer.owner, filter, asked.first, before);
  return { filter, ...connectionOf(page.comparisons, { hasNextPage: page.hasNextPage, before }) };
}

export const totalCount = ({ filter }: ConnectionView, _: unknown, { shadow, viewer }: Context) =>
  shadow.count(viewer.owner, filter);

export function shadowNoise(_: unknown, { feature }: { feature: FeatureName }, { shadow }: Context) {
  const compared = SHADOW_FEATURES.find((known) => known === feature);
  argument(compared !== undefined, 'feature', `must be one of ${SHADOW_FEATURES.join(', ')}`);
  return shadow.noise(compared ?? 'CHAT');
}

export const shadowTest = (
  _: unknown,
  { input }: { input: TestInput },
  { shadow, viewer, signal }: Context,
) => shadow.test(viewer, input, signal);

export const newComparisons = (
  _: unknown,
  { feature }: { feature?: FeatureName | null | undefined },
  { shadow, viewer, signal }: Context,
) => shadow.changes(viewer.owner, (feature ?? null) as ShadowFeature | null, signal);
