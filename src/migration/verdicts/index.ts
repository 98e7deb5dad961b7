/**
 * Verdicts: whether the new service is as good as the legacy one, and how sure that is.
 * They are arithmetic over recorded calls, and know of nothing else; docs/decisions/0014-verdicts.md has the reasons.
 */
export type { Alone } from './alone.ts';
export { Comparison, compare } from './compare.ts';
export type * from './types.ts';
