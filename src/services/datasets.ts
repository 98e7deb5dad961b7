import { Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type Selectable, sql } from 'kysely';
import type { Logger } from 'pino';
import { InvalidInputError, RateLimitedError } from '../errors.ts';
import { couldBeId, newId } from '../ids.ts';
import { type Db, json, type Tables } from '../store/index.ts';
import { detectFormat } from './format.ts';
import { InputCheck } from './input.ts';
import {
  type ColumnProfile,
  type DatasetFormat,
  DatasetTooLargeError,
  NotATableError,
  type Sandbox,
  SandboxLimitError,
} from './sandbox/index.ts';
import type { Sessions } from './sessions.ts';
import type { Storage } from './storage.ts';
import type { Viewer } from './viewer.ts';

const LONGEST_NAME = 255;
const DATASETS_PER_SESSION = 100;
/** An upload that takes longer to reach its row than this has died, and its file is swept. */
const UPLOAD_GRACE = '1 hour';
const SWEEP_BATCH = 100;

export interface Dataset {
  id: string;
  owner: string;
  sessionId: string;
  name: string;
  format: DatasetFormat;
  bytes: number;
  rowCount: number;
  columns: ColumnProfile[];
  createdAt: Date;
  storageKey: string;
}

/** A file as it arrives. */
export interface Upload {
  name: string;
  type: string;
  stream(): ReadableStream<Uint8Array>;
}

interface Needs {
  db: Db;
  sessions: Sessions;
  storage: Storage;
  sandbox: Sandbox;
  /** Bytes of one file. */
  maxBytes: number;
  now: () => Date;
  log: Logger;
}

/** Tables that users upload: the bytes in object storage, what is known of them in a row. */
export class Datasets {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Stores a file and describes its table.
   *
   * @throws {NotFoundError} The session.
   * @throws {InvalidInputError} The file is no table, or too large; line and column are named where known.
   * @throws {RateLimitedError} The session holds too many datasets.
   */
  async upload(
    viewer: Viewer,
    input: { sessionId: string; file: Upload; name?: string | null | undefined },
    signal: AbortSignal,
  ): Promise<Dataset> {
    const { sessionId, file } = input;
    const name = input.name ?? (file.name.trim() || 'dataset');
    new InputCheck().text('name', name, LONGEST_NAME).done();
    await this.#requireRoom(viewer, sessionId);

    const id = newId('dataset');
    await this.#discardLater(id);
    const { bytes, head } = await this.#store(id, file, signal);
    const format = detectFormat(file, head);
    const profile = await this.#profile(id, format, signal);

    return this.#needs.db.transaction().execute(async (trx) => {
      await this.#needs.sessions.use(trx, viewer, sessionId);
      const row = await trx
        .insertInto('datasets')
        .values({
          id,
          owner: viewer.owner,
          session_id: sessionId,
          name,
          format,
          bytes,
          row_count: profile.rowCount,
          columns: json(profile.columns),
          storage_key: id,
          created_at: this.#needs.now(),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await trx.deleteFrom('discarded_files').where('storage_key', '=', id).execute();
      return toDataset(row);
    });
  }

  async find(viewer: Viewer, id: string): Promise<Dataset | null> {
    const [dataset] = await this.findMany(viewer, [id]);
    return dataset ?? null;
  }

  /** In no order; those that do not exist, or are somebody else's, are missing. */
  async findMany(viewer: Viewer, ids: readonly string[]): Promise<Dataset[]> {
    const possible = ids.filter(couldBeId);
    if (possible.length === 0) return [];
    const rows = await this.#needs.db
      .selectFrom('datasets')
      .selectAll()
      .where('id', 'in', possible)
      .where('owner', '=', viewer.owner)
      .execute();
    return rows.map(toDataset);
  }

  /** Those of sessions, oldest first. */
  async inSessions(sessionIds: readonly string[]): Promise<Dataset[]> {
    if (sessionIds.length === 0) return [];
    const rows = await this.#needs.db
      .selectFrom('datasets')
      .selectAll()
      .where('session_id', 'in', sessionIds)
      .orderBy('created_at')
      .execute();
    return rows.map(toDataset);
  }

  /** Deletes files whose row is gone. @returns How many. */
  async sweep(): Promise<number> {
    const { db, storage } = this.#needs;
    const discarded = await db
      .selectFrom('discarded_files')
      .select('storage_key')
      .where('discarded_at', '<', sql<Date>`now()`)
      .limit(SWEEP_BATCH)
      .execute();
    for (const { storage_key } of discarded) {
      await storage.delete(storage_key);
      await db.deleteFrom('discarded_files').where('storage_key', '=', storage_key).execute();
    }
    return discarded.length;
  }

  async #requireRoom(viewer: Viewer, sessionId: string): Promise<void> {
    const { db, sessions } = this.#needs;
    await db.transaction().execute(async (trx) => {
      await sessions.use(trx, viewer, sessionId);
      const { count } = await trx
        .selectFrom('datasets')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('session_id', '=', sessionId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= DATASETS_PER_SESSION)
        throw new RateLimitedError(
          `The session holds ${DATASETS_PER_SESSION} datasets; close it and open another.`,
          60,
        );
    });
  }

  /** Noted before the file is written, forgotten with the row: whatever dies in between leaves no file behind. */
  async #discardLater(key: string): Promise<void> {
    await sql`
      insert into discarded_files (storage_key, discarded_at)
      values (${key}, now() + ${UPLOAD_GRACE}::interval)
    `.execute(this.#needs.db);
  }

  async #store(key: string, file: Upload, signal: AbortSignal): Promise<{ bytes: number; head: Buffer }> {
    const { maxBytes, storage } = this.#needs;
    let bytes = 0;
    let head = Buffer.alloc(0);
    const measured = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (head.length < HEAD_BYTES)
          head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
        done(bytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
      },
    });
    const source = Readable.fromWeb(file.stream(), { signal });
    source.on('error', (error) => measured.destroy(error));
    await storage.put(key, source.pipe(measured)).catch(async (error: unknown) => {
      await this.#discardNow(key);
      throw causeOf(error, measured.errored);
    });
    return { bytes, head };
  }

  async #profile(key: string, format: DatasetFormat, signal: AbortSignal) {
    const { storage, sandbox } = this.#needs;
    try {
      return await storage.withLocalFile(key, signal, (path) => sandbox.profile({ path, format }, signal));
    } catch (error) {
      await this.#discardNow(key);
      const refused =
        error instanceof NotATableError ||
        error instanceof DatasetTooLargeError ||
        error instanceof SandboxLimitError;
      if (refused)
        throw new InvalidInputError([{ path: 'input.file', message: error.message }], { cause: error });
      throw error;
    }
  }

  /** Never throws: what stays behind is swept later. */
  async #discardNow(key: string): Promise<void> {
    const { db, log } = this.#needs;
    await db
      .updateTable('discarded_files')
      .set({ discarded_at: new Date(0) })
      .where('storage_key', '=', key)
      .execute()
      .catch((error: unknown) => log.warn({ err: error, key }, 'a discarded file waits for the next sweep'));
  }
}

/** What tells a format from another stands in the first bytes. */
const HEAD_BYTES = 4_096;

const tooLarge = (maxBytes: number) =>
  new InvalidInputError([
    { path: 'input.file', message: `must have at most ${Math.floor(maxBytes / 2 ** 20)} MiB` },
  ]);

/** Storage wraps what broke its source; our own refusal is what the client has to hear. */
const causeOf = (error: unknown, refusal: Error | null) =>
  refusal instanceof InvalidInputError ? refusal : error;

function toDataset(row: Selectable<Tables['datasets']>): Dataset {
  return {
    id: row.id,
    owner: row.owner,
    sessionId: row.session_id,
    name: row.name,
    format: row.format as DatasetFormat,
    bytes: row.bytes,
    rowCount: row.row_count,
    columns: row.columns as ColumnProfile[],
    createdAt: row.created_at,
    storageKey: row.storage_key,
  };
}
