import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LARGEST_DOCUMENT, type LegacyDocument } from './document.ts';
import { LegacyDocumentError, LegacySessionsUnavailableError } from './errors.ts';
import { type HeldLock, isCode, lockFile } from './file-lock.ts';
import { readDocument, writeDocument } from './formats/index.ts';
import { CHANGE_MS, type LegacyChange, type LegacyChangeOptions, type LegacyStore } from './store.ts';
import { orAborted, Turns } from './turns.ts';

/** cachelib leaves files with this ending alone, and never counts or deletes them. */
const UNSEEN = '.__wz_cache';
/** The end of the life of what follows: seconds since 1970, unsigned, as the machine writes it; 0: no end. */
const HEADER_BYTES = 4;

export interface FileStoreSettings {
  /** SESSION_FILE_DIR of the legacy application. */
  folder: string;
  keyPrefix: string;
  now: () => Date;
}

interface Stored {
  document: LegacyDocument;
  /** Seconds since 1970; 0: for ever. */
  expires: number;
}

/**
 * Sessions of Flask-Session with SESSION_TYPE filesystem, in the layout of cachelib's FileSystemCache: a file by a
 * digest of its key, which holds a pickle.
 *
 * Writers of ours exclude each other. The legacy application takes no lock: what it writes while we write is found
 * by the file's identity up to the moment before the new file takes its place.
 */
export class FileLegacyStore implements LegacyStore {
  readonly #settings: FileStoreSettings;
  readonly #turns = new Turns();

  constructor(settings: FileStoreSettings) {
    this.#settings = settings;
  }

  async read(id: string, signal: AbortSignal): Promise<LegacyDocument | null> {
    signal.throwIfAborted();
    return translated(async () => (await this.#stored(await this.#path(id)))?.document ?? null);
  }

  change(
    id: string,
    change: LegacyChange,
    { ttlSeconds }: LegacyChangeOptions,
    signal: AbortSignal,
  ): Promise<LegacyDocument | null> {
    return this.#locked(id, signal, async (path, lock, either) => {
      for (;;) {
        either.throwIfAborted();
        const identity = await identityOf(path);
        const before = await this.#stored(path);
        const document = before?.document ?? null;
        const changed = await orAborted(Promise.resolve(change(document)), either);
        const unchanged = async () => (await lock.isHeld()) && (await identityOf(path)) === identity;
        const expires = this.#expiry(before, ttlSeconds);
        if (await this.#replace(path, changed, before, expires, unchanged)) return changed;
      }
    });
  }

  touch(id: string, { ttlSeconds }: LegacyChangeOptions, signal: AbortSignal): Promise<boolean> {
    return this.#locked(id, signal, async (path) => {
      const before = await this.#stored(path);
      if (before) await writeExpiry(path, this.#expiry(before, ttlSeconds));
      return before !== null;
    });
  }

  remove(id: string, signal: AbortSignal): Promise<void> {
    return this.#locked(id, signal, (path) => rm(path, { force: true }));
  }

  async close(): Promise<void> {}

  async #path(id: string): Promise<string> {
    const { folder, keyPrefix } = this.#settings;
    return join(folder, fileName(await digestIn(folder), `${keyPrefix}${id}`));
  }

  #locked<Result>(
    id: string,
    signal: AbortSignal,
    work: (path: string, lock: HeldLock, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const limit = AbortSignal.timeout(CHANGE_MS);
    const either = AbortSignal.any([signal, limit]);
    const whole = this.#turns.take(id, either, () =>
      translated(async () => {
        await mkdir(this.#settings.folder, { recursive: true, mode: 0o700 });
        const path = await this.#path(id);
        await using lock = await lockFile(`${path}.lock${UNSEEN}`, either);
        return await work(path, lock, either);
      }),
    );
    return whole.catch((error: unknown) => {
      if (!limit.aborted || signal.aborted) throw error;
      throw new LegacySessionsUnavailableError(SERVICE, `a session was busy for ${CHANGE_MS} ms.`, {
        cause: error,
      });
    });
  }

  async #stored(path: string): Promise<Stored | null> {
    let bytes: Buffer;
    try {
      const { size } = await stat(path);
      if (size > LARGEST_DOCUMENT) throw new LegacyDocumentError(`its file has ${size} bytes.`);
      bytes = await readFile(path);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    }
    if (bytes.length < HEADER_BYTES) throw new LegacyDocumentError('its file is cut short.');
    const expires = bytes.readUInt32LE(0);
    if (expires !== 0 && 1_000 * expires < this.#settings.now().getTime()) return null;
    return { document: readDocument(bytes.subarray(HEADER_BYTES), 'pickle'), expires };
  }

  #expiry(before: Stored | null, ttlSeconds: number): number {
    if (before?.expires === 0) return 0;
    const wanted = Math.ceil(this.#settings.now().getTime() / 1_000) + ttlSeconds;
    return Math.min(Math.max(before?.expires ?? 0, wanted), 0xffff_ffff);
  }

  /** @returns False, and nothing written, where somebody else wrote meanwhile. */
  async #replace(
    path: string,
    changed: LegacyDocument | null,
    before: Stored | null,
    expires: number,
    unchanged: () => Promise<boolean>,
  ): Promise<boolean> {
    if (!changed) {
      if (!(await unchanged())) return false;
      await rm(path, { force: true });
      return true;
    }
    if (changed === before?.document) {
      if (!(await unchanged())) return false;
      if (expires !== before.expires) await writeExpiry(path, expires);
      return true;
    }
    const draft = `${path}.${randomUUID()}${UNSEEN}`;
    try {
      await writeFile(draft, Buffer.concat([header(expires), writeDocument(changed, 'pickle')]), {
        mode: 0o600,
        flush: true,
      });
      if (!(await unchanged())) return false;
      await rename(draft, path);
      return true;
    } finally {
      await rm(draft, { force: true });
    }
  }
}

const SERVICE = 'session files';

type Digest = 'md5' | 'sha256';

const fileName = (digest: Digest, key: string): string => createHash(digest).update(key).digest('hex');

/**
 * How the folder's cachelib names its files: MD5 for long, SHA-256 in its newer releases. The file in which it counts
 * them tells, and where there are two, because it was updated, the one written last. In a folder without any, MD5.
 */
async function digestIn(folder: string): Promise<Digest> {
  const [md5 = 0, sha256 = 0] = await Promise.all(
    (['md5', 'sha256'] as const).map(async (digest) => {
      const path = join(folder, fileName(digest, '__wz_cache_count'));
      const found = await stat(path).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return null;
        throw error;
      });
      return found?.mtimeMs ?? 0;
    }),
  );
  return sha256 > md5 ? 'sha256' : 'md5';
}

/** The machines that Node runs on are little-endian but for s390x; cachelib writes in the machine's own order. */
function header(expires: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(expires);
  return bytes;
}

/** In place: four bytes are written at once, so a reader sees the old end or the new one. */
async function writeExpiry(path: string, expires: number): Promise<void> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (!file) return;
  try {
    await file.write(header(expires), 0, HEADER_BYTES, 0);
  } finally {
    await file.close();
  }
}

/** cachelib replaces a file with a new one, so whoever wrote changed at least one of these. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** What the file system refuses is a service that is away; aborts and unreadable documents stay what they are. */
async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new LegacySessionsUnavailableError(SERVICE, `${'code' in error ? error.code : error.message}.`, {
      cause: error,
    });
  }
}
