/** An engine whose jobs do nothing, so that what is measured is the engine; and pg-boss alone on the same store. */
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import { readConfig } from '../../src/config/index.ts';
import { createEngine, type Engine, type JobKind } from '../../src/jobs/index.ts';
import { storeSettings } from '../../src/settings.ts';
import { openStore } from '../../src/store/index.ts';
import { announce, clock, takeOrders } from './answering.ts';

const KIND = 'SCRIPT';
/** Jobs that are accepted in one transaction. */
const ACCEPTED_AT_ONCE = 50;

const log = pino({ level: 'warn' }, process.stderr);
const store = await openStore(storeSettings(readConfig(process.env), log));
const nothing: JobKind = { kind: KIND, concurrency: 50, timeoutMs: 60_000, work: async () => null };
const createOne = (works: boolean): Engine =>
  createEngine({ store, log, works, kinds: () => [nothing as JobKind<never>] });

let working: Engine | undefined;

/** Accepts jobs that nobody takes up yet. */
async function queue({ count }: { count: number }) {
  const engine = createOne(false);
  await engine.start();
  const { rows } = await sql<{ since: Date }>`select clock_timestamp() as since`.execute(store.db);
  for (let left = count; left > 0; left -= ACCEPTED_AT_ONCE)
    await store.db.transaction().execute(async (trx) => {
      for (let i = 0; i < Math.min(left, ACCEPTED_AT_ONCE); i += 1)
        await engine.jobs.start(trx, { kind: KIND, owner: 'local', input: {} });
    });
  await engine.stop();
  return { since: rows[0]?.since.toISOString() };
}

async function work() {
  working = createOne(true);
  await working.start();
  return {};
}

async function rest() {
  await working?.stop();
  return {};
}

/** Waits until all jobs are over, and gives how many of those accepted since then were, in a second. */
async function drained({ since }: { since: string }) {
  for (;;) {
    const { rows } = await sql<{ left: number; perSecond: number }>`
      select count(*) filter (where finished_at is null)::int as left,
        (count(*) / extract(epoch from max(finished_at) - min(started_at)))::float as "perSecond"
      from jobs where created_at >= ${since}::timestamptz
    `.execute(store.db);
    const [found] = rows;
    if (found?.left === 0) return { perSecond: found.perSecond };
    await delay(50);
  }
}

/** The same number of tickets without jobs: fetched, and completed, so many at once. */
async function bare({ count, atOnce }: { count: number; atOnce: number }) {
  const boss = new PgBoss({
    db: store.queueDatabase,
    backend: store.kind,
    schema: 'bench_queue',
    supervise: false,
    schedule: false,
  });
  await boss.start();
  await boss.createQueue(KIND);
  await boss.insert(
    KIND,
    Array.from({ length: count }, () => ({ data: {} })),
  );
  const began = clock();
  for (let done = 0; done < count; ) {
    const tickets = await boss.fetch(KIND, { batchSize: atOnce });
    if (tickets.length === 0) throw new Error('Tickets are missing.');
    await boss.complete(
      KIND,
      tickets.map(({ id }) => id),
    );
    done += tickets.length;
  }
  const seconds = (clock() - began) / 1_000;
  await boss.stop({ graceful: false, close: true });
  return { perSecond: count / seconds };
}

takeOrders({ queue, work, rest, drained, bare });
process.on('SIGTERM', async () => {
  await working?.stop();
  await store.close();
  process.exit(0);
});
announce(createServer());
