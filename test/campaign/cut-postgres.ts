import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { CampaignDatabase } from './database.ts';

/**
 * A new database on a server that must not be restarted, because others use it: the processes reach it through a proxy,
 * which cuts all their connections and lets none through for a while. To them that is a restart; to the server it is not.
 */
export async function cutPostgres(server: string): Promise<CampaignDatabase> {
  const name = `signalbox_campaign_${randomUUID().replaceAll('-', '')}`;
  await ask(server, `create database ${name}`);
  const behind = new URL(server);
  behind.pathname = `/${name}`;

  const open = new Set<Socket>();
  let away = false;
  const proxy = createServer((client) => {
    if (away) return client.destroy();
    const target = connect(Number(behind.port || 5432), behind.hostname);
    for (const socket of [client, target]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.pipe(target).pipe(client);
  });
  proxy.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(proxy, 'listening');
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };

  const url = new URL(behind);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url: url.href,
    proofUrl: behind.href,
    is: 'a proxy before a Postgres of others, which cuts every connection: Postgres itself is not restarted',
    async restart(_, awayMs) {
      away = true;
      cut();
      await delay(awayMs);
      away = false;
      return 'every connection to Postgres was cut';
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
      await ask(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function ask(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
