/** Real databases that go away: refused, or silent as over a network that loses packets. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openStore } from '../../src/store/index.ts';
import { ask, silent, type TestDatabase } from './stores.ts';

/** Cuts every connection to a server's database, and lets nobody in before it is restored. */
export async function takeAway({ url }: { url: string }): Promise<{ restore: () => Promise<void> }> {
  const name = new URL(url).pathname.slice(1);
  const server = new URL(url);
  server.pathname = '/postgres';
  await ask(server.href, `alter database ${name} allow_connections false`);
  await ask(server.href, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  return { restore: () => ask(server.href, `alter database ${name} allow_connections true`) };
}

export interface Line extends AsyncDisposable {
  /** Of the database, for a process of its own. */
  url: string;
  /** The database, as seen from this end. */
  database: TestDatabase;
  /** Whoever is connected hears nothing any more, and nobody says so; `everybody`: those who come later as well. */
  silence(who?: 'everybody'): void;
  /** Those who come from now on are heard. */
  restore(): void;
}

/** A line to a server's database, as over a network that loses packets. */
export async function openLine({ url, drop }: { url: string; drop: () => Promise<void> }): Promise<Line> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let deaf = false;
  const server = createServer((near) => {
    sockets.add(near.on('error', () => {}));
    if (deaf) return void near.pause();
    const far = connect(Number(port || 5432), hostname);
    sockets.add(far.on('error', () => {}));
    near.pipe(far).on('close', () => near.destroy());
    far.pipe(near).on('close', () => far.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const here = new URL(url);
  here.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: here.href,
    database: { open: () => openStore({ databaseUrl: here.href, dataDir: '', log: silent }), drop },
    silence(who) {
      deaf = who === 'everybody';
      for (const socket of sockets) socket.unpipe().pause();
    },
    restore() {
      deaf = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
