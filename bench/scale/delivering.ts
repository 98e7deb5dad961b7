/** What followers cost: reading a write back, preparing each event for those who ask for the same, sending it to each. */
import { FOLLOW } from '../client.ts';
import { FrameSocket } from '../frames.ts';
import { within } from '../harness.ts';
import type { ServerProcess } from '../processes.ts';
import type { Point } from './fit.ts';
import { type Bench, type Known, openSessions, progressOf, reached, startJobs, usedBy } from './rig.ts';
import { inTurns } from './turns.ts';
import { heapOf } from './working.ts';

/** Jobs that are followed, in how many wordings each, by how many who use the same words. */
const MIXTURES = [
  { jobs: 1, wordings: 1, followers: 0, events: 400, batch: 1 },
  { jobs: 20, wordings: 1, followers: 0, events: 60, batch: 1 },
  { jobs: 10, wordings: 1, followers: 0, events: 600, batch: 10 },
  { jobs: 1, wordings: 1, followers: 1, events: 400, batch: 1 },
  { jobs: 1, wordings: 1, followers: 50, events: 300, batch: 1 },
  { jobs: 1, wordings: 1, followers: 400, events: 150, batch: 1 },
  { jobs: 1, wordings: 20, followers: 1, events: 300, batch: 1 },
  { jobs: 1, wordings: 80, followers: 1, events: 100, batch: 1 },
  { jobs: 1, wordings: 20, followers: 10, events: 200, batch: 1 },
  { jobs: 20, wordings: 1, followers: 1, events: 60, batch: 1 },
  { jobs: 20, wordings: 1, followers: 10, events: 60, batch: 1 },
  { jobs: 10, wordings: 1, followers: 1, events: 600, batch: 10 },
  { jobs: 1, wordings: 1, followers: 100, events: 1_000, batch: 10 },
  { jobs: 1, wordings: 20, followers: 5, events: 500, batch: 10 },
];
const WAITING = [0, 250, 500, 900];

/** Points of the `gateway`, and of `postgres` with all that was written and read. */
export async function deliver(
  { postgres, rounds }: Bench,
  gateway: ServerProcess,
  worker: ServerProcess,
  { idle, notification, wakeUps }: Known,
): Promise<(of: string) => Point[]> {
  const sessions = await openSessions(gateway, Math.max(...MIXTURES.map(({ jobs }) => jobs)));
  return inTurns(rounds, MIXTURES, async ({ jobs, wordings, followers, events, batch }) => {
    const since = await progressOf(worker);
    await worker.ask({ do: 'hold' });
    const ids = await startJobs(gateway, sessions.slice(0, jobs), { events, batch, waits: true });
    await reached(worker, 'takenUp', since, jobs);
    const sockets = await follow(gateway, ids, wordings, followers);

    // The events of the job, and the two of its end.
    const last = Promise.all(sockets.map((socket) => framesOf(socket, events + 2)));
    await postgres.reset();
    const began = performance.now();
    const used = await usedBy(gateway, async () => {
      await worker.ask({ do: 'go' });
      await within(100, 'delivery', Promise.all([last, reached(worker, 'ended', since, jobs)]));
    });
    const usedInPostgres = await postgres.microseconds();
    const microseconds = 1_000 * (performance.now() - began);
    for (const socket of sockets) socket.terminate();

    const writes = jobs * (Math.ceil(events / batch) + 1);
    const told = jobs * (events + 2);
    const inPostgres = {
      did: { job: jobs, write: writes, event: told, read: followers > 0 ? writes : 0 },
      took: usedInPostgres - 2 * idle.postgres * microseconds - wakeUps * writes,
    };
    if (followers === 0) return { postgres: inPostgres };
    return {
      postgres: inPostgres,
      gateway: {
        did: { read: writes, event: told * wordings, message: told * wordings * followers },
        took: used - idle.gateway * microseconds - notification * writes,
      },
    };
  });
}

/** KiB of a gateway's heap, with more and more who follow one silent job. */
export async function followerMemory(gateway: ServerProcess, worker: ServerProcess): Promise<Point[]> {
  const since = await progressOf(worker);
  await worker.ask({ do: 'hold' });
  const ids = await startJobs(gateway, await openSessions(gateway, 1), { events: 0, batch: 1, waits: true });
  await reached(worker, 'takenUp', since, 1);
  const points: Point[] = [];
  const sockets: FrameSocket[] = [];
  for (const followers of WAITING) {
    sockets.push(...(await follow(gateway, ids, 1, followers - sockets.length)));
    points.push({ did: { base: 1, follower: followers }, took: await heapOf(gateway) });
  }
  for (const socket of sockets) socket.terminate();
  await worker.ask({ do: 'go' });
  await reached(worker, 'ended', since, 1);
  return points;
}

/** Each on a socket of its own, and past what is stored: STARTED and RUNNING. */
async function follow(
  gateway: ServerProcess,
  ids: readonly string[],
  wordings: number,
  followers: number,
): Promise<FrameSocket[]> {
  const sockets: FrameSocket[] = [];
  for (const id of ids)
    for (let wording = 0; wording < wordings; wording++)
      for (let follower = 0; follower < followers; follower++) {
        const socket = await FrameSocket.openGraphql(gateway.webSocketUrl);
        const current = framesOf(socket, 2);
        socket.send(subscribing(id, wording));
        await within(30, 'the first events', current);
        socket.frames = 0;
        sockets.push(socket);
      }
  return sockets;
}

/** The same question in other words: what is the same in meaning only is prepared again. */
const subscribing = (jobId: string, wording: number): string =>
  JSON.stringify({
    id: jobId,
    type: 'subscribe',
    payload: { query: FOLLOW.replace('subscription', `subscription W${wording}`), variables: { jobId } },
  });

const framesOf = (socket: FrameSocket, frames: number): Promise<void> =>
  new Promise((resolve) => {
    socket.onFrame = () => socket.frames >= frames && resolve();
  });
