/** Memory of a gateway that has nothing to do, and of those who wait at it. */
import { setTimeout as delay } from 'node:timers/promises';
import { following, openGraphqlSocket, openSocket } from './client.ts';
import { compared, type Measurement, takingTurns } from './harness.ts';
import { ServerProcess, startGateway } from './processes.ts';
import { createEmbedded, createOnServer } from './stores.ts';

const SETTLE_MS = 3_000;
/** As many as one owner may have (src/server/limits.ts). */
const FOLLOWERS = 1_000;
const AT_ONCE = 50;

export const memory: Measurement = {
  name: 'memory',
  async measure({ rounds, share }) {
    await using embedded = createEmbedded();
    await using bare = createEmbedded();
    await using server = await createOnServer();

    const idle = await takingTurns(Math.min(rounds, 3), {
      'bare node:http': () => idleMemory(() => startBare('bytes')),
      'bare PGlite': () => idleMemory(() => startBare('pglite', bare.environment)),
      'Signalbox, PGlite': () => idleMemory(() => startGateway(embedded.environment)),
      ...(server && { 'Signalbox, Postgres': () => idleMemory(() => startGateway(server.environment)) }),
    });
    const followers = Math.round(FOLLOWERS * share);
    const each = await takingTurns(Math.min(rounds, 3), {
      'bare ws': () => bareFollower(followers),
      Signalbox: () => ourFollower(followers),
    });
    return [
      ...compared('resident memory, idle', 'MiB', idle),
      ...compared(`heap of one idle follower of ${followers}, a WebSocket each`, 'KiB', each),
    ];
  },
};

const startBare = (name: 'bytes' | 'pglite' | 'broadcast', environment = {}): Promise<ServerProcess> =>
  ServerProcess.start(new URL(`./servers/${name}.ts`, import.meta.url), { environment });

async function idleMemory(start: () => Promise<ServerProcess>): Promise<number> {
  await using server = await start();
  await delay(SETTLE_MS);
  return await server.memory();
}

async function bareFollower(followers: number): Promise<number> {
  await using server = await startBare('broadcast');
  return await kibibytesEach(server, followers, () => openSocket(server.webSocketUrl, () => {}));
}

/** One job, RUNNING and silent, and all follow it. */
async function ourFollower(followers: number): Promise<number> {
  await using database = createEmbedded();
  await using server = await ServerProcess.start(new URL('./servers/log.ts', import.meta.url), {
    environment: database.environment,
  });
  const { jobId } = await server.ask<{ jobId: string }>({ do: 'open' });
  return await kibibytesEach(server, followers, async () => {
    const { promise: heard, resolve } = Promise.withResolvers<void>();
    const socket = await openGraphqlSocket(server.webSocketUrl, (text) => {
      if (text.includes('RUNNING')) resolve();
    });
    socket.send(following(jobId));
    await heard;
    return socket;
  });
}

/** A few come and go first, so that what is loaded once is not counted as theirs. */
async function kibibytesEach(
  server: ServerProcess,
  followers: number,
  open: () => ReturnType<typeof openSocket>,
): Promise<number> {
  const gather = (count: number) => Promise.all(Array.from({ length: count }, open));
  for (const socket of await gather(AT_ONCE)) socket.terminate();
  const before = await settled(server);

  const sockets: Awaited<ReturnType<typeof open>>[] = [];
  while (sockets.length < followers)
    sockets.push(...(await gather(Math.min(AT_ONCE, followers - sockets.length))));
  const after = await settled(server);
  for (const socket of sockets) socket.terminate();
  return (after - before) / 1_024 / followers;
}

async function settled(server: ServerProcess): Promise<number> {
  await server.ask({ do: 'heap' });
  await delay(1_000);
  return (await server.ask<{ bytes: number }>({ do: 'heap' })).bytes;
}
