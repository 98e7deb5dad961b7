import { differencesOf, type Json, type Volatile } from '../comparing/index.ts';
import { masked } from './over-api.ts';
import type { GoldenCase, GoldenRegression, GoldenResult } from './types.ts';

/** Of one case. */
const MOST_REGRESSIONS = 100;
/** Characters of a value that is shown. */
const SAMPLE = 1_000;

/** Texts are equal where they differ in white space at their ends, and in times and ids within. */
const timesAndIdsWithin: Volatile = (value) => (typeof value === 'string' ? masked(value) : null);

/**
 * What of a result is compared. What was said stands in the replies already, so of the history only who spoke counts.
 */
const comparable = ({ replies, history, sessionKeys, error }: Omit<GoldenResult, 'meta'>): Json => ({
  error,
  replies,
  history: history.map(({ role }) => ({ role })),
  sessionKeys,
});

/** Where a result is not what was recorded, at most 100 places. */
export const regressionsOf = (
  { pattern, result }: GoldenCase,
  actual: Omit<GoldenResult, 'meta'>,
): GoldenRegression[] =>
  differencesOf(comparable(result), comparable(actual), { volatile: timesAndIdsWithin })
    .slice(0, MOST_REGRESSIONS)
    .map(({ path, expected, actual }) => ({
      case: pattern.name,
      path,
      expected: sample(expected),
      actual: sample(actual),
    }));

const sample = (value: Json): Json =>
  typeof value === 'string' ? value.slice(0, SAMPLE).toWellFormed() : value;
