import { type RawBuilder, sql } from 'kysely';

declare const parameter: unique symbol;

/** What a `jsonb` column is written with; only `json()` makes one. */
export interface JsonParameter {
  [parameter]: never;
}

/**
 * A value as a `jsonb` parameter. Postgres refuses NUL and lone surrogates inside JSON strings, and text from
 * models and programs can hold both: they become U+FFFD, so that no event is ever lost to one character.
 */
export function json(value: unknown): RawBuilder<JsonParameter> {
  return sql`${jsonText(value)}::jsonb`;
}

/** The text of `json(value)`, for statements that take it as a parameter of their own. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value ?? null) ?? 'null';
  if (!REFUSED.test(text)) return text;
  return JSON.stringify(wellFormed(JSON.parse(text)));
}

/** A text that Postgres takes, also outside JSON. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

const REFUSED = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), wellFormed(item)]));
  return value;
}
