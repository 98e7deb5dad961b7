import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { couldBeId } from '../ids.ts';
import type { Db, Tables } from '../store/index.ts';
import { JOB_COLUMNS, toJob } from './rows.ts';
import type { Job, JobFilter } from './types.ts';

export interface JobPage {
  jobs: Job[];
  hasNextPage: boolean;
}

/** A page of a list, the newest first: at most `first`, behind the job with the number `before`. */
export interface PageWanted {
  filter: JobFilter;
  first: number;
  before?: number | undefined;
}

/** Reads jobs; every reader names the owner whose jobs it may see. */
export class JobReader {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async get(owner: string, id: string): Promise<Job | null> {
    const [job] = await this.getMany(owner, [id]);
    return job ?? null;
  }

  /** In no order; those that do not exist, or are somebody else's, are missing. */
  async getMany(owner: string, ids: readonly string[]): Promise<Job[]> {
    const possible = ids.filter(couldBeId);
    if (possible.length === 0) return [];
    const rows = await this.#db
      .selectFrom('jobs')
      .select(JOB_COLUMNS)
      .where('id', 'in', possible)
      .where('owner', '=', owner)
      .execute();
    return rows.map(toJob);
  }

  /** What jobs' works returned, by id; null before they COMPLETED. */
  async outputs(ids: readonly string[]): Promise<Map<string, unknown>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('jobs')
      .select(['id', 'output'])
      .where('id', 'in', [...new Set(ids)])
      .execute();
    return new Map(rows.map(({ id, output }) => [id, output]));
  }

  /**
   * The newest first.
   *
   * @param before Number of the job that the page begins behind.
   */
  async list(owner: string, filter: JobFilter, first: number, before?: number): Promise<JobPage> {
    const rows = await this.#page(owner, { filter, first, before }).execute();
    return { jobs: rows.slice(0, first).map(toJob), hasNextPage: rows.length > first };
  }

  /**
   * Jobs that may have changed since then: those that are not over, and those that ended behind it. The oldest first,
   * at most `first`, behind the job with the number `after`.
   */
  async changedSince(
    owner: string,
    filter: JobFilter,
    since: Date,
    { first, after }: { first: number; after: number },
  ): Promise<Job[]> {
    const rows = await this.#db
      .selectFrom('jobs')
      .select(JOB_COLUMNS)
      .where((at) => matching(at, owner, filter))
      .where((at) => at.or([at('finished_at', 'is', null), at('finished_at', '>=', since)]))
      .where('number', '>', after)
      .orderBy('number')
      .limit(first)
      .execute();
    return rows.map(toJob);
  }

  /** Several pages in one statement. */
  async listMany(owner: string, wanted: readonly PageWanted[]): Promise<JobPage[]> {
    const [only, ...more] = wanted.map((page, place) =>
      this.#db
        .selectFrom(this.#page(owner, page).as('page'))
        .selectAll()
        .select(sql<number>`${place}::int`.as('place')),
    );
    if (!only) return [];
    const rows = await more.reduce((all, one) => all.unionAll(one), only).execute();
    return wanted.map(({ first }, place) => {
      const page = rows.filter((row) => row.place === place).sort((a, b) => b.number - a.number);
      return { jobs: page.slice(0, first).map(toJob), hasNextPage: page.length > first };
    });
  }

  #page(owner: string, { filter, first, before }: PageWanted) {
    return this.#db
      .selectFrom('jobs')
      .select(JOB_COLUMNS)
      .where((at) => matching(at, owner, filter))
      .$if(before !== undefined, (query) => query.where('number', '<', before ?? 0))
      .orderBy('number', 'desc')
      .limit(first + 1);
  }

  /** Several counts in one statement. */
  async countMany(owner: string, filters: readonly JobFilter[]): Promise<number[]> {
    const [only, ...more] = filters.map((filter, place) =>
      this.#db
        .selectFrom('jobs')
        .select(sql<number>`${place}::int`.as('place'))
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where((at) => matching(at, owner, filter)),
    );
    if (!only) return [];
    const rows = await more.reduce((all, one) => all.unionAll(one), only).execute();
    return filters.map((_, place) => Number(rows.find((row) => row.place === place)?.count ?? 0));
  }

  /** Jobs per kind that wait, run, or FAILED, of all owners. */
  async load(): Promise<{ kind: string; waiting: number; active: number; failed: number }[]> {
    const rows = await this.#db
      .selectFrom('jobs')
      .select(['kind', 'status'])
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where((at) => at.or([at('finished_at', 'is', null), at('status', '=', 'FAILED')]))
      .groupBy(['kind', 'status'])
      .execute();
    const count = (kind: string, ...statuses: string[]) =>
      rows.reduce(
        (all, row) => all + (row.kind === kind && statuses.includes(row.status) ? Number(row.count) : 0),
        0,
      );
    return [...new Set(rows.map(({ kind }) => kind))].sort().map((kind) => ({
      kind,
      waiting: count(kind, 'STARTED'),
      active: count(kind, 'RUNNING', 'WAITING', 'CANCELLING'),
      failed: count(kind, 'FAILED'),
    }));
  }
}

function matching(
  at: ExpressionBuilder<Tables, 'jobs'>,
  owner: string,
  filter: JobFilter,
): Expression<SqlBool> {
  const { kinds, statuses, sessionId, parentId, subject, createdAfter, createdBefore } = filter;
  return at.and([
    at('owner', '=', owner),
    ...(kinds ? [kinds.length > 0 ? at('kind', 'in', kinds) : at.lit(false)] : []),
    ...(statuses ? [statuses.length > 0 ? at('status', 'in', statuses) : at.lit(false)] : []),
    ...(sessionId ? [couldBeId(sessionId) ? at('session_id', '=', sessionId) : at.lit(false)] : []),
    ...(parentId ? [couldBeId(parentId) ? at('parent_id', '=', parentId) : at.lit(false)] : []),
    ...(subject ? [couldBeId(subject) ? at('subject', '=', subject) : at.lit(false)] : []),
    ...(createdAfter ? [at('created_at', '>', createdAfter)] : []),
    ...(createdBefore ? [at('created_at', '<', createdBefore)] : []),
  ]);
}

/** The same question of a job in hand. */
export function matches(job: Job, owner: string, filter: JobFilter): boolean {
  const { kinds, statuses, sessionId, parentId, subject, createdAfter, createdBefore } = filter;
  return (
    job.owner === owner &&
    (!kinds || kinds.includes(job.kind)) &&
    (!statuses || statuses.includes(job.status)) &&
    (!sessionId || job.sessionId === sessionId) &&
    (!parentId || job.parentId === parentId) &&
    (!subject || job.subject === subject) &&
    (!createdAfter || job.createdAt > createdAfter) &&
    (!createdBefore || job.createdAt < createdBefore)
  );
}
