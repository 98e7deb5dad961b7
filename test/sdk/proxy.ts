import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of a gateway, which cuts or silences connections after so many bytes of answers. */
export interface Proxy extends AsyncDisposable {
  url: string;
  /** Connections that were cut so far. */
  cuts: number;
  connections: number;
  /** Cuts every connection, and lets those that come wait. */
  hold(): void;
  release(): void;
}

/** @param budgets Bytes that the first, second, … connection may bring; those after the last, all they want. */
export async function startProxy(
  target: string,
  budgets: Iterable<number> = [],
  end: 'cut' | 'silence' = 'cut',
): Promise<Proxy> {
  const { hostname, port, pathname } = new URL(target);
  const left = budgets[Symbol.iterator]();
  const open = new Set<Socket>();
  const waiting = new Set<() => void>();
  let isHeld = false;

  const server = createServer((client) => {
    proxy.connections += 1;
    let budget = left.next().value ?? Number.POSITIVE_INFINITY;
    const gateway = connect(Number(port), hostname);
    for (const socket of [client, gateway]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        gateway.destroy();
      });
    }
    const pass = () => client.pipe(gateway);
    if (isHeld) waiting.add(pass);
    else pass();
    gateway.on('data', (chunk: Buffer) => {
      if (budget > 0) client.write(chunk.subarray(0, budget));
      budget -= chunk.length;
      if (budget > 0 || client.destroyed || client.writableEnded) return;
      if (end === 'silence') return;
      proxy.cuts += 1;
      client.end(() => client.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    cuts: 0,
    connections: 0,
    hold() {
      isHeld = true;
      for (const socket of open) socket.destroy();
    },
    release() {
      isHeld = false;
      for (const pass of waiting) pass();
      waiting.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
  return proxy;
}

/** Numbers below `most` that look random and are the same in every run. */
export const scattered = (count: number, most: number): number[] => {
  let state = 20_231;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  });
};

/** A URL at which nobody listens. */
export async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}/graphql`;
}
