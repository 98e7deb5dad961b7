import { LegacyDocumentError } from './errors.ts';

/**
 * A number that Python holds as a float although it has no fraction, such as 1.0: as a plain number it would be
 * written back as the integer 1.
 */
export class WholeFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A Python tuple; only pickles keep it apart from a list. */
export class Tuple {
  readonly items: readonly LegacyValue[];

  constructor(items: readonly LegacyValue[]) {
    this.items = items;
  }
}

/** A MessagePack extension, such as a timestamp (type -1), kept as it is. */
export class Extension {
  readonly type: number;
  readonly data: Uint8Array;

  constructor(type: number, data: Uint8Array) {
    this.type = type;
    this.data = data;
  }
}

export type LegacyMap = ReadonlyMap<LegacyValue, LegacyValue>;

/**
 * A value of the legacy application, without loss: integers are numbers or, beyond 2^53, bigints; dictionaries are
 * maps, because their keys have an order and need not be text.
 */
export type LegacyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | WholeFloat
  | Tuple
  | Extension
  | readonly LegacyValue[]
  | LegacyMap;

/** What the legacy application keeps of one session. */
export type LegacyDocument = LegacyMap;

/** Bytes of one session in the legacy store. A history of 50 long messages has a hundredth of it. */
export const LARGEST_DOCUMENT = 16 * 1024 * 1024;
/** Lists in lists; Python's own JSON gives up at about a thousand. */
export const DEEPEST = 200;

/** A float as it is kept here: plain where that says it is one. */
export const toFloat = (value: number): number | WholeFloat =>
  Number.isInteger(value) ? new WholeFloat(value) : value;

/** An integer as it is kept here. */
export const toInteger = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

export const isMap = (value: LegacyValue | undefined): value is LegacyMap => value instanceof Map;

export const isList = (value: LegacyValue | undefined): value is readonly LegacyValue[] =>
  Array.isArray(value);

/** @throws {LegacyDocumentError} */
export function asDocument(value: LegacyValue): LegacyDocument {
  if (!isMap(value)) throw new LegacyDocumentError('it is not a dictionary.');
  return value;
}

/** The nearest plain JSON; bytes and extensions have none and become null. */
export function toPlain(value: LegacyValue): unknown {
  if (value instanceof WholeFloat) return value.value;
  if (value instanceof Tuple) return value.items.map(toPlain);
  if (value instanceof Uint8Array || value instanceof Extension) return null;
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(toPlain);
  if (isMap(value))
    return Object.fromEntries([...value].map(([key, item]) => [String(toPlain(key)), toPlain(item)]));
  return value;
}

/** Plain JSON as a value of the legacy application. */
export function fromPlain(value: unknown): LegacyValue {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value && typeof value === 'object')
    return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]));
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : new WholeFloat(value);
  return null;
}
