import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { Hub } from '../../src/jobs/hub.ts';
import type { JobEvent } from '../../src/jobs/index.ts';
import { announceGone } from '../../src/jobs/log.ts';
import { describeOnServer, describeOnStores, silent } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { door, untilAborted } from './scripts.ts';

const never = new AbortController().signal;
const upTo = (end: number, after = 0) => Array.from({ length: end - after }, (_, index) => after + index + 1);

async function seqs(events: AsyncIterable<JobEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of events) seen.push(seq);
  return seen;
}

describeOnStores('followers of a running job', (create) => {
  it('each get every event once and in order, two thousand of them for few reads', async () => {
    const gate = door();
    const database = await create();
    let reads = 0;
    await using engine = await startEngine(
      {
        ...database,
        async open() {
          const store = await database.open();
          const count = {
            transformQuery: <Args extends { node: unknown }>({ node }: Args) => node as never,
            transformResult: async <Args extends { result: unknown }>({ result }: Args) => {
              reads += 1;
              return result as never;
            },
          };
          return { ...store, db: store.db.withPlugin(count) };
        },
      },
      {
        talk: async (run) => {
          await gate.pass();
          for (let word = 0; word < 50; word++) await run.text('out', `word ${word} `);
        },
      },
      { heartbeatMs: 60_000 },
    );
    const job = await engine.start('talk');
    await gate.reached;
    const following = Array.from({ length: 2_000 }, async () =>
      seqs(await engine.jobs.follow(OWNER, job.id, 0, { signal: never })),
    );
    await expect.poll(() => engine.jobs.subscribers, { timeout: 60_000 }).toBe(2_000);
    reads = 0;
    gate.open();
    const all = await Promise.all(following);
    const { lastSeq } = await engine.jobs.get(OWNER, job.id);
    const wrong = all.filter((seen) => JSON.stringify(seen) !== JSON.stringify(upTo(lastSeq)));
    expect(wrong).toEqual([]);
    // Those of the work itself included: about one for each batch of events.
    expect(reads).toBeLessThan(300);
    expect(engine.jobs.subscribers).toBe(0);
  });

  it('miss nothing when they are cut off fifty times', async () => {
    await using engine = await startEngine(await create(), {
      talk: async (run) => {
        for (let word = 0; word < 150; word++) await run.log('INFO', `word ${word}`);
      },
    });
    const job = await engine.start('talk');
    const seen: number[] = [];
    for (let cut = 0; cut < 50; cut++) {
      const connection = new AbortController();
      let left = 1 + ((cut * 7) % 5);
      for await (const { seq } of await engine.jobs.follow(OWNER, job.id, seen.at(-1) ?? 0, connection)) {
        seen.push(seq);
        if (--left === 0) connection.abort();
      }
    }
    seen.push(...(await seqs(await engine.jobs.follow(OWNER, job.id, seen.at(-1) ?? 0, { signal: never }))));
    expect(seen).toEqual(upTo((await engine.jobs.get(OWNER, job.id)).lastSeq));
  });

  it('go at once when they are cut off while nothing happens, and leave nothing behind', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted }, { works: false });
    const job = await engine.start('wait');
    const connections = Array.from({ length: 100 }, () => new AbortController());
    const following = connections.map(async ({ signal }) =>
      seqs(await engine.jobs.follow(OWNER, job.id, 1, { signal })),
    );
    await expect.poll(() => engine.jobs.subscribers).toBe(100);
    for (const connection of connections) connection.abort();
    expect(await Promise.all(following)).toEqual(connections.map(() => []));
    expect(engine.jobs.subscribers).toBe(0);
  });

  it('are told the end also where their cursor is ahead of the log', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const job = await engine.start('wait');
    const ahead = seqs(await engine.jobs.follow(OWNER, job.id, 1_000, { signal: never }));
    await expect.poll(() => engine.jobs.subscribers).toBe(1);
    await engine.jobs.cancel(OWNER, job.id);
    expect(await ahead).toEqual([]);
    const { lastSeq } = await engine.finished(job.id);
    expect(await seqs(await engine.jobs.follow(OWNER, job.id, lastSeq + 5, { signal: never }))).toEqual([]);
    expect(await seqs(await engine.jobs.follow(OWNER, job.id, lastSeq, { signal: never }))).toEqual([]);
    expect(await seqs(await engine.jobs.follow(OWNER, job.id, 2, { signal: never }))).toEqual(
      upTo(lastSeq, 2),
    );
  });

  it('end when the job is deleted under them, and when the process stops', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted }, { works: false });
    const [deleted, stopped] = [await engine.start('wait'), await engine.start('wait')];
    const following = [deleted, stopped].map(async ({ id }) =>
      seqs(await engine.jobs.follow(OWNER, id, 0, { signal: never })),
    );
    const watching = (async () => {
      for await (const _ of engine.jobs.changes(OWNER, {}, never)) {
        // Until the end.
      }
    })();
    await expect.poll(() => engine.jobs.subscribers).toBe(3);
    await engine.store.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('jobs').where('id', '=', deleted.id).execute();
      await announceGone(trx, [deleted.id]);
    });
    expect(await following[0]).toEqual([1]);
    await engine.engine.stop();
    expect(await following[1]).toEqual([1]);
    await watching;
    expect(engine.jobs.subscribers).toBe(0);
  });

  it('keep no memory of those that came and went', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted }, { works: false });
    const job = await engine.start('wait');
    const hub = new Hub({ store: engine.store, log: silent });
    await hub.start();
    const stays = seqs(hub.follow(job.id, 1, { signal: never }));
    for (let visitor = 0; visitor < 300; visitor++) {
      const connection = new AbortController();
      const visit = seqs(hub.follow(job.id, 1, { signal: connection.signal }));
      setImmediate(() => connection.abort());
      await visit;
    }
    expect(hub.followers).toBe(1);
    await hub.stop();
    expect(await stays).toEqual([]);
    expect(hub.followers).toBe(0);
  });
});

describeOnServer('followers whose database connections are cut', (create) => {
  it('miss nothing', async () => {
    const gates = [door(), door(), door()];
    await using engine = await startEngine(await create(), {
      talk: async (run) => {
        for (const [part, gate] of gates.entries()) {
          await run.step(`part ${part}`, async () => {
            for (let word = 0; word < 20; word++) await run.log('INFO', `word ${word}`);
          });
          await gate.pass();
        }
      },
    });
    const job = await engine.start('talk');
    const following = Array.from({ length: 20 }, async () =>
      seqs(await engine.jobs.follow(OWNER, job.id, 0, { signal: AbortSignal.timeout(25_000) })),
    );
    for (const gate of gates) {
      await gate.reached;
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'signalbox listener'
      `.execute(engine.store.db);
      gate.open();
    }
    const all = await Promise.all(following);
    const { lastSeq, status } = await engine.jobs.get(OWNER, job.id);
    expect(status).toBe('COMPLETED');
    for (const seen of all) expect(seen).toEqual(upTo(lastSeq));
  });
});
