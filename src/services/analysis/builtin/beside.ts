import type { Tag } from './lexicon.ts';
import type { Mark } from './marks.ts';
import { isJapanese } from './words.ts';

/** What stands beside a mark. */

export const has = (mark: Mark | undefined, ...tags: Tag[]) =>
  mark !== undefined && tags.some((tag) => mark.tags.has(tag));

/** The neighbour that is more than a filler. */
export function neighbour(marks: Mark[], at: number, step: 1 | -1): Mark | undefined {
  let i = at + step;
  while (marks[i]?.kind === 'stop' && !['.', '?'].includes(marks[i]!.text)) i += step;
  return marks[i];
}

export function isNegated(marks: Mark[], at: number): boolean {
  if (has(neighbour(marks, at, -1), 'not')) return !isJapanese(neighbour(marks, at, -1)!.text);
  const next = neighbour(marks, at, 1);
  return has(next, 'not') && isJapanese(next!.text);
}
