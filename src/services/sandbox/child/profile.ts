import type { ColumnProfile, Profile } from '../types.ts';
import type { Database } from './duckdb.ts';
import { identifier } from './names.ts';
import { type Json, text } from './values.ts';

/** Up to here values are counted exactly, beyond it by HyperLogLog (a few per cent off) and from a sample. */
const exactRows = 1_000_000;
const examples = 5;
const textLength = 200;

/** Describes the table `data`. Column by column: the hash tables of several would not fit into memory together. */
export async function profile(db: Database): Promise<Profile> {
  const [count] = await db.rows('select count(*) from data');
  const rowCount = Number(count![0]);
  const columns: ColumnProfile[] = [];
  for (const [name, type] of await db.rows('describe data')) {
    columns.push(await profileColumn(db, String(name), String(type), rowCount));
  }
  return { rowCount, columns };
}

async function profileColumn(
  db: Database,
  name: string,
  type: string,
  rowCount: number,
): Promise<ColumnProfile> {
  const column = comparable(identifier(name), type);
  const isExact = rowCount <= exactRows;
  const distinct = isExact ? `count(distinct ${column})` : `approx_count_distinct(${column})`;
  const [row] = await db.rows(
    `select count(*) - count(${column}), ${distinct}, min(${column}), max(${column}) from data`,
  );
  const [nulls, distinctCount, min, max] = row!;
  const frequent = await db.rows(
    `select ${column} from ${isExact ? 'data' : `(from data limit ${exactRows})`}
     where ${column} is not null group by 1 order by count(*) desc, 1 limit ${examples}`,
  );
  return {
    name,
    type: type.length > textLength ? type.slice(0, type.indexOf('(')) : type,
    nullCount: Number(nulls),
    distinctCount: Math.min(Number(distinctCount), rowCount - Number(nulls)),
    min: shown(min!),
    max: shown(max!),
    examples: frequent.map(([value]) => shown(value!) ?? ''),
  };
}

/** Texts are cut before they are compared and grouped: beyond that length nobody tells them apart either. */
function comparable(column: string, type: string): string {
  if (/^(VARCHAR|JSON)$/.test(type)) return `left(${column}, 1000)`;
  return /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*|DATE|TIME.*|UUID)$/.test(
    type,
  ) && !/[[(]?\]$/.test(type)
    ? column
    : `left(${column}::varchar, 1000)`;
}

function shown(value: Json): string | null {
  if (value === null) return null;
  const whole = text(value);
  return whole.length > textLength ? `${whole.slice(0, textLength - 1)}…` : whole;
}
