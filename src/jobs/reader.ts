import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { couldBeId } from '../ids.ts';
import type { Db, Tables } from '../store/index.ts';
import { JOB_COLUMNS, toJob } from './rows.ts';
import type { Job, JobFilter } from './types.ts';

export interface JobPage {
  jobs: Job[];
  hasNextPage: boolean;
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

  /** What the job's work returned; null before it COMPLETED. */
  async output(id: string): Promise<unknown> {
    const row = await this.#db.selectFrom('jobs').select('output').where('id', '=', id).executeTakeFirst();
    return row?.output ?? null;
  }

  /**
   * The newest first.
   *
   * @param before Number of the job that the page begins behind.
   */
  async list(owner: string, filter: JobFilter, first: number, before?: number): Promise<JobPage> {
    const rows = await this.#db
      .selectFrom('jobs')
      .select(JOB_COLUMNS)
      .where((at) => matching(at, owner, filter))
      .$if(before !== undefined, (query) => query.where('number', '<', before ?? 0))
      .orderBy('number', 'desc')
      .limit(first + 1)
      .execute();
    return { jobs: rows.slice(0, first).map(toJob), hasNextPage: rows.length > first };
  }

  async count(owner: string, filter: JobFilter): Promise<number> {
    const { count } = await this.#db
      .selectFrom('jobs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where((at) => matching(at, owner, filter))
      .executeTakeFirstOrThrow();
    return Number(count);
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
  const { kinds, statuses, sessionId, parentId, createdAfter, createdBefore } = filter;
  return at.and([
    at('owner', '=', owner),
    ...(kinds ? [kinds.length > 0 ? at('kind', 'in', kinds) : at.lit(false)] : []),
    ...(statuses ? [statuses.length > 0 ? at('status', 'in', statuses) : at.lit(false)] : []),
    ...(sessionId ? [couldBeId(sessionId) ? at('session_id', '=', sessionId) : at.lit(false)] : []),
    ...(parentId ? [couldBeId(parentId) ? at('parent_id', '=', parentId) : at.lit(false)] : []),
    ...(createdAfter ? [at('created_at', '>', createdAfter)] : []),
    ...(createdBefore ? [at('created_at', '<', createdBefore)] : []),
  ]);
}

/** The same question of a job in hand. */
export function matches(job: Job, owner: string, filter: JobFilter): boolean {
  const { kinds, statuses, sessionId, parentId, createdAfter, createdBefore } = filter;
  return (
    job.owner === owner &&
    (!kinds || kinds.includes(job.kind)) &&
    (!statuses || statuses.includes(job.status)) &&
    (!sessionId || job.sessionId === sessionId) &&
    (!parentId || job.parentId === parentId) &&
    (!createdAfter || job.createdAt > createdAfter) &&
    (!createdBefore || job.createdAt < createdBefore)
  );
}
