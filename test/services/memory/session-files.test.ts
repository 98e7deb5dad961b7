import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { connectLegacyStore, LegacySessionsUnavailableError } from '../../../src/services/memory/index.ts';
import { counted, hour, soon } from './legacy.ts';
import { hasPython, python } from './python.ts';

describe('session files', () => {
  const inFolder = async (work: (folder: string) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-sessions-'));
    await work(folder).finally(() => rm(folder, { recursive: true, force: true }));
  };
  const open = (folder: string, now = () => new Date()) =>
    connectLegacyStore({ url: pathToFileURL(folder).href }, now);
  const lockOf = async (folder: string) => {
    const [name] = (await readdir(folder)).filter((file) => /^[0-9a-f]{32}$/.test(file));
    return join(folder, `${name}.lock.__wz_cache`);
  };

  it('leave nothing behind that the legacy application would count or read', () =>
    inFolder(async (folder) => {
      const store = open(folder);
      await Promise.all(Array.from({ length: 10 }, () => store.change('s', counted, hour, soon())));
      expect(await readdir(folder)).toHaveLength(1);
    }));

  it('are free again after a process died in the middle of a change', () =>
    inFolder(async (folder) => {
      const store = open(folder);
      await store.change('s', counted, hour, soon());
      const lock = await lockOf(folder);
      // A process of this machine that is gone; one of another machine that was silent for long; a cut lock.
      await writeFile(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), id: 'x' }));
      await store.change('s', counted, hour, soon());
      for (const left of [JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' }), '{"pi']) {
        await writeFile(lock, left);
        await utimes(lock, 1, 1);
        await Promise.all([store, open(folder)].map((one) => one.change('s', counted, hour, soon())));
      }
      expect(await store.read('s', soon())).toEqual(new Map([['count', 6]]));
      expect(await readdir(folder)).toHaveLength(1);
    }));

  it('wait for a living holder, and not for ever', () =>
    inFolder(async (folder) => {
      const store = open(folder);
      await store.change('s', counted, hour, soon());
      await writeFile(await lockOf(folder), JSON.stringify({ pid: process.pid, host: hostname(), id: 'x' }));
      const patience = AbortSignal.timeout(300);
      await expect(store.change('s', counted, hour, patience)).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      await rm(await lockOf(folder));
      await store.change('s', counted, hour, soon());
      expect(await store.read('s', soon())).toEqual(new Map([['count', 2]]));
    }));

  it('end when their time is over', () =>
    inFolder(async (folder) => {
      let now = new Date('2026-05-01T12:00:00Z');
      const store = open(folder, () => now);
      await store.change('s', counted, hour, soon());
      now = new Date('2026-05-01T12:59:00Z');
      expect(await store.touch('s', hour, soon())).toBe(true);
      now = new Date('2026-05-01T13:58:00Z');
      expect(await store.read('s', soon())).toEqual(new Map([['count', 1]]));
      now = new Date('2026-05-01T14:00:00Z');
      expect(await store.read('s', soon())).toBeNull();
      await store.change('s', counted, hour, soon());
      expect(await store.read('s', soon())).toEqual(new Map([['count', 1]]));
    }));

  it('have the names that the legacy application’s cachelib gives them', () =>
    inFolder(async (folder) => {
      const store = open(folder);
      const named = (digest: string, key: string) =>
        join(folder, createHash(digest).update(key).digest('hex'));
      const change = () => store.change('s', counted, hour, soon());
      await writeFile(named('md5', '__wz_cache_count'), 'count');
      await change();
      expect((await stat(named('md5', 'workplace_roleplay:s'))).isFile()).toBe(true);

      // It was updated, and counts in another file from now on.
      await utimes(named('md5', '__wz_cache_count'), 1, 1);
      await writeFile(named('sha256', '__wz_cache_count'), 'count');
      expect(await store.read('s', soon())).toBeNull();
      await change();
      expect((await stat(named('sha256', 'workplace_roleplay:s'))).isFile()).toBe(true);
    }));

  it('that cannot be reached are a typed error', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const store = open(join(folder, 'file'));
      await expect(store.read('s', soon())).rejects.toThrow(LegacySessionsUnavailableError);
      await expect(store.change('s', counted, hour, soon())).rejects.toMatchObject({
        service: 'session files',
      });
    }));

  it.skipIf(!hasPython)('are in the layout that cachelib reads and writes', () =>
    inFolder(async (folder) => {
      const store = open(folder);
      await store.change('s', () => new Map([['text', 'こん']]), hour, soon());
      const said = python(`
import hashlib, os, pickle, struct, time
path = os.path.join(${JSON.stringify(folder)}, hashlib.md5(b'workplace_roleplay:s').hexdigest())
with open(path, 'rb') as f:
    left = struct.unpack('I', f.read(4))[0] - time.time()
    session = pickle.load(f)
session['theirs'] = (1.0, None)
with open(path + '.tmp', 'wb') as f:
    f.write(struct.pack('I', int(time.time()) + 3600))
    pickle.dump(session, f, pickle.HIGHEST_PROTOCOL)
os.replace(path + '.tmp', path)
print(3590 < left < 3602, oct(os.stat(path).st_mode & 0o777), session['text'])`);
      expect(said.toString().trim()).toMatch(/^True 0o6\d\d こん$/);
      await store.change('s', counted, hour, soon());
      const again = python(`
import hashlib, os, pickle
path = os.path.join(${JSON.stringify(folder)}, hashlib.md5(b'workplace_roleplay:s').hexdigest())
with open(path, 'rb') as f:
    f.read(4)
    print(pickle.load(f), oct(os.stat(path).st_mode & 0o777))`);
      expect(again.toString().trim()).toBe("{'text': 'こん', 'theirs': (1.0, None), 'count': 1} 0o600");
    }),
  );
});
