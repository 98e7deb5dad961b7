import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode, encode } from '@msgpack/msgpack';
import { createClient, RESP_TYPES } from 'redis';
import { describe } from 'vitest';
import { asDocument, fromPlain, toPlain } from '../../../src/services/memory/document.ts';
import { readPickle } from '../../../src/services/memory/formats/pickle-reading.ts';
import { writePickle } from '../../../src/services/memory/formats/pickle-writing.ts';
import { describeOnRedis, type Plain, REDIS } from '../memory/legacy.ts';

const LIFETIME_SECONDS = 3_600;

/** A legacy application with Flask-Session, which shares its sessions with a gateway. */
interface Flask extends AsyncDisposable {
  /** What leads a gateway to its sessions. */
  environment: Record<string, string>;
  /** What it has in a session; null: there is none. */
  session(id: string): Promise<Plain | null>;
  /** A request: it reads the session, works on it, and writes it back. */
  request(id: string, work: (session: Plain) => void): Promise<void>;
}

/** Describes a situation beside each kind of legacy application; without Redis its suite is skipped by name. */
export function describeBesideFlask(situation: string, suite: (start: () => Promise<Flask>) => void): void {
  describeOnRedis(situation, () => suite(startOnRedis));
  describe(`${situation} (files)`, () => suite(startOnFiles));
}

async function startOnRedis(): Promise<Flask> {
  const prefix = `signalbox_test_${randomUUID()}:`;
  const client = createClient({ url: REDIS, RESP: 2 }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  await client.connect();
  const session: Flask['session'] = async (id) => {
    const bytes = await client.get(prefix + id);
    return bytes && (decode(bytes) as Plain);
  };
  return {
    environment: { LEGACY_SESSION_URL: REDIS, LEGACY_SESSION_PREFIX: prefix },
    session,
    async request(id, work) {
      const found = (await session(id)) ?? {};
      work(found);
      await client.set(prefix + id, Buffer.from(encode(found)), {
        expiration: { type: 'EX', value: LIFETIME_SECONDS },
      });
    },
    async [Symbol.asyncDispose]() {
      for await (const keys of client.scanIterator({ MATCH: `${prefix}*` }))
        if (keys.length > 0) await client.del(keys);
      client.destroy();
    },
  };
}

async function startOnFiles(): Promise<Flask> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-flask-'));
  const fileOf = (id: string) =>
    join(folder, createHash('md5').update(`workplace_roleplay:${id}`).digest('hex'));
  const session: Flask['session'] = async (id) => {
    const bytes = await readFile(fileOf(id)).catch(() => null);
    // The first four bytes say when it expires.
    return bytes && (toPlain(asDocument(readPickle(bytes.subarray(4)))) as Plain);
  };
  return {
    environment: { LEGACY_SESSION_URL: pathToFileURL(folder).href },
    session,
    async request(id, work) {
      const found = (await session(id)) ?? {};
      work(found);
      const expiry = Buffer.alloc(4);
      expiry.writeUInt32LE(Math.ceil(Date.now() / 1_000) + LIFETIME_SECONDS);
      const draft = `${fileOf(id)}.${randomUUID()}.__wz_cache`;
      await writeFile(draft, Buffer.concat([expiry, writePickle(fromPlain(found))]));
      await rename(draft, fileOf(id));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
