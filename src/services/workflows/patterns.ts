import { RE2JS } from 're2js';
import { GRAPH_LIMITS } from './limits.ts';

export interface Pattern {
  /** Whether it is found anywhere in the text, in time linear in the text's length. */
  test(text: string): boolean;
}

/** Patterns kept compiled: those of one busy graph, about. */
const KEPT = 500;
const kept = new Map<string, Pattern>();

/**
 * A regular expression that no text can slow down: RE2's syntax and engine, without look-around and back-references.
 *
 * @throws {Error} It is too long, or no such expression.
 */
export function compilePattern(source: string): Pattern {
  const known = kept.get(source);
  if (known) return known;
  if (source.length > GRAPH_LIMITS.patternLength)
    throw new Error(`a regular expression may have ${GRAPH_LIMITS.patternLength} characters`);

  const compiled = compile(source);
  const pattern = { test: (text: string) => compiled.matcher(text).find() };
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(source, pattern);
  return pattern;
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    throw new Error(`the regular expression ${JSON.stringify(source)} is not valid RE2: ${reason}`, {
      cause: error,
    });
  }
}
