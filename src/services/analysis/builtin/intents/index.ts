import type { Column } from '../columns.ts';
import type { Assumption, Intent } from '../intent.ts';
import type { Parts } from '../parts.ts';
import { type Asked, askedOf } from './asked.ts';
import { rowsCounted, stepsCounted } from './counts.ts';
import { figures } from './figures.ts';
import { groups } from './groups.ts';
import { correlation } from './relations.ts';
import { distribution, share } from './shares.ts';
import { cycles, overTime } from './time.ts';

/** Undefined where the sentence asks for something else. */
type Rule = (asked: Asked) => Intent | undefined;

const RULES: readonly Rule[] = [
  ({ parts }) => (parts.tags.has('quality') ? { kind: 'quality' } : undefined),
  rowsCounted,
  stepsCounted,
  correlation,
  distribution,
  share,
  cycles,
  overTime,
  groups,
];

/**
 * What a sentence asks for, from its parts: the most particular kind of analysis that fits comes first, an overview
 * last. What had to be assumed on the way is added to `notes`.
 */
export function decide(parts: Parts, columns: Column[], notes: Assumption[]): Intent {
  const asked = askedOf(parts, columns, notes);
  for (const rule of RULES) {
    const intent = rule(asked);
    if (intent) return intent;
  }
  return figures(asked);
}
