import type { ChatRequest } from './types.ts';

/** Messages of the past that a service gets to read, the newest ones; the legacy application kept as many. */
const MOST_MESSAGES = 50;
/** Characters of the past. A Japanese character may be a token of its own: this still fits into 200,000 tokens. */
const MOST_CHARACTERS = 200_000;

/** The newest part of a history that is within the bounds, oldest first; whole messages only. */
export function bounded(history: ChatRequest['history']): ChatRequest['history'] {
  const newest = history.slice(-MOST_MESSAGES);
  let characters = 0;
  let first = newest.length;
  while (first > 0) {
    characters += newest[first - 1]?.content.length ?? 0;
    if (characters > MOST_CHARACTERS) break;
    first -= 1;
  }
  return newest.slice(first);
}
