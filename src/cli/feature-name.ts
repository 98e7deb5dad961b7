import { InvalidArgumentError } from 'commander';
import type { FeatureName } from '../../sdk/index.ts';

const FEATURES: readonly FeatureName[] = ['UTILS', 'LLM', 'SESSION', 'CHAT', 'SCENARIO', 'WATCH'];

/** @throws {InvalidArgumentError} */
export function featureName(text: string): FeatureName {
  const name = FEATURES.find((feature) => feature === text.toUpperCase());
  if (!name) throw new InvalidArgumentError(`It must be one of ${FEATURES.join(', ').toLowerCase()}.`);
  return name;
}
