import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { Patience } from '../../src/server/patience.ts';

const STALL_MS = 30_000;
/** More than the kernel takes for both ends. */
const STEP = 16 * 1024 ** 2;

afterEach(() => {
  vi.useRealTimers();
});

it('waits for whoever goes on reading one large answer, and no longer for whoever stops', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const patience = new Patience(STALL_MS);
  let given = false;
  const server = createServer((socket) => {
    patience.watch(socket, () => {
      given = true;
      socket.destroy();
    });
    socket.end(Buffer.alloc(6 * STEP));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  client.on('error', () => {});
  client.pause();

  for (let step = 0; step < 4; step++) {
    await take(client, STEP);
    vi.advanceTimersByTime(0.8 * STALL_MS);
    expect(given).toBe(false);
  }
  await expect
    .poll(() => {
      vi.advanceTimersByTime(STALL_MS);
      return given;
    })
    .toBe(true);
  client.destroy();
  patience.stop();
  server.close();
});

/** Reads that much, and nothing further. */
function take(client: Socket, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let left = bytes;
    const count = (chunk: Buffer) => {
      left -= chunk.length;
      if (left > 0) return;
      client.pause();
      client.off('data', count);
      resolve();
    };
    client.on('data', count);
    client.resume();
  });
}
