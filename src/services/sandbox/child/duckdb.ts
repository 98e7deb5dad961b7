import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  StatementType,
} from '@duckdb/node-api';
import { ProgramError, SandboxLimitError } from '../errors.ts';
import type { SandboxLimits } from '../types.ts';
import { distinctNames } from './names.ts';
import { bind, type Parameter } from './parameters.ts';
import { type Json, toJson } from './values.ts';

export interface Rows {
  columns: string[];
  rows: Json[][];
  /** True where the query had more rows than were asked for. */
  truncated: boolean;
}

/** Characters of JSON that one query's rows may come to. */
const queryCharacters = 64 * 2 ** 20;

/** What a program may say; it cannot reach files, settings, extensions or other databases by any of these. */
const allowed = new Set<StatementType>([
  StatementType.SELECT,
  StatementType.EXPLAIN,
  StatementType.CREATE,
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.DROP,
  StatementType.ALTER,
  StatementType.ANALYZE,
]);

/** One DuckDB in memory: open to files until `lock`, to nothing afterwards. */
export class Database {
  readonly #connection: DuckDBConnection;
  readonly #limits: SandboxLimits;
  #locked = false;
  #isInterrupted = false;

  private constructor(connection: DuckDBConnection, limits: SandboxLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  static async open(limits: SandboxLimits): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '2',
      memory_limit: `${Math.floor(limits.memoryBytes / 2)}B`,
      temp_directory: '',
      max_temp_directory_size: '0B',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const database = new Database(await instance.connect(), limits);
    await database.rows(`attach ':memory:' as work (compress); use work; set TimeZone = 'UTC'`);
    return database;
  }

  /** Leaves more memory to programs: two million rows of four columns went from 96 to 19 MB. */
  async compress(): Promise<void> {
    await this.rows('checkpoint work');
  }

  /** From here on no file can be opened and no setting changed, and only `allowed` statements run. */
  async lock(): Promise<void> {
    await this.rows('set enable_external_access = false; set lock_configuration = true');
    this.#locked = true;
  }

  /** Ends what is running and whatever is asked later. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#connection.interrupt();
  }

  /** Runs our own SQL and returns all its rows. @throws As `query`. */
  async rows(sql: string): Promise<Json[][]> {
    try {
      this.#refuseWhenInterrupted();
      return (await this.#take(await this.#connection.run(sql), Number.POSITIVE_INFINITY)).rows;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * Runs SQL, one statement or several, and returns the last one's first `most` rows.
   *
   * @param parameters Bound to the last statement.
   * @throws {ProgramError} DuckDB's message. @throws {SandboxLimitError}
   */
  async query(sql: string, parameters: Parameter[], most: number): Promise<Rows> {
    try {
      this.#refuseWhenInterrupted();
      const statements = await this.#connection.extractStatements(sql);
      for (let i = 0; ; i++) {
        const statement = await statements.prepare(i);
        if (this.#locked) this.#permit(statement);
        const isLast = i === statements.count - 1;
        if (isLast) bind(statement, parameters);
        const rows = await this.#execute(statement, isLast ? most : 0);
        if (isLast) return rows;
      }
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #permit(statement: DuckDBPreparedStatement): void {
    const type = statement.statementType;
    if (allowed.has(type)) return;
    throw new ProgramError(`${StatementType[type] ?? 'Such'} statements are not available here.`);
  }

  /**
   * Streams a query's rows, so that no more of them than wanted ever exist.
   *
   * An error in the middle of a stream looks like its end: @duckdb/node-bindings 1.5 drops it, and half a result
   * would pass for the whole. The transaction around it knows better.
   */
  async #execute(statement: DuckDBPreparedStatement, most: number): Promise<Rows> {
    if (statement.statementType !== StatementType.SELECT) return this.#take(await statement.run(), most);

    const connection = this.#connection;
    await connection.run('begin');
    try {
      const rows = await this.#take(await statement.stream(), most);
      const isWhole = await connection.run('select 1').then(
        () => true,
        () => false,
      );
      if (isWhole) return rows;
    } finally {
      await connection.run('commit'); // or, where it failed, roll back
    }
    this.#refuseWhenInterrupted();
    await statement.run(); // for its message
    throw new ProgramError('The query failed on the way.');
  }

  #refuseWhenInterrupted(): void {
    if (this.#isInterrupted) throw new SandboxLimitError('timeoutMs', this.#limits.timeoutMs);
  }

  async #take(result: DuckDBResult, most: number): Promise<Rows> {
    const columns = distinctNames(result.columnNames());
    const types = result.columnTypes();
    const rows: Json[][] = [];
    let characters = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return { columns, rows, truncated: false };
      for (let i = 0; i < chunk.rowCount; i++) {
        if (rows.length >= most) return { columns, rows, truncated: true };
        const row = chunk.getRowValues(i).map((value, j) => toJson(value, types[j]!));
        for (const cell of row) characters += size(cell);
        if (characters > queryCharacters) {
          const detail = `The query returns more than ${queryCharacters / 2 ** 20} MiB; aggregate or select less.`;
          throw new SandboxLimitError('memoryBytes', this.#limits.memoryBytes, undefined, detail);
        }
        rows.push(row);
      }
    }
  }

  #explain(error: unknown): Error {
    if (!(error instanceof Error) || error instanceof ProgramError || error instanceof SandboxLimitError) {
      return error as Error;
    }
    const { message } = error;
    // Its whole message where the text has no statement in it.
    if (message === 'Error in native callback') return new ProgramError('The SQL is empty.');
    if (message.startsWith('INTERRUPT')) return new SandboxLimitError('timeoutMs', this.#limits.timeoutMs);
    if (/^Out of Memory|could not allocate|bad_alloc|failed to allocate/i.test(message)) {
      return new SandboxLimitError('memoryBytes', this.#limits.memoryBytes);
    }
    return new ProgramError(message.slice(0, 2_000));
  }
}

const size = (cell: Json): number =>
  typeof cell === 'string'
    ? cell.length + 3
    : typeof cell === 'object' && cell
      ? JSON.stringify(cell).length
      : 8;
