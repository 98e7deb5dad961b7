import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decode, encode } from '@msgpack/msgpack';
import { createClient, RESP_TYPES } from 'redis';
import { describe, inject } from 'vitest';
import {
  asDocument,
  fromPlain,
  type LegacyDocument,
  toPlain,
} from '../../../src/services/memory/document.ts';
import { readPickle } from '../../../src/services/memory/formats/pickle-reading.ts';
import { writePickle } from '../../../src/services/memory/formats/pickle-writing.ts';
import { connectLegacyStore, type LegacyStore } from '../../../src/services/memory/index.ts';

/** A change that can be counted, how long it lasts, and how long a test waits for it. */
export const hour = { ttlSeconds: 3_600 };
export const soon = () => AbortSignal.timeout(30_000);

export const counted = (document: LegacyDocument | null): LegacyDocument =>
  new Map(document ?? []).set('count', Number(document?.get('count') ?? 0) + 1);

export const REDIS = inject('servers').redis ?? 'redis://127.0.0.1:6379';

/** A session as the legacy application has it in its hands. */
export type Plain = Record<string, unknown>;

/** A legacy store of a test's own, and the legacy application that goes on using it. */
export interface LegacyWorld extends AsyncDisposable {
  store: LegacyStore;
  /** Another gateway process on the same store. */
  another(): LegacyStore;
  /** What the legacy application sees; null: it has no such session. */
  seen(id: string): Promise<Plain | null>;
  /** A request of the legacy application: it reads its session, works on it, and writes it back. */
  request(id: string, work: (session: Plain) => void): Promise<void>;
  /** Seconds that the document has left. */
  secondsLeft(id: string): Promise<number>;
}

const places: { name: string; missing: boolean; create: () => Promise<LegacyWorld> }[] = [
  { name: 'Redis', missing: inject('servers').redis === null, create: createRedisWorld },
  { name: 'files', missing: false, create: createFileWorld },
];

/** Describes a situation on each place where the legacy application may keep sessions; Redis is skipped by name. */
export function describeOnLegacyStores(
  situation: string,
  suite: (create: () => Promise<LegacyWorld>) => void,
) {
  for (const { name, missing, create } of places)
    describe.skipIf(missing)(`${situation} (${name})`, () => suite(create));
}

/** The same where it must be Redis. */
export function describeOnRedis(situation: string, suite: () => void) {
  describe.skipIf(places[0]!.missing)(`${situation} (Redis)`, suite);
}

/** Flask-Session on Redis, reading and writing through another MessagePack than ours. */
async function createRedisWorld(): Promise<LegacyWorld> {
  const keyPrefix = `signalbox_test_${randomUUID()}:`;
  const settings = { url: REDIS, keyPrefix };
  const store = connectLegacyStore(settings, () => new Date());
  const opened = [store];
  const client = createClient({ url: REDIS, RESP: 2 }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  await client.connect();
  const seen = async (id: string) => {
    const bytes = await client.get(keyPrefix + id);
    return bytes && (decode(bytes) as Plain);
  };
  return {
    store,
    another() {
      const other = connectLegacyStore(settings, () => new Date());
      opened.push(other);
      return other;
    },
    seen,
    async request(id, work) {
      const session = (await seen(id)) ?? {};
      work(session);
      await client.set(keyPrefix + id, Buffer.from(encode(session)), {
        expiration: { type: 'EX', value: 3_600 },
      });
    },
    secondsLeft: (id) => client.ttl(keyPrefix + id),
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one.close();
      for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` }))
        if (keys.length > 0) await client.del(keys);
      client.destroy();
    },
  };
}

/** Flask-Session on cachelib's files. */
async function createFileWorld(): Promise<LegacyWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-sessions-'));
  const settings = { url: pathToFileURL(folder).href };
  const pathOf = (id: string) =>
    join(folder, createHash('md5').update(`workplace_roleplay:${id}`).digest('hex'));
  const open = () => connectLegacyStore(settings, () => new Date());
  const bytesOf = (id: string) => readFile(pathOf(id)).catch(() => null);
  const seen = async (id: string) => {
    const bytes = await bytesOf(id);
    return bytes && (toPlain(asDocument(readPickle(bytes.subarray(4)))) as Plain);
  };
  return {
    store: open(),
    another: open,
    seen,
    async request(id, work) {
      const session = (await seen(id)) ?? {};
      work(session);
      const header = Buffer.alloc(4);
      header.writeUInt32LE(Math.ceil(Date.now() / 1_000) + 3_600);
      const draft = `${pathOf(id)}.${randomUUID()}.__wz_cache`;
      await writeFile(draft, Buffer.concat([header, writePickle(fromPlain(session))]));
      await rename(draft, pathOf(id));
    },
    secondsLeft: async (id) => ((await bytesOf(id))?.readUInt32LE(0) ?? 0) - Date.now() / 1_000,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
