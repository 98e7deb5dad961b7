import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import names from '@unleash/client-specification/specifications/index.json' with { type: 'json' };
import type { Context } from 'unleash-client';
import { describe, expect, it } from 'vitest';
import { clientOver, type FlagState } from '../../../src/migration/flags/unleash.ts';

type Feature = FlagState['features'][number];
type Segment = NonNullable<FlagState['segments']>[number];

interface DeltaEvent {
  type: string;
  feature?: Feature;
  features?: Feature[];
  featureName?: string;
  segment?: Segment;
  segments?: Segment[];
  segmentId?: number;
}

interface Specification {
  name: string;
  state: FlagState | { events: DeltaEvent[] };
  tests?: { description: string; context: Context; toggleName: string; expectedResult: boolean }[];
  variantTests?: { description: string; context: Context; toggleName: string; expectedResult: object }[];
}

const require = createRequire(import.meta.url);
const read = (file: string) =>
  JSON.parse(readFileSync(require.resolve(`@unleash/client-specification/specifications/${file}`), 'utf8'));
const specifications = names.map((name): Specification => read(name));

/** States that are told as events are put together first: ours are always whole. */
function whole(state: Specification['state']): FlagState {
  if ('features' in state) return state;
  const features = new Map<string, Feature>();
  const segments = new Map<number, Segment>();
  for (const event of state.events) {
    const { type, feature, featureName = '', segment, segmentId = 0 } = event;
    if (type === 'hydration') {
      for (const it of event.features ?? []) features.set(it.name, it);
      for (const it of event.segments ?? []) segments.set(it.id, it);
    } else if (type === 'feature-updated' && feature) features.set(feature.name, feature);
    else if (type === 'feature-removed') features.delete(featureName);
    else if (type === 'segment-updated' && segment) segments.set(segment.id, segment);
    else if (type === 'segment-removed') segments.delete(segmentId);
    else throw new Error(`no event is known as ${type}`);
  }
  return { features: [...features.values()], segments: [...segments.values()] };
}

describe('Unleash’ specification of clients, offline', () => {
  it('is there whole', () => {
    expect(specifications).toHaveLength(22);
    const cases = specifications.flatMap(({ tests = [], variantTests = [] }) => [...tests, ...variantTests]);
    expect(cases).toHaveLength(279);
  });

  describe.each(specifications)('$name', ({ state, tests = [], variantTests = [] }) => {
    const client = clientOver(whole(state));

    it.each(tests)('$description', ({ context, toggleName, expectedResult }) => {
      expect(client.isEnabled(toggleName, context)).toBe(expectedResult);
    });

    it.each(variantTests)('$description', ({ context, toggleName, expectedResult }) => {
      // The client says each name of its own in two spellings; the specification knows one.
      const { featureEnabled: _, ...variant } = client.getVariant(toggleName, context);
      expect(variant).toEqual(expectedResult);
    });
  });
});
