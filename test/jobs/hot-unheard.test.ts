import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HotJobs } from '../../src/jobs/hot.ts';
import { Hub } from '../../src/jobs/hub.ts';
import { EVENTS_CHANNEL } from '../../src/jobs/log.ts';
import type { Store } from '../../src/store/index.ts';
import { ask, createOnServer, describeOnServer, silent } from '../support/stores.ts';

const ID = 'job_01jd0000000000000000000000';
const OWNER = 'ada';
const SERVER = { timeout: 15_000, interval: 20 };

describeOnServer('a hot job while nobody hears of changes', () => {
  let database: Awaited<ReturnType<typeof createOnServer>>;
  let here: Store;
  let elsewhere: Store;
  let hub: Hub;
  let hot: HotJobs;

  beforeEach(async () => {
    database = await createOnServer();
    here = await database.open();
    elsewhere = await database.open();
    await here.db
      .insertInto('jobs')
      .values({ id: ID, owner: OWNER, kind: 'SCRIPT', status: 'STARTED', input: '{}' } as never)
      .execute();
    hub = new Hub({ store: here, log: silent });
    // A clock that stands: nothing that is kept becomes too old.
    hot = new HotJobs(here.db, hub, () => 0);
    await hub.start();
  });
  afterEach(async () => {
    await admit(true);
    hot.stop();
    await hub.stop();
    await Promise.all([here.close(), elsewhere.close()]);
    await database.drop();
  });

  const name = () => new URL(database.url).pathname.slice(1);
  const onServer = (statement: string) => {
    const server = new URL(database.url);
    server.pathname = '/postgres';
    return ask(server.href, statement);
  };
  /** Whether new connections are let in; those that are there stay. */
  const admit = (yes: boolean) => onServer(`alter database ${name()} allow_connections ${yes}`);
  const endListeners = () =>
    onServer(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${name()}' and application_name = 'signalbox listener'`);

  const load = async () => (await hot.findMany(OWNER, [ID]))[0]?.lastSeq;
  /** As another process does. */
  const write = async (): Promise<number> => {
    const { rows } = await sql<{ last_seq: number }>`
      update jobs set last_seq = last_seq + 1 where id = ${ID}
      returning last_seq, pg_notify(${EVENTS_CHANNEL}, id || ' ' || last_seq)
    `.execute(elsewhere.db);
    return rows[0]!.last_seq;
  };

  it('is read from the database each time, and kept again when they are heard again', async () => {
    await load();
    expect(hot.peek(OWNER, ID)).toBeDefined();
    await admit(false);
    await endListeners();
    await expect.poll(() => hub.hears, SERVER).toBe(false);

    expect(hot.peek(OWNER, ID)).toBeUndefined();
    for (let change = 0; change < 20; change++) {
      const seq = await write();
      expect(await load()).toBe(seq);
      expect(hot.peek(OWNER, ID)).toBeUndefined();
    }

    await admit(true);
    await expect.poll(() => hub.hears, SERVER).toBe(true);
    const seq = await write();
    const kept = async () => {
      await load();
      return hot.peek(OWNER, ID)?.lastSeq;
    };
    await expect.poll(kept, SERVER).toBe(seq);
  });

  it('is never shown as it was before the listening connection was found again', async () => {
    for (let round = 0; round < 10; round++) {
      await load();
      await endListeners();
      let seq = 0;
      // Some of these are told to nobody; the clock stands, so what was kept would be kept for good.
      for (let change = 0; change < 20; change++) {
        seq = await write();
        await load();
      }
      await expect.poll(load, SERVER).toBe(seq);
    }
  });
});
