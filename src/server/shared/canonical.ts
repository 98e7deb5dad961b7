import { createHash } from 'node:crypto';

/** Longer keys are kept as their digest: a client chooses how long its variables are. */
const KEPT_CHARACTERS = 256;

/** A key that is equal for equal JSON values, whatever the order of their properties. */
export function canonical(value: unknown): string {
  const text = written(value);
  return text.length > KEPT_CHARACTERS ? createHash('sha256').update(text).digest('base64') : text;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Most values are small: a replacer of `JSON.stringify` takes five times as long. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? '';
  const properties = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${written(value[name])}`);
  return `{${properties.join()}}`;
}
