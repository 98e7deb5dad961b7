import type { Job, JobEvent, JobKind } from '../../../src/jobs/index.ts';
import { createEngine, type Engine } from '../../../src/jobs/index.ts';
import { Flags, type FlagsNeeds } from '../../../src/migration/flags/index.ts';
import { Reports } from '../../../src/migration/measuring/index.ts';
import { type RolloutInput, Rollouts, rolloutKind } from '../../../src/migration/rollout/index.ts';
import { type ServiceCall, ServiceCalls } from '../../../src/migration/routing/index.ts';
import type { ServiceVersion } from '../../../src/services/chat/types.ts';
import type { Store } from '../../../src/store/index.ts';
import { silent, type TestDatabase } from '../../support/stores.ts';

export const ada = { owner: 'ada' };
export const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The hour of a world; it moves when the test says so. */
export class Clock {
  #at = new Date('2026-03-01T12:00:00Z');
  readonly now = () => this.#at;

  pass(ms: number): void {
    this.#at = new Date(this.#at.getTime() + ms);
  }
}

/** Traffic of one feature: sessions with six calls each. */
export interface Traffic {
  /** The new service's share of the sessions, 0 to 1. */
  share: number;
  sessions?: number;
  candidateMs?: number;
  /** Calls of the new service that take so long instead. */
  slow?: { calls: number; ms: number };
  /** Sessions of the new service whose first call fails. */
  failing?: number;
  /** How much time passes until it is there, in milliseconds. Default: a minute. */
  passing?: number;
}

const CALLS = 6;

export interface RolloutWorld extends AsyncDisposable {
  clock: Clock;
  store: Store;
  engine: Engine;
  flags: Flags;
  rollouts: Rollouts;
  start(more?: Partial<RolloutInput>): Promise<Job>;
  /** Time passes, with calls in its last minute, evenly. A look sees all of them or none. */
  serve(traffic: Traffic): Promise<void>;
  job(id: string): Promise<Job>;
  /** The whole log, once the job is over. */
  log(id: string): Promise<JobEvent[]>;
  /** What the log says so far. */
  said(id: string): Promise<string[]>;
}

/** One process with flags, recorded calls and the engine, over a database that others may have too. */
export async function joinWorld(
  database: TestDatabase,
  more: Partial<FlagsNeeds> & {
    clock?: Clock;
    /** False: a process that accepts rollouts, and runs none. */
    works?: boolean;
    /** Calls that one report, or the comparison of a rollout, keeps. */
    kept?: number;
  } = {},
): Promise<RolloutWorld> {
  const { clock = new Clock(), works = true, kept, ...flagsNeeds } = more;
  const { now } = clock;
  const store = await database.open();
  const flags = new Flags({ store, healthy: async () => true, now, log: silent, ...flagsNeeds });
  const calls = new ServiceCalls({ db: store.db, now, log: silent });
  const reports = new Reports({ db: store.db, calls, now, ...(kept && { kept, mostCalls: kept }) });
  const kind = rolloutKind({ flags, reports, lookMs: 10, now }) as JobKind<never>;
  const engine = createEngine({ store, log: silent, works, heartbeatMs: 200, kinds: () => [kind] });
  const { jobs } = engine;
  const rollouts = new Rollouts({ db: store.db, jobs, feature: (name) => flags.feature(name) });
  await flags.start();
  await engine.start();
  let sessions = 0;

  return {
    clock,
    store,
    engine,
    flags,
    rollouts,
    start: (request = {}) =>
      rollouts.start(ada, {
        feature: 'CHAT',
        steps: [10, 50, 100],
        minRequestsPerStep: 300,
        stepSeconds: 3_600,
        reason: 'a test',
        ...request,
      }),
    async serve(traffic) {
      const { share, sessions: count = 600, candidateMs = 90, failing = 0, passing = MINUTE } = traffic;
      const slow = traffic.slow ?? { calls: 0, ms: 0 };
      const until = now().getTime() + passing;
      let candidates = 0;
      let slowLeft = slow.calls;
      const step = MINUTE / (count * CALLS);
      for (let session = 0; session < count; session += 1) {
        const isNew = Math.floor((session + 1) * share) > Math.floor(session * share);
        const version: ServiceVersion = isNew ? 'NEW' : 'LEGACY';
        if (isNew) candidates += 1;
        for (let place = 0; place < CALLS; place += 1) {
          const fails = isNew && place === 0 && candidates <= failing;
          const isSlow = isNew && slowLeft > 0;
          if (isSlow) slowLeft -= 1;
          calls.record({
            feature: 'CHAT',
            version,
            sessionId: `session_${sessions + session}`,
            at: new Date(until - MINUTE + Math.floor(step * (session * CALLS + place))),
            durationMs: isSlow ? slow.ms : isNew ? candidateMs : 100,
            firstTextMs: null,
            outcome: fails ? 'error' : 'ok',
            fellBack: fails,
            error: fails ? 'PROVIDER_FAILED: gone' : null,
            share,
          } satisfies ServiceCall);
        }
      }
      sessions += count;
      // Written while it is still to come, so that no look falls between two calls.
      await calls.flush();
      clock.pass(passing);
    },
    job: (id) => jobs.get(ada.owner, id),
    async log(id) {
      const events: JobEvent[] = [];
      const signal = AbortSignal.timeout(30_000);
      for await (const event of await jobs.follow(ada.owner, id, 0, { signal })) events.push(event);
      return events;
    },
    async said(id) {
      const events = await jobs.events(await jobs.get(ada.owner, id), 0, 1_000);
      return events.flatMap((event) => (event.type === 'JobLogged' ? event.message : []));
    },
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await flags.stop();
      await store.close();
    },
  };
}

/** The same on a database that is dropped behind it. */
export async function startWorld(
  database: TestDatabase,
  more: Parameters<typeof joinWorld>[1] = {},
): Promise<RolloutWorld> {
  const world = await joinWorld(database, more);
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await database.drop();
    },
  };
}
