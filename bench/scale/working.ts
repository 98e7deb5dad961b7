/** What jobs cost that nobody follows: their start, their events in transactions of several sizes, their end. */
import type { ServerProcess } from '../processes.ts';
import type { Point } from './fit.ts';
import { OWN_WRITES } from './load.ts';
import {
  type Bench,
  type Known,
  launch,
  openSessions,
  progressOf,
  reached,
  startJobs,
  usedBy,
} from './rig.ts';
import { inTurns } from './turns.ts';

/** Events of a job, and how many share a transaction. */
const MIXTURES = [
  { events: 0, batch: 1, jobs: 250 },
  { events: 5, batch: 1, jobs: 250 },
  { events: 20, batch: 1, jobs: 120 },
  { events: 60, batch: 1, jobs: 60 },
  { events: 100, batch: 10, jobs: 120 },
  { events: 400, batch: 10, jobs: 40 },
  { events: 1_000, batch: 100, jobs: 60 },
  { events: 3_000, batch: 100, jobs: 25 },
];
const WAITING = 300;
const KEPT = [0, 150, 300, 600];

/** Points of the `gateway`, the `worker` and `postgres`, what is known of them already taken off. */
export async function workJobs(
  { postgres, rounds }: Bench,
  gateway: ServerProcess,
  worker: ServerProcess,
  { wakeUps, notification, idle }: Known,
): Promise<(of: string) => Point[]> {
  const sessions = await openSessions(gateway, Math.max(...MIXTURES.map(({ jobs }) => jobs)));
  return inTurns(rounds, MIXTURES, async ({ events, batch, jobs }) => {
    const since = await progressOf(worker);
    await postgres.reset();
    const began = performance.now();
    let ofWorker = 0;
    const ofGateway = await usedBy(gateway, async () => {
      ofWorker = await usedBy(worker, async () => {
        await startJobs(gateway, sessions.slice(0, jobs), { events, batch });
        await reached(worker, 'ended', since, jobs);
      });
    });
    const ofPostgres = await postgres.microseconds();
    const microseconds = 1_000 * (performance.now() - began);
    const batches = jobs * Math.ceil(events / batch);
    const rest = (used: number, share: number, perCommit: number) =>
      used - share * microseconds - perCommit * (jobs * OWN_WRITES + batches);
    const did = { job: jobs, batch: batches, event: jobs * events };
    return {
      gateway: { did: { job: jobs }, took: rest(ofGateway, idle.gateway, notification) },
      worker: { did, took: rest(ofWorker, idle.worker, notification) },
      postgres: { did, took: rest(ofPostgres, 2 * idle.postgres, wakeUps) },
    };
  });
}

/** Milliseconds from one ticket to the next, when many wait: a worker that starts finds them all. */
export async function drawing({ database, rounds }: Bench, gateway: ServerProcess): Promise<number> {
  const paces: number[] = [];
  const sessions = await openSessions(gateway, WAITING);
  for (let round = 0; round < rounds; round++) {
    await startJobs(gateway, sessions, { events: 0, batch: 1 });
    await using worker = await launch(database, 'worker');
    await reached(worker, 'ended', { takenUp: 0, ended: 0 }, WAITING);
    paces.push((await worker.ask<{ ms: number }>({ do: 'pace' })).ms);
  }
  return Math.min(...paces);
}

/** KiB of a worker's heap, with more and more jobs that run and wait. */
export async function jobMemory(gateway: ServerProcess, worker: ServerProcess): Promise<Point[]> {
  const sessions = await openSessions(gateway, KEPT.at(-1) ?? 0);
  const points: Point[] = [];
  const before = await progressOf(worker);
  await worker.ask({ do: 'hold' });
  let running = 0;
  for (const jobs of KEPT) {
    await startJobs(gateway, sessions.slice(running, jobs), { events: 0, batch: 1, waits: true });
    running = jobs;
    await reached(worker, 'takenUp', before, jobs);
    points.push({ did: { base: 1, job: jobs }, took: await heapOf(worker) });
  }
  await worker.ask({ do: 'go' });
  await reached(worker, 'ended', before, running);
  return points;
}

/** KiB that are in use. */
export async function heapOf(server: ServerProcess): Promise<number> {
  await server.ask({ do: 'heap' });
  return (await server.ask<{ bytes: number }>({ do: 'heap' })).bytes / 1_024;
}
