/** A gateway, and beside it on the same store an engine with a job that appends on command and has followers in this process. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { createEngine, type JobKind, type Run } from '../../src/jobs/index.ts';
import { openStore } from '../../src/store/index.ts';
import { takeOrders, tell } from './answering.ts';

const OWNER = 'local';
/** STARTED and RUNNING come before what the job appends. */
const BEFORE = 2;
const BATCH = 500;
/** Events on their way to the database at most; the log's writer holds two batches. */
const AHEAD = 2 * BATCH;
const message = (i: number) => `Row ${i} of the table was read, and nothing about it was remarkable.`;

const log = pino({ level: 'warn' }, process.stderr);
const config = readConfig({ ...process.env, PORT: '0' });
const store = await openStore({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR, log });

/** How many events each job shall append, once somebody says so. */
const commands = new Map<string, PromiseWithResolvers<number>>();
/** When it had appended them. */
const appended = new Map<string, PromiseWithResolvers<number>>();

async function work(run: Run): Promise<void> {
  const count = await commands.get(run.job.id)?.promise;
  const ahead: Promise<void>[] = [];
  for (let i = 0; i < (count ?? 0); i++) {
    ahead.push(run.log('INFO', message(i)));
    if (ahead.length > AHEAD) await ahead.shift();
  }
  await Promise.all(ahead);
  appended.get(run.job.id)?.resolve(performance.now());
}

// Of the kind ANALYSIS, because the schema has a type for it; the gateway beside us runs none.
const scripted: JobKind = { kind: 'ANALYSIS', concurrency: 4, timeoutMs: 600_000, work };
const gateway = await createGateway({ ...config, ROLE: 'gateway' }, { store, log });
const engine = createEngine({ store, log, works: true, kinds: () => [scripted as JobKind<never>] });
const { jobs } = engine;
await engine.start();

async function open(): Promise<string> {
  const { id } = await store.db.transaction().execute(async (trx) => {
    const job = await jobs.start(trx, { kind: 'ANALYSIS', owner: OWNER, input: {} });
    commands.set(job.id, Promise.withResolvers());
    appended.set(job.id, Promise.withResolvers());
    return job;
  });
  while ((await jobs.get(OWNER, id)).status !== 'RUNNING') await delay(5);
  return id;
}

/** Waits until somebody who follows is told of the job's start. */
async function follow(jobId: string, last: number, atStart: () => void): Promise<void> {
  for await (const { seq } of await jobs.follow(OWNER, jobId, 0, { signal: new AbortController().signal })) {
    if (seq === BEFORE) atStart();
    if (seq === last) return;
  }
}

async function append({ followers, events }: { followers: number; events: number }) {
  const jobId = await open();
  const ready = Array.from({ length: followers }, () => Promise.withResolvers<void>());
  const heard = ready.map(({ resolve }) => follow(jobId, BEFORE + events, resolve));
  await Promise.all(ready.map(({ promise }) => promise));

  const began = performance.now();
  commands.get(jobId)?.resolve(events);
  const secondsUntil = (moment: number) => (moment - began) / 1_000;
  const written = secondsUntil((await appended.get(jobId)?.promise) ?? Number.NaN);
  await Promise.all(heard);
  const delivered = secondsUntil(performance.now());
  await jobs.finished(OWNER, jobId, AbortSignal.timeout(10_000));
  await jobs.delete(OWNER, jobId);
  return { appended: events / written, delivered: (events * followers) / delivered };
}

/** The same rows, without a job: no lock, no numbering, no notification. */
async function insert({ events }: { events: number }) {
  await sql`create table if not exists bench_events (like job_events including indexes)`.execute(store.db);
  await sql`truncate bench_events`.execute(store.db);
  const batches = Array.from({ length: Math.ceil(events / BATCH) }, (_, batch) =>
    Array.from({ length: BATCH }, (_, i) => ({ level: 'INFO', message: message(batch * BATCH + i) })),
  );
  const began = performance.now();
  for (const [batch, rows] of batches.entries())
    await sql`
      insert into bench_events (job_id, seq, at, type, data)
      select 'job', ${batch * BATCH}::int + place::int, clock_timestamp(), 'JobLogged', body
      from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as event (body, place)
    `.execute(store.db);
  const seconds = (performance.now() - began) / 1_000;
  return { appended: (batches.length * BATCH) / seconds, delivered: 0 };
}

takeOrders({
  append,
  insert,
  open: async () => ({ jobId: await open() }),
  /** Waits until so many follow. */
  async followed({ followers }: { followers: number }) {
    while (gateway.services.jobs.subscribers < followers) await delay(5);
    await delay(100);
    return {};
  },
  go({ jobId, events }: { jobId: string; events: number }) {
    commands.get(jobId)?.resolve(events);
    return {};
  },
});
process.on('SIGTERM', async () => {
  for (const { resolve } of commands.values()) resolve(0);
  await engine.stop();
  await gateway.close();
  process.exit(0);
});
tell(gateway.url ?? '');
