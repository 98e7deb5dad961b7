/** Many who follow few logs, and few who follow many; beside a bare WebSocket server and the peers' own subscriptions. */
import type { FrameSocket } from './frames.ts';
import { compared, type Effort, type Line, type Measurement, say, takingTurns, within } from './harness.ts';
import {
  FLOOR,
  gather,
  PEERS,
  type Publication,
  type Publish,
  type Publisher,
  startFloor,
  startSignalbox,
} from './publishers.ts';

interface Shape {
  topics: number;
  /** Of each topic. */
  followers: number;
  /** Of each topic, in one round. */
  events: number;
}

const SHAPES: Shape[] = [
  { topics: 1, followers: 100, events: 2_000 },
  { topics: 1, followers: 1_000, events: 400 },
  { topics: 1, followers: 5_000, events: 60 },
  { topics: 1_000, followers: 1, events: 150 },
  { topics: 1_000, followers: 3, events: 50 },
];
/** Peers take about ten times as long for an event. */
const SHARE_OF_PEERS = 0.2;
/** A process may commonly have 20,000 files open. */
const SOCKETS_AT_ONCE = 16_000;

export const fanout: Measurement = {
  name: 'fan-out',
  async measure(effort) {
    await using floor = await startFloor();
    await using signalbox = await startSignalbox();
    await using running = new AsyncDisposableStack();
    const peers: Contestant[] = [];
    for (const [name, start] of Object.entries(PEERS))
      peers.push({ name, publisher: running.use(await start()), share: SHARE_OF_PEERS });

    const lines: Line[] = [];
    for (const shape of SHAPES) {
      say(`fan-out, ${shape.topics} × ${shape.followers}`);
      const entries: Contestant[] = [
        { name: FLOOR, publisher: floor },
        { name: 'Signalbox, from the commit on', publisher: signalbox },
        ...(shape.topics === 1
          ? [{ name: 'Signalbox, the writing too', publisher: signalbox, publish: signalbox.write }]
          : []),
        ...peers,
      ];
      const [first = [], ...others] = groups(entries, shape);
      lines.push(...(await delivery(shape, first, effort)));
      // Beside the floor again, which has its line already.
      for (const group of others)
        lines.push(...(await delivery(shape, [entries[0]!, ...group], effort)).slice(1));
    }
    return lines;
  },
};

interface Contestant {
  name: string;
  publisher: Publisher;
  /** If not the publisher's own way. */
  publish?: Publish;
  /** Of the events. */
  share?: number;
}

/** Those whose sockets this process can have open at once. */
function groups(contestants: Contestant[], { topics, followers }: Shape): Contestant[][] {
  const audiences = Math.floor(SOCKETS_AT_ONCE / (topics * followers));
  const found: Contestant[][] = [];
  for (const contestant of contestants) {
    const group = found.at(-1);
    const publishers = new Set(group?.map(({ publisher }) => publisher)).add(contestant.publisher);
    // A group behind the first has the floor beside it.
    if (group && publishers.size + (found.length > 1 ? 1 : 0) <= audiences) group.push(contestant);
    else found.push([contestant]);
  }
  return found;
}

async function delivery(
  { topics, followers, events }: Shape,
  contestants: Contestant[],
  { rounds, share: effort }: Effort,
): Promise<Line[]> {
  const audiences = new Map<Publisher, Audience>();
  for (const { publisher } of contestants)
    if (!audiences.has(publisher))
      audiences.set(publisher, await Audience.gather(publisher, topics, followers));

  const deliveries = contestants.map(({ name, publisher, publish = publisher.publish, share = 1 }) => {
    const count = Math.max(2, Math.round(events * effort * share));
    return [name, () => audiences.get(publisher)!.rate(count, publish)] as const;
  });
  const results = await takingTurns(rounds, Object.fromEntries(deliveries));
  for (const audience of audiences.values()) audience.leave();
  return compared(`messages per second, ${topics} × ${followers}`, '/s', results);
}

/** The followers of one publisher. */
class Audience {
  readonly #publisher: Publisher;
  readonly #topics: string[];
  readonly #sockets: FrameSocket[];

  private constructor(publisher: Publisher, topics: string[], sockets: FrameSocket[]) {
    this.#publisher = publisher;
    this.#topics = topics;
    this.#sockets = sockets;
  }

  static async gather(publisher: Publisher, count: number, followers: number): Promise<Audience> {
    const topics = await publisher.topics(count);
    return new Audience(publisher, topics, await gather(publisher, topics, followers));
  }

  /** Messages per second, until the last socket has the last. */
  async rate(events: number, publish: Publish): Promise<number> {
    const publication: Publication = { topics: this.#topics, events };
    if (publish === this.#publisher.publish) await this.#publisher.prepare(publication);
    const { promise: complete, resolve } = Promise.withResolvers<void>();
    const messages = this.#sockets.length * events;
    let left = messages;
    for (const socket of this.#sockets)
      socket.onFrame = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    const began = performance.now();
    await Promise.all([publish(publication), within(120, 'delivery', complete)]);
    return messages / ((performance.now() - began) / 1_000);
  }

  leave(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}
