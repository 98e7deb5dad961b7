/** What the bench's own servers share: a port, a word on stderr, and orders from the process that measures. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port and says so, as `npm start` does. */
export function announce(server: Server): void {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    tell(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
}

export const tell = (url: string): void => console.error(`answers at ${url}`);

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
}

/** Bytes that are in use: what could be collected is, first. */
function heap(): { bytes: number } {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external };
}
