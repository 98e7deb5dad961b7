import { expect, it } from 'vitest';
import { Outlet } from '../../src/server/shared/outlet.ts';
import { Turn } from '../../src/server/shared/turn.ts';
import { memoryInUse } from '../support/memory.ts';
import { MUCH, meet } from './peers.ts';

const SMALL = 'x'.repeat(100);

it('keeps no more of what waits for a peer than its bytes, however small its pieces', async () => {
  await using meeting = await meet();
  const { client, socket, request, connection } = await meeting.peer();
  client.pause();
  socket.send(Buffer.alloc(MUCH));

  const wire = connection.wire(MUCH * 2);
  const outlet = new Outlet(socket, request.socket, new Turn());
  outlet.enter();
  const { arrayBuffers: before } = await memoryInUse();
  for (let piece = 0; piece < 1_000; piece++) {
    outlet.write(Buffer.from(SMALL));
    void wire.send(SMALL);
    // What else a busy process cuts from the pool meanwhile.
    for (let other = 0; other < 10; other++) Buffer.allocUnsafe(16 * 1024);
  }
  expect(socket.bufferedAmount).toBeGreaterThan(MUCH / 2);
  await expect.poll(async () => (await memoryInUse()).arrayBuffers - before).toBeLessThan(8 * 1024 ** 2);
  client.terminate();
});
