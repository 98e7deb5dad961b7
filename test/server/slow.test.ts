import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { memoryInUse } from '../support/memory.ts';
import { type Body, startFeed } from './feed.ts';

const upTo = (end: number, after = 0) => Array.from({ length: end - after }, (_, i) => after + i + 1);
const follow = 'subscription($after: Int! = 0) { feed(after: $after) { seq ... on Word { text } } }';
const KIB = 'x'.repeat(1_024);
const heavy = (seq: number): Body => ({ type: 'Word', text: `${seq}${KIB}` });

async function inUse(): Promise<number> {
  const { heapUsed, external } = await memoryInUse();
  return heapUsed + external;
}

describe('a subscriber that stops reading', () => {
  it('keeps its place and nothing else, holds nobody back, and reads on from the log', async () => {
    await using world = await startFeed(heavy);
    world.feed.kept = 100;
    const [stalled, lively] = [await world.listener(), await world.listener()];
    for (const listener of [stalled, lively]) listener.subscribe('1', follow);
    await expect.poll(() => world.feed.followers).toBe(2);
    world.feed.grow(50);
    await expect.poll(() => stalled.seqs().length).toBe(50);
    stalled.socket.pause();

    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        world.feed.grow(250);
        await expect
          .poll(() => lively.heard.length > 0 && lively.heard.at(-1))
          .toContain(`"${world.feed.head}x`);
        lively.heard.length = 0;
      }
    };
    // What the kernel takes on both sides is filled before the measurement begins.
    await rounds(60);
    const before = await inUse();
    await rounds(60);
    // 15 MB were sent to the other one meanwhile.
    expect((await inUse()) - before).toBeLessThan(2_000_000);

    stalled.socket.resume();
    await expect.poll(() => stalled.heard.length).toBe(world.feed.head);
    expect(stalled.seqs()).toEqual(upTo(world.feed.head));
  });

  it('is closed after a while, and has missed nothing when it comes back', async () => {
    await using world = await startFeed(heavy, { limits: { stallMs: 600 } });
    const stalled = await world.listener();
    stalled.subscribe('1', follow);
    await expect.poll(() => world.feed.followers).toBe(1);
    stalled.socket.pause();
    for (let round = 0; round < 200; round++) {
      world.feed.grow(100);
      await new Promise(setImmediate);
    }
    await expect.poll(() => world.feed.followers).toBe(0);
    await expect.poll(() => world.lines.some(({ msg }) => msg === 'websocket closed')).toBe(true);
    stalled.socket.resume();
    await expect.poll(() => stalled.closed).toBeDefined();
    // Gone without a word, or with one: each of them says that there is more.
    expect([1006, 1013]).toContain(stalled.closed);

    const seen = stalled.seqs();
    const again = await world.listener();
    again.subscribe('1', follow, { after: seen.at(-1) });
    await expect.poll(() => again.heard.length).toBe(world.feed.head - seen.length);
    expect([...seen, ...again.seqs()]).toEqual(upTo(world.feed.head));
  });

  it('holds back its other subscriptions only', async () => {
    await using world = await startFeed(heavy);
    const listener = await world.listener();
    for (let n = 0; n < 10; n++) listener.subscribe(`s${n}`, follow);
    await expect.poll(() => world.feed.followers).toBe(10);
    listener.socket.pause();
    for (let round = 0; round < 30; round++) {
      world.feed.grow(100);
      await new Promise(setImmediate);
    }
    listener.socket.resume();
    for (let n = 0; n < 10; n++)
      await expect.poll(() => listener.seqs(`s${n}`), { interval: 200 }).toEqual(upTo(3_000));
  });
});

describe('a connection', () => {
  it('ends with its admission, and with it what is followed there', async () => {
    // Counted from when it is let in: this machine may be slow to come so far.
    const authenticate = () => ({ owner: 'ann', expiresAt: new Date(Date.now() + 1_000) });
    await using world = await startFeed(heavy, { authenticate });
    const listener = await world.listener();
    listener.subscribe('1', follow);
    await expect.poll(() => world.feed.followers).toBe(1);
    await expect.poll(() => listener.closed).toBe(4401);
    await expect.poll(() => [world.feed.followers, world.subscribers()]).toEqual([0, 0]);
  });

  it('is closed where nothing runs on it for long, and stays where something does', async () => {
    await using world = await startFeed(heavy, { limits: { pingMs: 30, idleMs: 200 } });
    const [idle, busy] = [await world.listener(), await world.listener()];
    busy.subscribe('1', follow);
    await expect.poll(() => idle.closed).toBe(1000);
    expect(busy.closed).toBeUndefined();
    world.feed.grow();
    await expect.poll(() => busy.seqs()).toEqual([1]);
    busy.complete('1');
    await expect.poll(() => busy.closed).toBe(1000);
  });

  it('is refused where the process has too many, whoever they are', async () => {
    await using world = await startFeed(heavy, { limits: { connections: 2 } });
    const [first] = [await world.listener({ owner: 'ann' }), await world.listener({ owner: 'bob' })];
    const status = () =>
      new Promise((resolve) => {
        const socket = new WebSocket(world.url, 'graphql-transport-ws');
        socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
        socket.on('upgrade', () => resolve(101));
        socket.on('open', () => socket.terminate());
        socket.on('error', () => {});
      });
    expect(await status()).toBe(503);

    first.socket.terminate();
    await expect.poll(status).toBe(101);
  });

  it('keeps nothing of what comes along with an operation or an introduction', async () => {
    await using world = await startFeed(heavy);
    // Two bytes each, once they are no ASCII alone.
    const ballast = `€${'x'.repeat(900_000)}`;
    const before = await inUse();
    for (let n = 1; n <= 10; n++) {
      const { socket } = await world.listener({ ballast });
      const payload = { query: follow, extensions: { ballast } };
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      await expect.poll(() => world.feed.followers).toBe(n);
    }
    expect((await inUse()) - before).toBeLessThan(10_000_000);
  });

  it('keeps little for each who waits', async () => {
    await using world = await startFeed(heavy);
    const [warm, listener] = [await world.listener(), await world.listener()];
    for (let n = 0; n < 20; n++) warm.subscribe(`w${n}`, follow);
    await expect.poll(() => world.feed.followers).toBe(20);
    const before = await inUse();
    for (let n = 0; n < 100; n++) listener.subscribe(`s${n}`, follow);
    await expect.poll(() => world.feed.followers).toBe(120);
    // Lines of the log included, which this test collects.
    expect(((await inUse()) - before) / 100).toBeLessThan(20 * 1_024);
  });
});
