import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startWorld } from './world.ts';

type World = Awaited<ReturnType<typeof startWorld>>;
const query = 'subscription { flood }';

/** Clients that ask for much and then read nothing. */
const stalled = {
  WebSocket: async (world: World): Promise<Socket> => {
    const socket = new WebSocket(world.wsUrl, 'graphql-transport-ws');
    await new Promise((resolve) => socket.on('open', resolve));
    const { _socket: wire } = socket as unknown as { _socket: Socket };
    socket.on('error', () => {});
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once('message', resolve));
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    wire.pause();
    return wire;
  },
  'event stream': async (world: World): Promise<Socket> => {
    const body = JSON.stringify({ query });
    const wire = connect(world.port, '127.0.0.1');
    wire.on('error', () => {});
    await new Promise<void>((resolve) => wire.once('connect', () => resolve()));
    wire.pause();
    wire.write(
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return wire;
  },
};

describe.each(Object.entries(stalled))('a client that stops reading its %s', (_, begin) => {
  it('holds its source back, and is given up after a while without progress', async () => {
    await using world = await startWorld({ limits: { stallMs: 600 } });
    const wire = await begin(world);
    await expect.poll(() => world.traces.flooded).toBeGreaterThan(1);

    const made = await settled(() => world.traces.flooded);
    // What the kernel's buffers of both ends take, and little more: 256 KiB each.
    expect(made).toBeLessThan(60);

    await expect.poll(() => world.traces.released, { timeout: 3_000 }).toBe(1);
    expect(world.subscribers()).toBe(0);
    expect(world.traces.flooded).toBeLessThan(made + 3);
    wire.destroy();
  });
});

describe('a client that asks over WebSocket without listening', () => {
  it('is not read any further', async () => {
    await using world = await startWorld({ limits: { unsentBytes: 256 * 1024, stallMs: 1_000 } });
    const socket = new WebSocket(world.wsUrl, 'graphql-transport-ws');
    await new Promise((resolve) => socket.on('open', resolve));
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.pause();
    const ping = JSON.stringify({ type: 'ping', payload: { echo: 'x'.repeat(200_000) } });
    for (let n = 0; n < 200; n++) socket.send(ping);

    // 40 MB were offered; had we answered all, all had been read.
    expect(await settled(() => socket.bufferedAmount)).toBeGreaterThan(10_000_000);
    await expect
      .poll(() => world.lines.some((line) => line.msg === 'websocket closed'), { timeout: 5_000 })
      .toBe(true);
    socket.resume();
    await closed;
  });
});

/** What a number is when it has stopped changing. */
async function settled(look: () => number): Promise<number> {
  let before = Number.NaN;
  const unchanged = () => {
    const same = before === look();
    before = look();
    return same;
  };
  await expect.poll(unchanged, { interval: 100 }).toBe(true);
  return before;
}
