/**
 * Logs, and a gateway that serves them, in one process: the engine's own writer, hub and log on the real store, the
 * real schema, and nothing that runs jobs. Jobs are rows that say RUNNING, so that thousands are there at once.
 */
import { sql } from 'kysely';
import { pino } from 'pino';
import { readConfig } from '../../src/config/index.ts';
import { JobChanges } from '../../src/jobs/changes.ts';
import { Hub } from '../../src/jobs/hub.ts';
import type { EventBody, JobEvent } from '../../src/jobs/index.ts';
import { Jobs, type JobsNeeds } from '../../src/jobs/jobs.ts';
import { read } from '../../src/jobs/log.ts';
import { JobReader } from '../../src/jobs/reader.ts';
import { LogWriter } from '../../src/jobs/writer.ts';
import { contextsOver } from '../../src/resolvers/index.ts';
import { schema } from '../../src/schema/index.ts';
import { startServer } from '../../src/server/index.ts';
import { serverLimits } from '../../src/settings.ts';
import { jsonText, openStore } from '../../src/store/index.ts';
import { copied, type Publication, publishing, takeOrders, tell } from './answering.ts';

const OWNER = 'local';
const FENCE = { worker: 'bench', attempt: 1 };
/** Events of one job on their way to the database at most. */
const AHEAD = 500;
const CONNECTIONS = 100_000;

const log = pino({ level: 'warn' }, process.stderr);
const config = readConfig(process.env);
const store = await openStore({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR, log });
const { db } = store;
const now = () => new Date();
const hub = new Hub({ store, log });
const reader = new JobReader(db);
const changes = new JobChanges({ db, hub, reader, log });
// What starts and ends jobs is not asked for.
const jobs = new Jobs({ db, hub, reader, changes } as JobsNeeds);
// Following a job asks for no other service.
const services = { jobs } as Parameters<typeof contextsOver>[0];
await hub.start();
const server = await startServer({
  schema,
  contextFor: contextsOver(services, { version: 'bench', startedAt: now(), now, store }),
  authenticate: () => ({ owner: OWNER }),
  health: async () => ({ ready: true, checks: {} }),
  log,
  host: '127.0.0.1',
  port: 0,
  limits: { ...serverLimits(config), connectionsPerOwner: CONNECTIONS, connections: CONNECTIONS },
});

const logged = (message: string): EventBody => ({ type: 'JobLogged', level: 'INFO', message });

/** Processes on the same database, one after the other, have jobs of their own. */
let opened = (
  await db.selectFrom('jobs').select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
).count;

/** Jobs that run, with so many events in their logs, one at least. */
async function open({ count, events }: { count: number; events: number }) {
  const first = opened;
  opened += count;
  const ids = Array.from({ length: count }, (_, i) => `job_${String(first + i).padStart(26, '0')}`);
  await sql`
    insert into jobs (id, owner, kind, status, input, worker, attempt, last_seq)
    select id, ${OWNER}, 'ANALYSIS', 'RUNNING', '{}', ${FENCE.worker}, ${FENCE.attempt}, ${events}::int
    from unnest(${ids}::text[]) as id
  `.execute(db);
  await sql`
    insert into job_events (job_id, seq, at, type, data)
    select id, seq, clock_timestamp(), 'JobLogged', jsonb_build_object('level', 'INFO', 'message', 'Row ' || seq)
    from unnest(${ids}::text[]) as id, generate_series(1, ${events}::int) as seq
  `.execute(db);
  return { ids };
}

interface Writing extends Publication {
  topics: string[];
  message: string;
}

/** Appends through the engine's own writer; what it stores is handed to the hub. */
async function write({ topics, message, ...publication }: Writing) {
  const [first] = await Promise.all(
    topics.map(async (id) => {
      const writer = new LogWriter(
        db,
        id,
        FENCE,
        () => {},
        (jobId) => hub.writing(jobId),
      );
      const ahead: Promise<void>[] = [];
      const published = await publishing(1, publication, async () => {
        ahead.push(writer.write([logged(copied(message))]));
        if (ahead.length > AHEAD) await ahead.shift();
      });
      await writer.close();
      return published;
    }),
  );
  return first ?? { at: [] };
}

/** By job, what is in its log and nobody was told of. */
let untold: JobEvent[][] = [];

/** Stores events without a word. */
async function prepare({ topics, message, events }: Writing) {
  const cursors = await db.selectFrom('jobs').select(['id', 'last_seq']).where('id', 'in', topics).execute();
  await sql`
    with grown as (
      update jobs set last_seq = last_seq + ${events}::int where id = any(${topics}::text[]) returning id, last_seq
    )
    insert into job_events (job_id, seq, at, type, data)
    select id, last_seq - ${events}::int + place, clock_timestamp(), 'JobLogged',
      ${jsonText(logged(message))}::jsonb - 'type'
    from grown, generate_series(1, ${events}::int) as place
  `.execute(db);
  const lastSeq = new Map(cursors.map(({ id, last_seq }) => [id, last_seq]));
  untold = [];
  for (const id of topics) untold.push(await read(db, id, lastSeq.get(id) ?? 0, events));
  return {};
}

/**
 * Hands them to the hub, one event and job at a time, as a writer does after each commit. The clock of this measurement
 * begins there: the store's own pace has a line of its own.
 */
const publish = (publication: Publication) =>
  publishing(untold.length, publication, (topic, place) => {
    const event = untold[topic]?.[place];
    if (event) hub.writing(event.jobId)?.([event]);
  });

takeOrders({ open, write, prepare, publish });
process.on('SIGTERM', async () => {
  await server.close({ drainMs: 100 });
  await hub.stop();
  await store.close();
  process.exit(0);
});
tell(server.url);
