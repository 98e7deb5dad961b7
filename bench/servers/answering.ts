/** What the bench's own servers share: a port, a word on stderr, and orders from the process that measures. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

/** Listens on a free port and says so, as `npm start` does. */
export function announce(server: Server): void {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    tell(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
}

export const tell = (url: string): void => console.error(`answers at ${url}`);

/** Of what is published, in one turn of the loop: commits are events of the loop, a few in each turn. */
const COMMITS_A_TURN = 20;

export interface Publication {
  /** Of each topic. */
  events: number;
  /** Between two events of a topic; absent: as fast as it goes. */
  everyMs?: number;
}

/**
 * Publishes one event of each topic after the other.
 *
 * @returns When the events of each round were, by `clock()`.
 */
export async function publishing(
  topics: number,
  { events, everyMs }: Publication,
  publish: (topic: number, place: number) => unknown,
): Promise<{ at: number[] }> {
  const at: number[] = [];
  const began = clock();
  for (let place = 0; place < events; place += 1) {
    if (everyMs) await delay(Math.max(0, began + place * everyMs - clock()));
    at.push(clock());
    for (let topic = 0; topic < topics; topic += 1) {
      await publish(topic, place);
      if (topic % COMMITS_A_TURN === COMMITS_A_TURN - 1 || topic === topics - 1) await turn();
    }
  }
  return { at };
}

/** A text of its own, as one that came from a database: shared by all events, it would weigh nothing where it waits. */
export const copied = (text: string): string => Buffer.from(text).toString();

/** Milliseconds of the machine's own clock: the same in every process. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Carries out orders, each by the name in its `do`; `heap` is understood everywhere. */
export function takeOrders(can: Record<string, (order: never) => Promise<object> | object>): void {
  const orders: typeof can = { heap, ...can };
  process.on('message', async (order: { do: string }) => {
    try {
      process.send?.(await orders[order.do]?.(order as never));
    } catch (error) {
      process.send?.({ error: String(error) });
    }
  });
  // Whoever gave the orders is gone: so is the work.
  process.once('disconnect', () => process.exit(1));
}

/** Bytes that are in use: what could be collected is, first, with what only that lets go. */
async function heap(): Promise<{ bytes: number }> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external };
}
