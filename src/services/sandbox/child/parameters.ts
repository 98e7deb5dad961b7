import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  DuckDBDateValue,
  DuckDBListValue,
  type DuckDBPreparedStatement,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  HUGEINT,
  LIST,
  SQLNULL,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import { ProgramError } from '../errors.ts';

/** A value bound to a `?`, as JSON: what JSON cannot spell is an object with one key. */
export type Parameter =
  | null
  | boolean
  | number
  | string
  | { bigint: string }
  | { date: number }
  | Parameter[];

/** @throws {ProgramError} There are more or fewer values than the statement has `?`. */
export function bind(statement: DuckDBPreparedStatement, parameters: Parameter[]): void {
  if (statement.parameterCount !== parameters.length) {
    throw new ProgramError(
      `The query has ${statement.parameterCount} parameters (?), but ${parameters.length} values were given.`,
    );
  }
  const values = parameters.map(toDuck);
  if (values.length > 0) statement.bind(values, values.map(typeOf));
}

function toDuck(value: Parameter): DuckDBValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const isFractional = value.some((item) => typeof item === 'number' && !Number.isSafeInteger(item));
    return new DuckDBListValue(isFractional ? (value as DuckDBValue[]) : value.map(toDuck));
  }
  if ('bigint' in value) return BigInt(value.bigint);
  const days = value.date / 86_400_000;
  return Number.isInteger(days)
    ? new DuckDBDateValue(days)
    : new DuckDBTimestampValue(BigInt(value.date) * 1_000n);
}

/** Integers are BIGINT where they fit, as the literals of a query are; DuckDB's own choice would be HUGEINT. */
function typeOf(value: DuckDBValue): DuckDBType {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? BIGINT : HUGEINT;
  if (typeof value === 'number') return DOUBLE;
  if (typeof value === 'boolean') return BOOLEAN;
  if (value instanceof DuckDBDateValue) return DATE;
  if (value instanceof DuckDBTimestampValue) return TIMESTAMP;
  if (!(value instanceof DuckDBListValue)) return value === null ? SQLNULL : VARCHAR;
  const first = value.items.find((item) => item !== null);
  return LIST(first === undefined ? VARCHAR : typeOf(first));
}
