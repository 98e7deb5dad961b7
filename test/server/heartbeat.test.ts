import { expect, it } from 'vitest';
import { Heartbeat } from '../../src/server/heartbeat.ts';
import { MUCH, meet } from './peers.ts';

it('spares who has not taken what it was sent, and asks again when it has', async () => {
  await using meeting = await meet();
  const ended: string[] = [];
  const heartbeat = new Heartbeat({ pingMs: 30, idleMs: 3_600_000 }, (_, why) => void ended.push(why));
  const watched = async () => {
    const { client, socket, connection } = await meeting.peer();
    // Something runs on it.
    connection.begin('1');
    const peer = { client, socket, pings: 0, forget: heartbeat.watch(connection) };
    client.on('ping', () => {
      peer.pings += 1;
    });
    return peer;
  };

  const [stalled, lively] = [await watched(), await watched()];
  const pinged = (count: number) => expect.poll(() => lively.pings).toBeGreaterThanOrEqual(count);
  stalled.client.pause();
  stalled.socket.send(Buffer.alloc(MUCH));
  await pinged(5);
  const { pings } = stalled;
  const unsent = stalled.socket.bufferedAmount;
  expect(unsent).toBeGreaterThan(0);
  await pinged(lively.pings + 10);
  expect(stalled.socket.bufferedAmount).toBe(unsent);

  stalled.client.resume();
  await expect.poll(() => stalled.pings).toBeGreaterThan(pings + 3);
  expect(ended).toEqual([]);

  for (const { client, forget } of [stalled, lively]) {
    forget();
    client.terminate();
  }
});
