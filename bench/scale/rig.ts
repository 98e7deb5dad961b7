/** What every measurement works with. */
import { setTimeout as delay } from 'node:timers/promises';
import { ask, openSession } from '../client.ts';
import { ServerProcess } from '../processes.ts';
import type { Database } from '../stores.ts';
import type { Backends } from './postgres.ts';
import type { Script } from './script.ts';

export interface Bench {
  database: Database;
  postgres: Backends;
  /** Of everything; the points of all of them are fitted together. */
  rounds: number;
}

/** What notifications and idle processes cost, to be taken off what else is measured. Microseconds. */
export interface Known {
  /** In Postgres, for each commit that notifies. */
  wakeUps: number;
  /** In each process that hears it. */
  notification: number;
  idle: { gateway: number; worker: number; postgres: number };
}

const SERVER = new URL('./server.ts', import.meta.url);
const AT_ONCE = 16;

export const launch = (
  { environment }: Database,
  role: 'gateway' | 'worker',
  connections = 10,
): Promise<ServerProcess> =>
  ServerProcess.start(SERVER, {
    environment: { ...environment, SCALE_ROLE: role, DATABASE_CONNECTIONS: String(connections) },
  });

/** Microseconds of processor that a server used while something happened. */
export async function usedBy(server: ServerProcess, work: () => Promise<unknown>): Promise<number> {
  const used = async () => (await server.ask<{ microseconds: number }>({ do: 'used' })).microseconds;
  const before = await used();
  await work();
  return (await used()) - before;
}

export interface Progress {
  takenUp: number;
  ended: number;
}

export const progressOf = (worker: ServerProcess): Promise<Progress> => worker.ask({ do: 'progress' });

/** Resolves when so many more jobs than at `since` were taken up, or ended. */
export async function reached(
  worker: ServerProcess,
  what: keyof Progress,
  since: Progress,
  jobs: number,
): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await delay(25))
    if ((await progressOf(worker))[what] >= since[what] + jobs) return;
  throw new Error(`${jobs} jobs were not ${what} in two minutes.`);
}

/** Sessions, one for each job that is there at a time: those of one session wait for each other. */
export async function openSessions(gateway: ServerProcess, count: number): Promise<string[]> {
  const sessions: string[] = [];
  await side(count, async () => void sessions.push(await openSession(gateway.url)));
  return sessions;
}

/** A job in each session. @returns Their ids. */
export async function startJobs(
  gateway: ServerProcess,
  sessions: readonly string[],
  script: Script,
): Promise<string[]> {
  const ids: string[] = [];
  await side(sessions.length, async (i) => {
    ids.push(await startJob(gateway, sessions[i] ?? '', script));
  });
  return ids;
}

export async function startJob(gateway: ServerProcess, sessionId: string, script: Script): Promise<string> {
  const { startAnalysis } = await ask(gateway.url, START, {
    input: { sessionId, message: JSON.stringify(script), onBusy: 'ENQUEUE' },
  });
  if (!startAnalysis.id) throw new Error(startAnalysis.message);
  return startAnalysis.id;
}

const START = `mutation($input: StartAnalysisInput!) {
  startAnalysis(input: $input) { ... on Node { id } ... on Error { message } }
}`;

/** Some at a time, beside each other. */
async function side(count: number, one: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
