/** Memory of a gateway that has nothing to do, and of those who wait at it. */
import { setTimeout as delay } from 'node:timers/promises';
import { compared, type Line, type Measurement, part, takingTurns } from './harness.ts';
import { type Memory, ServerProcess, startGateway } from './processes.ts';
import { EVERYBODY, gather, type Start, startSignalbox } from './publishers.ts';
import { createEmbedded, createOnServer, createOutside } from './stores.ts';
import { runningJobs } from './waiting.ts';

const SETTLE_MS = 3_000;
const SUBSCRIBERS = 2_000;
/** Who come and go first, so that what is loaded once is not counted as theirs. */
const WARM_UP = 100;

export const memory: Measurement = {
  name: 'memory',
  async measure({ rounds, share }) {
    const few = Math.min(rounds, 3);
    return [
      ...(await idling(few)),
      ...(await subscribing(few, Math.round(SUBSCRIBERS * share))),
      ...(await runningJobs(few, share)),
    ];
  },
};

async function idling(rounds: number): Promise<Line[]> {
  await using embedded = createEmbedded();
  await using bare = createEmbedded();
  await using server = await createOnServer();
  const idle = await takingTurns(rounds, {
    'bare node:http': () => idleMemory(() => startBare('bytes')),
    'bare PGlite': () => idleMemory(() => startBare('pglite', bare.environment)),
    'Signalbox, PGlite': () => idleMemory(() => startGateway(embedded.environment)),
    ...(server && { 'Signalbox, Postgres': () => idleMemory(() => startGateway(server.environment)) }),
  });
  return compared('resident memory, idle', 'MiB', idle);
}

const startBare = (name: 'bytes' | 'pglite', environment = {}): Promise<ServerProcess> =>
  ServerProcess.start(new URL(`./servers/${name}.ts`, import.meta.url), { environment });

async function idleMemory(start: () => Promise<ServerProcess>): Promise<number> {
  await using server = await start();
  await delay(SETTLE_MS);
  return await server.memory();
}

/** All subscribe to the same, and nothing happens. */
async function subscribing(rounds: number, subscribers: number): Promise<Line[]> {
  await using database = await createOutside();
  const everybody = { ...EVERYBODY, Signalbox: () => startSignalbox(database) };
  const contestants = Object.entries(everybody).map(([name, start]) => [
    name,
    () => eachOf(subscribers, start),
  ]);
  const results = await takingTurns<Memory>(rounds, Object.fromEntries(contestants));
  const what = `an idle subscriber of ${subscribers}, a WebSocket each`;
  return [
    ...compared(
      `resident memory for ${what}`,
      'KiB',
      part(results, ({ resident }) => resident),
    ),
    ...compared(
      `heap for ${what}`,
      'KiB',
      part(results, ({ heap }) => heap),
    ),
  ];
}

/** KiB that each subscriber adds to a server's memory. */
async function eachOf(subscribers: number, start: Start): Promise<Memory> {
  await using publisher = await start();
  const { server } = publisher;
  const topics = await publisher.topics(1);
  for (const socket of await gather(publisher, topics, WARM_UP)) socket.terminate();
  const before = await server.settledMemory();
  const sockets = await gather(publisher, topics, subscribers);
  const after = await server.settledMemory();
  for (const socket of sockets) socket.terminate();
  const each = (of: (memory: Memory) => number) => ((of(after) - of(before)) * 1_024) / subscribers;
  return { resident: each(({ resident }) => resident), heap: each(({ heap }) => heap) };
}
