import type { Selectable } from 'kysely';
import { InvalidInputError, InvalidStateError, NotFoundError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { InputCheck } from '../../services/input.ts';
import { type Db, storable, type Tables } from '../../store/index.ts';
import { type MigrationStatus, statusOf } from './status.ts';

export type { MigrationStatus } from './status.ts';

const LONGEST_NAME = 100;
const LONGEST_TEXT = 2_000;
/** A plan of more is kept somewhere else. */
const MOST_TASKS = 1_000;

export type TaskStatus = 'PENDING' | 'IN_PROGRESS' | 'COMPLETED' | 'BLOCKED';

export interface MigrationTask {
  id: string;
  /** As `utils_1`. */
  key: string;
  description: string;
  phase: string;
  status: TaskStatus;
  startedAt: Date | null;
  completedAt: Date | null;
  /** `Blocked: ` and the reason, of one that is blocked. */
  notes: string;
}

export interface NewTask {
  key: string;
  description: string;
  phase: string;
}

export interface TaskChange {
  id: string;
  status: TaskStatus;
  /** Why it is blocked, or what came of it. */
  notes?: string | null | undefined;
}

/** What may follow a status. What is finished stays so, and what is blocked is begun again before it can be finished. */
const NEXT: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  PENDING: ['IN_PROGRESS', 'COMPLETED', 'BLOCKED'],
  IN_PROGRESS: ['PENDING', 'COMPLETED', 'BLOCKED'],
  BLOCKED: ['PENDING', 'IN_PROGRESS'],
  COMPLETED: [],
};

interface Needs {
  db: Db;
  now: () => Date;
}

/** The tasks of the migration, which all operators share. */
export class MigrationTasks {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async status(): Promise<MigrationStatus> {
    const rows = await this.#needs.db
      .selectFrom('migration_tasks')
      .selectAll()
      .orderBy('number')
      .limit(MOST_TASKS)
      .execute();
    return statusOf(rows.map(toTask));
  }

  /** In no order; those that do not exist are missing. */
  async findMany(ids: readonly string[]): Promise<MigrationTask[]> {
    if (ids.length === 0) return [];
    const rows = await this.#needs.db
      .selectFrom('migration_tasks')
      .selectAll()
      .where('id', 'in', ids)
      .execute();
    return rows.map(toTask);
  }

  /**
   * Adds a task behind all others.
   *
   * @throws {InvalidInputError} A field is empty or too long, the key is taken, or there are 1,000 already.
   */
  async add({ key, description, phase }: NewTask): Promise<MigrationTask> {
    new InputCheck()
      .text('key', key, LONGEST_NAME)
      .text('description', description, LONGEST_TEXT)
      .text('phase', phase, LONGEST_NAME)
      .done();
    const { db } = this.#needs;
    const { count } = await db
      .selectFrom('migration_tasks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (Number(count) >= MOST_TASKS) throw refused('key', `there are ${MOST_TASKS} tasks already`);
    const row = await db
      .insertInto('migration_tasks')
      .values({
        id: newId('task'),
        key: storable(key),
        description: storable(description),
        phase: storable(phase),
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!row) throw refused('key', `there is a task with the key ${key} already`);
    return toTask(row);
  }

  /**
   * Starts a task, completes it, blocks it for a reason, or puts it back. Two changes at once happen one after the other.
   *
   * @throws {NotFoundError}
   * @throws {InvalidStateError} It is over, or in that status already.
   * @throws {InvalidInputError} It is blocked without a reason, or the notes are too long.
   */
  async change({ id, status, notes }: TaskChange): Promise<MigrationTask> {
    new InputCheck()
      .require(status !== 'BLOCKED' || Boolean(notes?.trim()), 'notes', 'must say what blocks the task')
      .require((notes ?? '').length <= LONGEST_TEXT, 'notes', `must have at most ${LONGEST_TEXT} characters`)
      .done();
    return this.#needs.db.transaction().execute(async (trx) => {
      const row = await trx
        .selectFrom('migration_tasks')
        .selectAll()
        .where('id', '=', storable(id))
        .forUpdate()
        .executeTakeFirst();
      if (!row) throw new NotFoundError('task', id);
      const before = toTask(row);
      if (!NEXT[before.status].includes(status))
        throw new InvalidStateError(
          `The task ${before.key} is ${before.status}, and cannot become ${status}.`,
          before.status,
        );
      const changed = await trx
        .updateTable('migration_tasks')
        .set(this.#columns(before, status, notes))
        .where('id', '=', row.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toTask(changed);
    });
  }

  #columns(
    { startedAt, notes: before }: MigrationTask,
    status: TaskStatus,
    notes: string | null | undefined,
  ) {
    const at = this.#needs.now();
    const said = notes == null ? undefined : storable(notes);
    if (status === 'BLOCKED') return { status, notes: `Blocked: ${said}` };
    // What blocked it is over.
    const kept = said ?? (before.startsWith('Blocked: ') ? '' : before);
    if (status === 'IN_PROGRESS') return { status, started_at: startedAt ?? at, notes: kept };
    if (status === 'COMPLETED') return { status, completed_at: at, notes: said ?? '' };
    return { status, started_at: null, notes: kept };
  }
}

const refused = (path: string, message: string) =>
  new InvalidInputError([{ path: `input.${path}`, message }]);

const toTask = (row: Selectable<Tables['migration_tasks']>): MigrationTask => ({
  id: row.id,
  key: row.key,
  description: row.description,
  phase: row.phase,
  status: row.status as TaskStatus,
  startedAt: row.started_at,
  completedAt: row.completed_at,
  notes: row.notes,
});
