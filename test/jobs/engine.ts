import type { Logger } from 'pino';
import {
  createEngine,
  type Engine,
  type Job,
  type JobEvent,
  type JobKind,
  type Run,
} from '../../src/jobs/index.ts';
import type { Store } from '../../src/store/index.ts';
import { silent, type TestDatabase } from '../support/stores.ts';

export const OWNER = 'ada';

/** Work that a test scripts: what a job of the kind SCRIPT does, by the `do` of its input. */
export type Script = Record<string, (run: Run<{ do: string }>) => Promise<unknown>>;

export interface TestEngine extends AsyncDisposable {
  store: Store;
  engine: Engine;
  jobs: Engine['jobs'];
  /** Starts a scripted job, in a session of the test's where named. */
  start(what: string, options?: Partial<Parameters<Engine['jobs']['start']>[1]>): Promise<Job>;
  /** The whole log, once the job is over. */
  log(jobId: string): Promise<JobEvent[]>;
  finished(jobId: string): Promise<Job>;
  openSession(id?: string): Promise<string>;
}

export async function startEngine(
  database: TestDatabase,
  script: Script,
  options: {
    works?: boolean;
    concurrency?: number;
    timeoutMs?: number;
    heartbeatMs?: number;
    deadAfterMs?: number;
    graceMs?: number;
    kinds?: JobKind<never>[];
    log?: Logger;
    /** False: another engine of the test has the database too, and drops it. */
    drops?: boolean;
  } = {},
): Promise<TestEngine> {
  const { works = true, concurrency = 4, timeoutMs = 20_000, heartbeatMs = 200, kinds = [] } = options;
  const { deadAfterMs, graceMs, log = silent, drops = true } = options;
  const store = await database.open();
  const scripted: JobKind<{ do: string }> = {
    kind: 'SCRIPT',
    concurrency,
    timeoutMs,
    work: (run) => script[run.input.do]?.(run) ?? Promise.reject(new Error(`No script for ${run.input.do}`)),
  };
  const engine = createEngine({
    store,
    log,
    works,
    heartbeatMs,
    ...(deadAfterMs ? { deadAfterMs } : {}),
    ...(graceMs ? { graceMs } : {}),
    kinds: () => [scripted as JobKind<never>, ...kinds],
  });
  await engine.start();
  const { jobs } = engine;
  const signal = () => AbortSignal.timeout(20_000);

  return {
    store,
    engine,
    jobs,
    start: (what, more = {}) =>
      store.db
        .transaction()
        .execute((trx) => jobs.start(trx, { kind: 'SCRIPT', owner: OWNER, input: { do: what }, ...more })),
    async log(jobId) {
      const events: JobEvent[] = [];
      for await (const event of await jobs.follow(OWNER, jobId, 0, { signal: signal() })) events.push(event);
      return events;
    },
    finished: (jobId) => jobs.finished(OWNER, jobId, signal()),
    async openSession(id = `session_${crypto.randomUUID()}`) {
      const now = new Date();
      await store.db
        .insertInto('sessions')
        .values({
          id,
          owner: OWNER,
          created_at: now,
          last_seen_at: now,
          expires_at: new Date(now.getTime() + 3_600_000),
        })
        .execute();
      return id;
    },
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await store.close();
      if (drops) await database.drop();
    },
  };
}
