import {
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
} from 'kysely';
import { isUnavailable } from './failures.ts';

/** What the server's connections threw. Where one breaks, the words of the error could be anybody's. */
const THROWN = new WeakSet<Error>();
/** A statement that took too long would take too long again. */
const STATEMENT_TIMEOUT = '57014';
/** Errors that one may have for a cause, and so on. */
const DEEPEST = 10;

/** True where an error came about because the database was away, whoever translated it since. */
export function isStoreLost(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < DEEPEST; depth += 1) {
    if (THROWN.has(cause))
      return isUnavailable(cause) && !('code' in cause && cause.code === STATEMENT_TIMEOUT);
    cause = cause.cause;
  }
  return false;
}

/** Postgres, which remembers what its connections threw. */
export class RememberingDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new RememberingDriver(this.#config);
  }
}

class RememberingDriver extends PostgresDriver {
  readonly #known = new WeakSet<DatabaseConnection>();

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection().catch(remember);
    if (this.#known.has(connection)) return connection;

    this.#known.add(connection);
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = <Row>(...query: Parameters<typeof execute>) =>
      execute<Row>(...query).catch(remember);
    return connection;
  }
}

function remember(error: unknown): never {
  if (error instanceof Error) THROWN.add(error);
  throw error;
}
