import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import type { LegacyDocument } from '../../../src/services/memory/document.ts';
import {
  connectLegacyStore,
  LegacyDocumentError,
  LegacySessionsUnavailableError,
} from '../../../src/services/memory/index.ts';
import { counted, describeOnLegacyStores, describeOnRedis, hour, REDIS, soon } from './legacy.ts';

describeOnLegacyStores('a session that two applications share', (create) => {
  it('is written so that the legacy application reads it, and the other way round', async () => {
    await using world = await create();
    expect(await world.store.read('s', soon())).toBeNull();
    await world.store.change('s', () => new Map([['chat_model', 'こん']]), hour, soon());
    expect(await world.seen('s')).toEqual({ chat_model: 'こん' });

    await world.request('s', (session) => {
      session.extra = { deep: [1, null, 'x'] };
    });
    const changed = await world.store.change('s', counted, hour, soon());
    expect(changed?.get('count')).toBe(1);
    expect(await world.seen('s')).toEqual({ chat_model: 'こん', extra: { deep: [1, null, 'x'] }, count: 1 });

    await world.store.remove('s', soon());
    expect(await world.seen('s')).toBeNull();
    expect(await world.store.touch('s', hour, soon())).toBe(false);
  });

  it('loses none of fifty changes that two processes make at once', async () => {
    await using world = await create();
    const stores = [world.store, world.another()];
    const changes = Array.from({ length: 50 }, (_, index) =>
      stores[index % 2]!.change('s', counted, hour, soon()),
    );
    await Promise.all(changes);
    expect(await world.seen('s')).toEqual({ count: 50 });
  });

  it('is changed on top of what the legacy application writes meanwhile', async () => {
    await using world = await create();
    let asked = 0;
    const change = async (document: LegacyDocument | null) => {
      asked += 1;
      if (asked <= 3)
        await world.request('s', (session) => {
          session.theirs = asked;
        });
      return counted(document);
    };
    await world.store.change('s', change, hour, soon());
    expect(await world.seen('s')).toEqual({ count: 1, theirs: 3 });
    expect(asked).toBe(4);
  });

  it('lives for an hour from its last use, and longer where it was given longer', async () => {
    await using world = await create();
    const left = () => world.secondsLeft('s');
    await world.store.change('s', counted, { ttlSeconds: 60 }, soon());
    expect(await left()).toBeGreaterThan(50);
    expect(await left()).toBeLessThanOrEqual(61);

    await world.store.change('s', (document) => document, { ttlSeconds: 600 }, soon());
    expect(await left()).toBeGreaterThan(590);
    await world.store.touch('s', { ttlSeconds: 1_200 }, soon());
    expect(await left()).toBeGreaterThan(1_190);
    await world.store.change('s', counted, { ttlSeconds: 60 }, soon());
    await world.store.touch('s', { ttlSeconds: 60 }, soon());
    expect(await left()).toBeGreaterThan(1_100);
    expect(await world.seen('s')).toEqual({ count: 2 });

    await world.store.change('s', () => null, hour, soon());
    expect(await world.seen('s')).toBeNull();
  });

  it('stays as it is where a change fails or is given up', async () => {
    await using world = await create();
    await world.store.change('s', counted, hour, soon());
    const failing = world.store.change('s', () => Promise.reject(new Error('no')), hour, soon());
    await expect(failing).rejects.toThrow('no');
    const controller = new AbortController();
    const hanging = world.store.change(
      's',
      () => {
        controller.abort(new Error('gone'));
        return new Promise(() => {});
      },
      hour,
      controller.signal,
    );
    await expect(hanging).rejects.toThrow('gone');
    await expect(world.store.read('s', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    await world.store.change('s', counted, hour, soon());
    expect(await world.seen('s')).toEqual({ count: 2 });
  });
});

describeOnRedis('a session in a format of its own', () => {
  it('keeps it, whatever new ones are written in', async () => {
    const keyPrefix = `signalbox_test_${randomUUID()}:`;
    const client = createClient({ url: REDIS });
    await client.connect();
    const store = connectLegacyStore({ url: REDIS, keyPrefix, format: 'json' }, () => new Date());
    try {
      await store.change('new', counted, hour, soon());
      expect(await client.get(`${keyPrefix}new`)).toBe('{"count":1}');

      const packed = Buffer.from([0x81, 0xa1, 0x66, 0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
      await client.set(`${keyPrefix}packed`, packed);
      await store.change('packed', counted, hour, soon());
      // The float 1.0 is a float still, and a session without an end has none.
      expect(await client.sendCommand(['STRLEN', `${keyPrefix}packed`])).toBe(12 + 7);
      expect(await client.ttl(`${keyPrefix}packed`)).toBe(-1);

      await client.set(`${keyPrefix}old`, Buffer.from('80037d71002e', 'hex'));
      await store.change('old', counted, hour, soon());
      expect(await store.read('old', soon())).toEqual(new Map([['count', 1]]));

      await client.set(`${keyPrefix}odd`, '!');
      await expect(store.read('odd', soon())).rejects.toThrow(LegacyDocumentError);
      await expect(store.change('odd', counted, hour, soon())).rejects.toThrow(LegacyDocumentError);
      expect(await client.get(`${keyPrefix}odd`)).toBe('!');
    } finally {
      for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` }))
        if (keys.length > 0) await client.del(keys);
      client.destroy();
      await store.close();
    }
  });
});

/** A server that takes connections and does with them what a test wants. */
async function listen(
  onSocket: (socket: Socket) => void,
  port = 0,
): Promise<{ url: string; port: number; server: Server; connections: () => number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : 0;
  return {
    server,
    port: bound,
    url: `redis://:secret@127.0.0.1:${bound}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a Redis that is away', () => {
  it('is a typed error that can be tried again, and holds no password', async () => {
    const { url } = await (async () => {
      await using gone = await listen(() => {});
      return { url: gone.url };
    })();
    const store = connectLegacyStore({ url }, () => new Date());
    const failure = await store.read('s', soon()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LegacySessionsUnavailableError);
    expect(failure).toMatchObject({ service: 'Redis', retryable: true });
    expect(String(failure)).not.toContain('secret');
    expect(String(failure)).toContain('ECONNREFUSED');
    await store.close();
  });

  it('does not keep anybody waiting where it takes connections and says nothing', async () => {
    await using silent = await listen(() => {});
    const store = connectLegacyStore({ url: silent.url }, () => new Date());
    const began = performance.now();
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => store.read('s', soon())));
    expect(performance.now() - began).toBeLessThan(15_000);
    for (const one of asked) expect(one).toMatchObject({ reason: { retryable: true } });
    // Twenty asked at once, over one connection.
    expect(silent.connections()).toBe(1);
    await store.close();
  });
});

describeOnRedis('a Redis that comes back', () => {
  it('is found again', async () => {
    const target = new URL(REDIS);
    const sockets = new Set<Socket>();
    const through = (socket: Socket) => {
      const upstream = new (socket.constructor as new () => Socket)();
      upstream.connect(Number(target.port || 6379), target.hostname);
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
      sockets.add(socket);
    };
    const keyPrefix = `signalbox_test_${randomUUID()}:`;
    const first = await listen(through);
    const store = connectLegacyStore({ url: `redis://127.0.0.1:${first.port}`, keyPrefix }, () => new Date());
    try {
      await store.change('s', counted, hour, soon());
      expect(first.connections()).toBe(1);
      await first[Symbol.asyncDispose]();
      await expect(store.read('s', soon())).rejects.toThrow(LegacySessionsUnavailableError);

      await using _again = await listen(through, first.port);
      await expect.poll(() => store.read('s', soon()).catch(() => null)).toEqual(new Map([['count', 1]]));
      await store.remove('s', soon());
    } finally {
      await store.close();
      for (const socket of sockets) socket.destroy();
    }
  });
});

describe('an address of legacy sessions', () => {
  it('is refused where it is of another kind', () => {
    expect(() => connectLegacyStore({ url: 'http://localhost' }, () => new Date())).toThrow(/http:/);
  });
});
