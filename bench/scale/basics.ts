/** What the database and an idle process cost, before any job. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../processes.ts';
import type { CommitRate, Costs } from './costs.ts';
import type { Point } from './fit.ts';
import { type Bench, usedBy } from './rig.ts';
import { inTurns } from './turns.ts';

/** Channel on which logs tell (src/jobs/log.ts). */
const EVENTS_CHANNEL = 'signalbox_events';
const CONNECTIONS = [1, 2, 4, 8, 16];
/** Short, and often: one of them may be undisturbed. */
const COMMIT_SECONDS = 0.5;
const COMMIT_ROUNDS = 3;
const COMMITS = 2_000;
const LISTENERS = [0, 5, 10, 20];
const NOTIFICATIONS = [2_000, 4_000, 8_000];
const IDLE_SECONDS = 8;

/** The best of the rounds: what disturbs only slows. */
export async function commitRates({ postgres, rounds }: Bench): Promise<CommitRate[]> {
  const rates = CONNECTIONS.map((connections) => ({ connections, silent: 0, notifying: 0 }));
  for (let round = 0; round < rounds * COMMIT_ROUNDS; round++)
    for (const rate of rates) {
      rate.silent = Math.max(rate.silent, await postgres.commits(rate.connections, false, COMMIT_SECONDS));
      rate.notifying = Math.max(
        rate.notifying,
        await postgres.commits(rate.connections, true, COMMIT_SECONDS),
      );
    }
  return rates;
}

/** Processor time of Postgres for commits that notify, with more and more who listen. */
export async function wakeUps({ postgres, rounds }: Bench, listening: number): Promise<Point[]> {
  const points = await inTurns(rounds, LISTENERS, async (more) => {
    const leave = await postgres.listen('scale_listeners', more);
    await postgres.reset();
    await postgres.notify('scale_listeners', COMMITS);
    const took = await postgres.microseconds();
    await leave();
    return { postgres: { did: { commit: COMMITS, wakeUp: COMMITS * (listening + more) }, took } };
  });
  return points('postgres');
}

/** Processor time of a gateway that hears of logs that nobody follows there. */
export async function hear({ postgres, rounds }: Bench, gateway: ServerProcess): Promise<Point[]> {
  const points = await inTurns(rounds, NOTIFICATIONS, async (notification) => {
    const took = await usedBy(gateway, async () => {
      await postgres.notify(EVENTS_CHANNEL, notification);
      await delay(200);
    });
    return { gateway: { did: { notification }, took } };
  });
  return points('gateway');
}

/** As shares of a processor. */
export async function idling(
  { postgres }: Bench,
  gateway: ServerProcess,
  worker: ServerProcess,
): Promise<Costs['idle']> {
  await postgres.reset();
  const [ofGateway, ofWorker] = await Promise.all(
    [gateway, worker].map((server) => usedBy(server, () => delay(IDLE_SECONDS * 1_000))),
  );
  const share = (microseconds = 0) => microseconds / (IDLE_SECONDS * 1e6);
  // One of each are there.
  return {
    gateway: share(ofGateway),
    worker: share(ofWorker),
    postgres: share(await postgres.microseconds()) / 2,
  };
}
