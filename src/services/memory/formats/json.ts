import {
  DEEPEST,
  Extension,
  isList,
  isMap,
  LARGEST_DOCUMENT,
  type LegacyValue,
  Tuple,
  toFloat,
  toInteger,
  WholeFloat,
} from '../document.ts';
import { LegacyDocumentError } from '../errors.ts';

/** The parser's account of where a value came from; the types of the language do not have it yet. */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** @throws {LegacyDocumentError} */
export function readJson(bytes: Uint8Array): LegacyValue {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parse(text, (_key, value, { source }) => {
      if (typeof value === 'number') return readNumber(value, source ?? '');
      return isPlainObject(value) ? new Map(Object.entries(value)) : value;
    }) as LegacyValue;
  } catch (error) {
    throw new LegacyDocumentError('it is no JSON.', { cause: error });
  }
}

/** @throws {LegacyDocumentError} */
export function writeJson(value: LegacyValue): Buffer {
  const bytes = Buffer.from(JSON.stringify(toRaw(value, 0)), 'utf8');
  if (bytes.length > LARGEST_DOCUMENT)
    throw new LegacyDocumentError(`it would have more than ${LARGEST_DOCUMENT} bytes.`);
  return bytes;
}

const readNumber = (value: number, source: string): LegacyValue =>
  /^-?\d+$/.test(source) ? toInteger(BigInt(source)) : toFloat(value);

const isPlainObject = (value: unknown): value is Record<string, LegacyValue> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Map) &&
  !(value instanceof WholeFloat);

function toRaw(value: LegacyValue, depth: number): unknown {
  if (depth > DEEPEST) throw new LegacyDocumentError(`it is nested deeper than ${DEEPEST}.`);
  if (typeof value === 'bigint') return rawJSON(value.toString());
  if (value instanceof WholeFloat) return rawJSON(wholeFloat(value.value));
  if (value instanceof Uint8Array || value instanceof Extension)
    throw new LegacyDocumentError('JSON has no bytes.');
  if (value instanceof Tuple) return value.items.map((item) => toRaw(item, depth + 1));
  if (isList(value)) return value.map((item) => toRaw(item, depth + 1));
  if (!isMap(value)) return value;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, item] of value) {
    if (typeof key !== 'string') throw new LegacyDocumentError('a JSON key must be text.');
    object[key] = toRaw(item, depth + 1);
  }
  return object;
}

/** As Python writes it: with a fraction or an exponent, so that it is read as a float again. */
function wholeFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return text.includes('e') ? text : `${text}.0`;
}
