import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Store } from '../store/index.ts';
import { JobChanges } from './changes.ts';
import { Coordination } from './coordination.ts';
import type { Desk, OnEnd } from './desk.ts';
import { HotJobs } from './hot.ts';
import { Hub } from './hub.ts';
import { Jobs } from './jobs.ts';
import { Queue } from './queue.ts';
import { JobReader } from './reader.ts';
import { Recovery } from './recovery.ts';
import type { CoordinatedKind, JobKind } from './run.ts';
import type { Job } from './types.ts';
import { Undelivered } from './undelivered.ts';
import { Worker } from './worker.ts';

export interface EngineNeeds {
  store: Store;
  log: Logger;
  /** Whether this process runs jobs, or only accepts and follows them. */
  works: boolean;
  /** Every kind of job there is, also in a process that runs none. */
  kinds: (jobs: Jobs) => (JobKind<never> | CoordinatedKind)[];
  /** How often a process that works says so. */
  heartbeatMs?: number;
  /** How long it may be silent before others take its jobs; several heartbeats. */
  deadAfterMs?: number;
  /** How long work may take to end after its signal fired. */
  graceMs?: number;
}

export interface EngineHealth {
  ready: boolean;
  checks: Record<'store' | 'engine', { ok: boolean; message?: string }>;
}

export interface Engine {
  jobs: Jobs;
  recovery: Recovery;
  start(): Promise<void>;
  /** Whether jobs can be accepted and followed now. */
  health(): Promise<EngineHealth>;
  /** Hands the running jobs over and ends every follower. */
  stop(): Promise<void>;
}

/** Wires the engine; nothing moves before `start()`. */
export function createEngine({ store, log, works, kinds: kindsOver, ...settings }: EngineNeeds): Engine {
  const { db } = store;
  const undelivered = new Undelivered(db, log);
  const queue = new Queue({ store, log, works });
  const hub = new Hub({ store, log });
  const reader = new JobReader(db);
  const hot = new HotJobs(db, hub);
  const changes = new JobChanges({ db, hub, reader, log });
  const onEnd = new Map<string, OnEnd>();
  const host = (kind: string) => (worker && queue.hasPlace(kind) ? worker.id : undefined);
  const desk: Desk = { queue, onEnd, host };
  const offer = (job: Job) => worker?.offer(job);
  const jobs = new Jobs({ db, desk, hub, reader, hot, changes, undelivered, offer });

  const kinds = new Map<string, JobKind>();
  const coordinated = new Map<string, CoordinatedKind>();
  for (const kind of kindsOver(jobs) as (JobKind | CoordinatedKind)[]) {
    if ('coordinate' in kind) coordinated.set(kind.kind, kind);
    else kinds.set(kind.kind, kind);
    if ('onEnd' in kind && kind.onEnd) onEnd.set(kind.kind, kind.onEnd);
  }
  const everyKind = [...kinds.keys(), ...coordinated.keys()];
  const writing = (jobId: string) => hub.writing(jobId);
  const worker = works
    ? new Worker({ store, desk, kinds, undelivered, log, writing, ...settings })
    : undefined;
  const coordination = works ? new Coordination({ store, desk, kinds: coordinated, log }) : undefined;
  const recovery = new Recovery({
    store,
    desk,
    worker,
    kinds: everyKind,
    undelivered,
    log,
    ...settings,
  });

  let started = false;

  return {
    jobs,
    recovery,
    async start() {
      await queue.start(everyKind);
      await hub.start();
      await recovery.start();
      await worker?.start();
      await coordination?.start();
      started = true;
    },
    async health() {
      const asked = await sql`select 1`.execute(db).then(
        () => ({ ok: true }),
        () => ({ ok: false, message: 'The database does not answer.' }),
      );
      const engine = started ? { ok: true } : { ok: false, message: 'The engine is not running.' };
      return { ready: asked.ok && engine.ok, checks: { store: asked, engine } };
    },
    async stop() {
      started = false;
      await recovery.stop();
      coordination?.stop();
      await worker?.stop();
      await queue.stop();
      await hub.stop();
      hot.stop();
    },
  };
}
