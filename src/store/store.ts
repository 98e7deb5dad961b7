import type { Db as QueueDatabase } from 'pg-boss';
import type { Logger } from 'pino';
import type { Db } from './tables.ts';

/** Distributed databases are Postgres to us; the queue has to know them by name. */
export type DatabaseBackend = 'postgres' | 'citus' | 'cockroachdb' | 'yugabytedb';

export interface StoreSettings {
  /** A Postgres server; absent: the embedded one. */
  databaseUrl?: string | undefined;
  backend?: DatabaseBackend;
  /** Folder of the embedded Postgres; `memory:` keeps nothing. */
  dataDir: string;
  /** Connections of this process to the server. */
  connections?: number;
  /** A connection to the server that does not answer for so long is given up. Default: 35,000. */
  silenceMs?: number;
  log: Logger;
}

export interface Listener {
  close(): Promise<void>;
}

/** An open database. */
export interface Store {
  readonly db: Db;
  readonly kind: 'pglite' | DatabaseBackend;
  /** True where no other process can have this database open. */
  readonly exclusive: boolean;
  /** The newest migration applied. */
  readonly schemaVersion: string;
  /** The same database as the queue wants to see it. */
  readonly queueDatabase: QueueDatabase;
  /** Postgres' own account of its version. */
  version(): Promise<string>;
  /**
   * Calls `onPayload` for every NOTIFY on the channel. `onLost` is called as soon as the connection is known to be lost,
   * and `onReconnect` when it was found again: notifications in between are gone, and only the tables know what happened.
   */
  listen(
    channel: string,
    onPayload: (payload: string) => void,
    onReconnect: () => void,
    onLost?: () => void,
  ): Promise<Listener>;
  /**
   * Runs a few statements that must wait neither for a free connection nor on one that died without a word. What is not
   * over after `ms` is rejected and its connection closed, and the next call gets another; it may have been committed
   * all the same. The embedded database runs it to its end.
   */
  within<Result>(ms: number, work: (db: Db) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
