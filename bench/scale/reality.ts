/** One load in earnest, as a conversation makes it: what it uses and how long its followers wait, to hold the model against. */
import { setTimeout as delay } from 'node:timers/promises';
import { following, openGraphqlSocket } from '../client.ts';
import type { ServerProcess } from '../processes.ts';
import { quantile } from './quantile.ts';
import { Chance } from './random.ts';
import { type Bench, openSessions, progressOf, reached, startJob, usedBy } from './rig.ts';
import { nowMs } from './script.ts';

/** What was asked for. */
export const REAL_LOAD = { jobsPerSecond: 25, events: 10, seconds: 1, followers: 2 };
const SECONDS = 20;
/** Each job's followers are on as many of them; one owner may have more, one socket 100 subscriptions. */
const SOCKETS = 20;
/** As many as there are unfinished jobs at a time, with room to spare. */
const SESSIONS = 300;

/** Shares of a processor; milliseconds. */
export interface Reality {
  gateway: number;
  worker: number;
  postgres: number;
  firstEvent: { p50: number; p95: number };
  delivery: { p50: number; p95: number };
}

export async function tryInEarnest(
  { postgres }: Bench,
  gateway: ServerProcess,
  worker: ServerProcess,
): Promise<Reality> {
  const { jobsPerSecond, events, seconds, followers } = REAL_LOAD;
  const sessions = await openSessions(gateway, SESSIONS);
  const audience = await Audience.at(gateway);
  const chance = new Chance(1);
  const since = await progressOf(worker);
  const jobs = jobsPerSecond * SECONDS;
  const starts: Promise<void>[] = [];

  const startAndFollow = async (i: number) => {
    const began = nowMs();
    const script = { events, batch: 1, seconds };
    audience.expect(await startJob(gateway, sessions[i % SESSIONS] ?? '', script), began, followers);
  };
  await postgres.reset();
  const began = performance.now();
  let ofWorker = 0;
  const ofGateway = await usedBy(gateway, async () => {
    ofWorker = await usedBy(worker, async () => {
      let due = performance.now();
      for (let i = 0; i < jobs; i++) {
        due += 1_000 * chance.exponential(1 / jobsPerSecond);
        const early = due - performance.now();
        if (early > 0) await delay(early);
        starts.push(startAndFollow(i));
      }
      await Promise.all(starts);
      await reached(worker, 'ended', since, jobs);
    });
  });
  const microseconds = 1_000 * (performance.now() - began);
  const ofPostgres = await postgres.microseconds();
  audience.close();
  const of = (values: number[]) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95) });
  return {
    gateway: ofGateway / microseconds,
    worker: ofWorker / microseconds,
    postgres: ofPostgres / microseconds,
    firstEvent: of(audience.firstEvents),
    delivery: of(audience.deliveries),
  };
}

/** Sockets that note when they hear of what. */
class Audience {
  readonly firstEvents: number[] = [];
  readonly deliveries: number[] = [];
  readonly #sockets: Awaited<ReturnType<typeof openGraphqlSocket>>[] = [];
  readonly #began = new Map<string, number>();
  #turn = 0;

  static async at(gateway: ServerProcess): Promise<Audience> {
    const audience = new Audience();
    for (let i = 0; i < SOCKETS; i++)
      audience.#sockets.push(await openGraphqlSocket(gateway.webSocketUrl, (text) => audience.#hear(text)));
    return audience;
  }

  expect(jobId: string, began: number, followers: number): void {
    this.#began.set(jobId, began);
    for (let follower = 0; follower < followers; follower++)
      this.#sockets[this.#turn++ % SOCKETS]?.send(following(jobId));
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #hear(text: string): void {
    const at = nowMs();
    const { id, payload } = JSON.parse(text);
    const event = payload?.data?.jobProgress;
    if (event?.seq === 1) this.firstEvents.push(at - (this.#began.get(id) ?? Number.NaN));
    const said = /^[\d.]+/.exec(event?.message ?? '');
    if (said) this.deliveries.push(at - Number(said[0]));
  }
}
