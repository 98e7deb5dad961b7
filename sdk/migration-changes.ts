import type { Ask } from './asking.ts';
import {
  FeatureChangesDocument,
  type FeatureChangesSubscription,
  type FeatureName,
  FeaturesDocument,
  NewComparisonsDocument,
  type NewComparisonsSubscription,
  ShadowComparisonsDocument,
} from './generated/graphql.ts';
import type { Subscriptions } from './subscriptions.ts';

export type ChangedFeature = FeatureChangesSubscription['featureChanges'];
export type NewComparison = NewComparisonsSubscription['shadowComparisons'];

const PAGE = 100;
/** Comparisons that were missed and are still told. */
const MOST_MISSED = 1_000;
/** Ids that are kept: what was missed ends where a known one begins. */
const KNOWN_IDS = 2 * MOST_MISSED;

/** Features as they change; what they are when the first connection stands is nobody's news. */
export async function* featureChanges(
  ask: Ask,
  subscriptions: Subscriptions,
  signal: AbortSignal,
): AsyncGenerator<ChangedFeature, void> {
  let known: ReadonlyMap<FeatureName, string> | undefined;
  const told = new Map<FeatureName, string>();

  const missed = async () => {
    const { features } = await ask(FeaturesDocument, {}, { signal });
    const before = known && new Map([...known, ...told]);
    known = new Map(features.map((feature) => [feature.name, JSON.stringify(feature)]));
    return features
      .filter((feature) => before && before.get(feature.name) !== JSON.stringify(feature))
      .map((feature) => ({ featureChanges: feature }));
  };

  const results = subscriptions.lasting(FeatureChangesDocument, {}, missed, signal);
  for await (const { featureChanges: feature } of results) {
    const state = JSON.stringify(feature);
    if (told.get(feature.name) === state) continue;
    told.set(feature.name, state);
    yield feature;
  }
}

/** Comparisons as they are made, each once. */
export async function* newComparisons(
  ask: Ask,
  subscriptions: Subscriptions,
  feature: FeatureName | null,
  signal: AbortSignal,
): AsyncGenerator<NewComparison, void> {
  let known: ReadonlySet<string> | undefined;
  const told = new Set<string>();

  const page = async (after: string | null) => {
    const variables = { feature, differingOnly: false, first: PAGE, after };
    const { shadowComparisons } = await ask(ShadowComparisonsDocument, variables, { signal });
    return { ...shadowComparisons.pageInfo, newest: shadowComparisons.edges.map(({ node }) => node) };
  };
  const missed = async () => {
    const found: NewComparison[] = [];
    let { newest, hasNextPage, endCursor } = await page(null);
    if (!known) {
      known = new Set(newest.map(({ id }) => id));
      return [];
    }
    for (;;) {
      const end = newest.findIndex(({ id }) => told.has(id) || known?.has(id));
      found.push(...newest.slice(0, end < 0 ? newest.length : end));
      if (end >= 0 || !hasNextPage || found.length >= MOST_MISSED) break;
      ({ newest, hasNextPage, endCursor } = await page(endCursor));
    }
    return found.reverse().map((comparison) => ({ shadowComparisons: comparison }));
  };

  const results = subscriptions.lasting(NewComparisonsDocument, { feature }, missed, signal);
  for await (const { shadowComparisons: comparison } of results) {
    if (told.has(comparison.id)) continue;
    told.add(comparison.id);
    if (told.size > KNOWN_IDS) told.delete(told.values().next().value ?? '');
    yield comparison;
  }
}
