import { type Difference, differencesOf, exactly } from './differences.ts';
import { TooLargeToCompareError } from './errors.ts';
import { similarityOf } from './similarity.ts';
import { structureDifferences } from './structure.ts';
import type { DifferenceKind, Json, Reply, ReplyDifference } from './types.ts';

/** Characters of a sample. */
const SAMPLE = 100;
const MOST_DIFFERENCES = 100;

export interface ReplyComparison {
  /** Nothing differs but white space at the ends. */
  readonly matches: boolean;
  /** The form first, then the content; at most 100. */
  readonly differences: readonly ReplyDifference[];
  /** 0 to 1; null where there are no two texts to compare. */
  readonly similarity: number | null;
}

/**
 * Compares two replies to the same message, structure first. Texts that are equal but for white space at the ends match.
 * Two services that fail with the same words match too; whatever else happens with an error is a difference.
 */
export function compareReplies(legacy: Reply, candidate: Reply): ReplyComparison {
  const differences = differencesBetween(legacy, candidate).slice(0, MOST_DIFFERENCES);
  const [a, b] = [textOf(legacy), textOf(candidate)];
  return {
    matches: differences.length === 0,
    differences,
    similarity: a === null || b === null ? null : similarityOf(a, b),
  };
}

function differencesBetween(legacy: Reply, candidate: Reply): ReplyDifference[] {
  if (legacy.error !== null || candidate.error !== null) {
    if (legacy.error?.trim() === candidate.error?.trim()) return [];
    return [difference('ERROR_MISMATCH', 'error', legacy.error, candidate.error)];
  }
  const [before, after] = [typeOf(legacy.reply), typeOf(candidate.reply)];
  if (before !== after) return [difference('TYPE_MISMATCH', 'reply', before, after)];
  return [...structureDifferences(legacy, candidate), ...contentDifferences(legacy.reply, candidate.reply)];
}

function contentDifferences(legacy: Json, candidate: Json): ReplyDifference[] {
  if (typeof legacy === 'string' && typeof candidate === 'string')
    return legacy.trim() === candidate.trim()
      ? []
      : [difference('CONTENT_MISMATCH', 'reply', legacy, candidate)];
  try {
    return differencesOf({ reply: legacy }, { reply: candidate }, exactly)
      .filter((found) => !isWhiteSpaceOnly(found))
      .map(({ kind, path, expected, actual }) =>
        difference(
          kind === 'CHANGED' && typeOf(expected) === typeOf(actual) ? 'CONTENT_MISMATCH' : 'TYPE_MISMATCH',
          path,
          kind === 'ADDED' ? null : asText(expected),
          kind === 'MISSING' ? null : asText(actual),
        ),
      );
  } catch (error) {
    if (!(error instanceof TooLargeToCompareError)) throw error;
    return [difference('CONTENT_MISMATCH', 'reply', error.message, error.message)];
  }
}

const isWhiteSpaceOnly = ({ expected, actual }: Difference): boolean =>
  typeof expected === 'string' && typeof actual === 'string' && expected.trim() === actual.trim();

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const textOf = ({ reply, error }: Reply): string | null =>
  error === null && typeof reply === 'string' ? reply : null;

const typeOf = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

const difference = (
  kind: DifferenceKind,
  path: string,
  legacy: string | null,
  candidate: string | null,
): ReplyDifference => ({ kind, path, legacy: sampleOf(legacy), candidate: sampleOf(candidate) });

/** Whole characters, so that no half of one is stored. */
const sampleOf = (text: string | null): string | null =>
  text === null ? null : [...text.slice(0, 2 * SAMPLE)].slice(0, SAMPLE).join('').toWellFormed();
