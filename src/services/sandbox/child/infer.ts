import type { Database } from './duckdb.ts';
import { identifier } from './names.ts';
import { anyDate, anyType, type Candidate } from './text-types.ts';

export { anyDate, anyType };

export interface TextColumn {
  name: string;
  /** SQL for the column's text. */
  text: string;
  /** What the text may turn out to be; empty where the column is to stay as it is. */
  candidates: readonly Candidate[];
}

interface TypedColumn {
  name: string;
  expression: string;
}

/** Columns verified in one pass; a statement with all of a wide table's expressions takes DuckDB seconds to plan. */
const columnsPerPass = 100;

/**
 * Gives each column the first type that all of its values have, whatever comes late in the file.
 *
 * A few rows rule most types out, the rest is verified over the whole column. Where both day/month and
 * month/day would fit every value, the column stays text: a wrong date is worse than none.
 */
export async function inferColumns(
  db: Database,
  from: string,
  columns: readonly TextColumn[],
): Promise<TypedColumn[]> {
  const typed: TypedColumn[] = [];
  for (let i = 0; i < columns.length; i += columnsPerPass) {
    typed.push(...(await inferSome(db, from, columns.slice(i, i + columnsPerPass))));
  }
  return typed;
}

async function inferSome(db: Database, from: string, columns: readonly TextColumn[]): Promise<TypedColumn[]> {
  const possible = await shortlist(db, from, columns);
  const checks = columns.map((column, i) => [
    `count(${column.text})`,
    ...possible[i]!.map((candidate) => `count(${candidate.parse(trimmed(column))})`),
  ]);
  const [counts] = possible.some((candidates) => candidates.length > 0)
    ? await db.rows(`select ${checks.flat().join(', ')} from ${from}`)
    : [];

  let at = 0;
  return columns.map((column, i) => {
    const candidates = possible[i]!;
    const [total, ...parsed] = counts?.slice(at, at + 1 + candidates.length) ?? [0];
    at += 1 + candidates.length;
    const fitting = candidates.filter((_, j) => total !== 0 && parsed[j] === total);
    const best = fitting[0];
    const isAmbiguous = best?.rival !== undefined && fitting.some(({ id }) => id === best.rival);
    return {
      name: column.name,
      expression: best && !isAmbiguous ? best.parse(trimmed(column)) : column.text,
    };
  });
}

/** The candidates that the first rows, or else one value from anywhere, allow by their shape. */
async function shortlist(
  db: Database,
  from: string,
  columns: readonly TextColumn[],
): Promise<(readonly Candidate[])[]> {
  const texts = columns.map((column) => (column.candidates.length > 0 ? trimmed(column) : 'null'));
  const sample = await db.rows(`select ${texts.join(', ')} from ${from} limit 500`);
  const unseen = texts.filter((_, i) => sample.every((row) => row[i] === null));
  const late = new Map<string, unknown>();
  if (unseen.length > 0 && sample.length === 500) {
    const [row] = await db.rows(
      `select ${unseen.map((text) => `any_value(${text})`).join(', ')} from ${from}`,
    );
    for (const [i, text] of unseen.entries()) late.set(text, row![i]);
  }

  return columns.map((column, i) => {
    const values = [...sample.map((row) => row[i]), late.get(texts[i]!)].filter((v) => typeof v === 'string');
    return values.length === 0
      ? []
      : column.candidates.filter(({ shape }) => values.every((v) => shape.test(v)));
  });
}

const trimmed = ({ text }: TextColumn): string => `trim(${text})`;

export const selectList = (columns: readonly TypedColumn[]): string =>
  columns.map(({ name, expression }) => `${expression} as ${identifier(name)}`).join(', ');
