/** Measures what things cost, on a real Postgres: many things at once in different mixtures, told apart by least squares. */
import { say } from '../harness.ts';
import { load, machine } from '../machine.ts';
import type { Database } from '../stores.ts';
import { commitRates, hear, idling, wakeUps } from './basics.ts';
import type { Measured, Quality } from './costs.ts';
import { deliver, followerMemory } from './delivering.ts';
import { type Fit, leastSquares, type Point } from './fit.ts';
import { Backends } from './postgres.ts';
import { tryInEarnest } from './reality.ts';
import { launch } from './rig.ts';
import { drawing, jobMemory, workJobs } from './working.ts';

export async function measure(database: Database, rounds: number): Promise<Measured> {
  const loadAtStart = load();
  const fits: Record<string, Quality> = {};
  /** What one of each takes; a name that the points do not have is a fault. */
  const fitted = (what: string, points: readonly Point[]): ((name: string) => number) => {
    const { costs, r2, worst }: Fit = leastSquares(points);
    fits[what] = { points: points.length, r2, worst };
    say(`${what}: ${JSON.stringify(costs)}, R² ${r2.toFixed(4)}, worst ${worst.toFixed(2)}`);
    return (name) => costs[name] ?? Number.NaN;
  };

  await using postgres = await Backends.of(database.environment.DATABASE_URL ?? '');
  await using gateway = await launch(database, 'gateway');
  const bench = { database, postgres, rounds };
  const listening = { gateway: await postgres.listening(), worker: 0 };
  const memory = { gateway: await gateway.memory(), worker: 0 };

  const commits = await commitRates(bench);
  const commit = fitted(
    'a commit with NOTIFY, by connections',
    commits.map(({ connections, notifying }) => ({
      did: { lock: 1, rest: 1 / connections },
      took: 1e6 / notifying,
    })),
  );
  const wakeUp = fitted('Postgres, by connections that listen', await wakeUps(bench, listening.gateway));
  const heard = fitted('a process, by notifications', await hear(bench, gateway));
  const draw = await drawing(bench, gateway);

  await using worker = await launch(database, 'worker');
  const connections = await postgres.listening();
  listening.worker = connections - listening.gateway;
  memory.worker = await worker.memory();
  const idle = await idling(bench, gateway, worker);
  const known = { wakeUps: connections * wakeUp('wakeUp'), notification: heard('notification'), idle };

  const worked = await workJobs(bench, gateway, worker, known);
  const accepting = fitted('a gateway, by jobs', worked('gateway'));
  const working = fitted('a worker, by jobs, transactions and events', worked('worker'));
  const stored = fitted('Postgres, by jobs, transactions and events', worked('postgres'));
  const writing = { job: stored('job'), batch: stored('batch'), event: stored('event') };

  const delivered = await deliver(bench, gateway, worker, known);
  const delivering = fitted('a gateway, by reads, events and messages', delivered('gateway'));
  const reading = fitted('Postgres, by reads', delivered('postgres'));
  const follower = fitted('memory, by followers', await followerMemory(gateway, worker));
  const runningJob = fitted('memory, by running jobs', await jobMemory(gateway, worker));
  const reality = await tryInEarnest(bench, gateway, worker);
  say(JSON.stringify(reality));

  const { notification } = known;
  return {
    machine: machine(loadAtStart),
    date: new Date().toISOString().slice(0, 10),
    costs: {
      gateway: {
        job: accepting('job'),
        notification,
        read: delivering('read'),
        event: delivering('event'),
        message: delivering('message'),
      },
      worker: { job: working('job'), batch: working('batch'), event: working('event'), notification },
      postgres: { ...writing, read: reading('read'), wakeUp: wakeUp('wakeUp') },
      clock: { commit: commit('lock'), draw: 1_000 * draw },
      memory: { ...memory, follower: follower('follower'), runningJob: runningJob('job') },
      idle,
      listening,
    },
    fits,
    commits,
    reality,
  };
}
