/** How long an event is under way to a thousand subscribers, at a pace that everybody can keep. */

import { compared, type Measurement, quantile, takingTurns, within } from './harness.ts';
import {
  FLOOR,
  gather,
  PEERS,
  type Publish,
  type Publisher,
  startFloor,
  startSignalbox,
} from './publishers.ts';
import { clock } from './servers/answering.ts';

const FOLLOWERS = 1_000;
/** Ten events a second: 10,000 messages. */
const EVERY_MS = 100;

export const latency: Measurement = {
  name: 'latency',
  async measure({ rounds, seconds }) {
    await using floor = await startFloor();
    await using signalbox = await startSignalbox();
    await using running = new AsyncDisposableStack();
    const events = (seconds * 1_000) / EVERY_MS;
    const contestants: Record<string, () => Promise<number>> = {
      [FLOOR]: await listening(floor, events),
      'Signalbox, from the commit on': await listening(signalbox, events),
      'Signalbox, the writing too': await listening(signalbox, events, signalbox.write),
    };
    for (const [name, start] of Object.entries(PEERS))
      contestants[name] = await listening(running.use(await start()), events);
    return compared(
      `p99 at 10,000 messages per second, 1 × ${FOLLOWERS}`,
      'ms',
      await takingTurns(rounds, contestants),
    );
  },
};

/** Gives the p99 of the milliseconds from an event's publication until a follower has it, of all followers and events. */
async function listening(
  publisher: Publisher,
  events: number,
  publish: Publish = publisher.publish,
): Promise<() => Promise<number>> {
  const topics = await publisher.topics(1);
  const sockets = await gather(publisher, topics, FOLLOWERS);
  return async () => {
    if (publish === publisher.publish) await publisher.prepare({ topics, events });
    const arrived: { place: number; at: number }[] = [];
    const { promise: complete, resolve } = Promise.withResolvers<void>();
    for (const socket of sockets) {
      let place = 0;
      socket.onFrame = () => {
        arrived.push({ place, at: clock() });
        place += 1;
        if (arrived.length === FOLLOWERS * events) resolve();
      };
    }
    const [published] = await Promise.all([
      publish({ topics, events, everyMs: EVERY_MS }),
      within(60, 'delivery', complete),
    ]);
    return quantile(
      arrived.map(({ place, at }) => at - (published[place] ?? Number.NaN)),
      0.99,
    );
  };
}
