import { InvalidInputError } from '../../errors.ts';
import type { ServiceVersion } from '../../services/chat/index.ts';
import { type Db, json, type Trx } from '../../store/index.ts';
import { inOrder } from './file.ts';
import type { GoldenCase, GoldenSuite, GoldenSuiteSummary } from './types.ts';

const MOST_SUITES = 200;
/** Behind the name of a copy that one run takes with it: whoever makes it, makes the digits up. */
const COPY = '@[0-9a-f]{32}$';

/** The name of the suite that a copy for one run was made of; null where it is no copy. */
export const copyOf = (name: string): string | null =>
  new RegExp(COPY).test(name) ? name.slice(0, name.lastIndexOf('@')) : null;

/**
 * Keeps a suite; an earlier one of its name is gone then. Copies are counted apart.
 *
 * @throws {InvalidInputError} There are 200 others.
 */
export async function keepSuite(db: Db, suite: GoldenSuite): Promise<GoldenSuiteSummary> {
  const { name, service, recordedAt, cases } = suite;
  const row = {
    service,
    recorded_at: recordedAt,
    case_count: cases.length,
    cases: json(cases),
  };
  await db.transaction().execute(async (trx) => {
    const others = await trx
      .selectFrom('golden_suites')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('name', '<>', name)
      .where('name', copyOf(name) === null ? '!~' : '~', COPY)
      .executeTakeFirstOrThrow();
    if (Number(others.count) >= MOST_SUITES)
      throw new InvalidInputError([
        {
          path: 'input.name',
          message: `must be one of the ${MOST_SUITES} suites that there are; no more are kept`,
        },
      ]);
    await trx
      .insertInto('golden_suites')
      .values({ name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
  });
  return { name, service, recordedAt, cases: cases.length };
}

export async function readSuite(db: Db, name: string): Promise<GoldenSuite | null> {
  if (name.includes('\0')) return null;
  const row = await db.selectFrom('golden_suites').selectAll().where('name', '=', name).executeTakeFirst();
  if (!row) return null;
  return {
    name: row.name,
    service: row.service as ServiceVersion,
    recordedAt: row.recorded_at,
    cases: (row.cases as GoldenCase[]).map(inOrder),
  };
}

/** By name. */
export async function listSuites(db: Db | Trx): Promise<GoldenSuiteSummary[]> {
  const rows = await db
    .selectFrom('golden_suites')
    .select(['name', 'service', 'recorded_at', 'case_count'])
    .orderBy('name')
    .limit(MOST_SUITES)
    .execute();
  return rows.map(({ name, service, recorded_at, case_count }) => ({
    name,
    service: service as ServiceVersion,
    recordedAt: recorded_at,
    cases: case_count,
  }));
}

/** @returns False where there is none of the name. */
export async function deleteSuite(db: Db, name: string): Promise<boolean> {
  if (name.includes('\0')) return false;
  const { numDeletedRows } = await db
    .deleteFrom('golden_suites')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
