import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * A DuckDB value as JSON. Integers beyond 2^53 and decimals of more than 15 digits are strings, dates and
 * times ISO 8601 (with a Z only where the type has a time zone), blobs base64, NaN and the infinities null as
 * in `JSON.stringify`, intervals and whatever else has no JSON form DuckDB's own text.
 */
export function toJson(value: DuckDBValue, type: DuckDBType): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return fromInteger(value);
  if (typeof value === 'number') return type.typeId === DuckDBTypeId.FLOAT ? fromFloat(value) : finite(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;

  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return fromDecimal(String(value));
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return String(value).replace(' ', 'T');
    default:
      return value instanceof DuckDBTimestampTZValue ? fromInstant(value) : fromNested(value, type);
  }
}

function fromNested(value: DuckDBValue, type: DuckDBType): Json {
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType) return each(value, type);
  if (value instanceof DuckDBArrayValue && type instanceof DuckDBArrayType) return each(value, type);
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) {
    const { entryNames, entryTypes } = type;
    return Object.fromEntries(
      entryNames.map((name, i) => [name, toJson(value.entries[name] ?? null, entryTypes[i]!)]),
    );
  }
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) {
    return Object.fromEntries(
      value.entries.map((entry) => [
        text(toJson(entry.key, type.keyType)),
        toJson(entry.value, type.valueType),
      ]),
    );
  }
  if (value instanceof DuckDBUnionValue && type instanceof DuckDBUnionType) {
    return toJson(value.value, type.memberTypes[type.memberTags.indexOf(value.tag)]!);
  }
  return String(value);
}

const each = (list: { items: readonly DuckDBValue[] }, type: { valueType: DuckDBType }): Json[] =>
  list.items.map((item) => toJson(item, type.valueType));

/** A JSON value as one piece of text: strings as they are. */
export const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function fromInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** The shortest decimal that means the same 32-bit float: 0.1, not 0.10000000149011612. */
function fromFloat(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function fromDecimal(digits: string): number | string {
  return digits.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15 ? Number(digits) : digits;
}

function fromInstant(value: DuckDBTimestampTZValue): string {
  const second = value.micros >= 0n ? value.micros / 1_000_000n : -((999_999n - value.micros) / 1_000_000n);
  const date = new Date(Number(second) * 1000);
  if (Number.isNaN(date.getTime())) return String(value);
  const micros = value.micros - second * 1_000_000n;
  const fraction = micros === 0n ? '' : `.${micros.toString().padStart(6, '0').replace(/0+$/, '')}`;
  return date.toISOString().replace('.000Z', `${fraction}Z`);
}
