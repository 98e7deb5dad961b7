import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import { S3Driver } from 'flydrive/drivers/s3';

/** Where the bytes of datasets are. */
export interface StorageSettings {
  /** Folder of the files, where there is no bucket. */
  directory: string;
  /** An S3 bucket, or one of a server that speaks its protocol at `endpoint`. Credentials come from the environment. */
  s3?: { bucket: string; region: string; endpoint?: string | undefined } | undefined;
}

/** Object storage. Only this file knows flydrive. */
export class Storage {
  readonly #disk: Disk;
  /** Null where the files are elsewhere. */
  readonly #directory: string | null;

  constructor({ directory, s3 }: StorageSettings) {
    this.#directory = s3 ? null : directory;
    this.#disk = new Disk(
      s3
        ? new S3Driver({
            bucket: s3.bucket,
            region: s3.region,
            ...(s3.endpoint && { endpoint: s3.endpoint, forcePathStyle: true }),
            visibility: 'private',
          })
        : new FSDriver({ location: directory, visibility: 'private' }),
    );
  }

  async put(key: string, contents: Readable): Promise<void> {
    await this.#disk.putStream(key, contents);
  }

  /** A key that does not exist is no error. */
  async delete(key: string): Promise<void> {
    await this.#disk.delete(key);
  }

  /** Calls `use` with the path of a local copy, which is gone when that resolves. */
  async withLocalFile<Result>(
    key: string,
    signal: AbortSignal,
    use: (path: string) => Promise<Result>,
  ): Promise<Result> {
    if (this.#directory !== null) return use(join(this.#directory, key));

    const folder = await mkdtemp(join(tmpdir(), 'signalbox-file-'));
    try {
      const path = join(folder, 'data');
      await pipeline(await this.#disk.getStream(key), createWriteStream(path), { signal });
      return await use(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
