import type { KyselyPlugin } from 'kysely';
import { expect, it } from 'vitest';
import { Hub } from '../../src/jobs/hub.ts';
import type { JobEvent } from '../../src/jobs/index.ts';
import { describeOnStores, silent, type TestDatabase } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { door, untilAborted } from './scripts.ts';

const never = new AbortController().signal;
const upTo = (end: number, after = 0) => Array.from({ length: end - after }, (_, index) => after + index + 1);

async function seqs(events: AsyncIterable<JobEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of events) seen.push(seq);
  return seen;
}

/** The same database, and how many statements read logs. */
function counting(database: TestDatabase) {
  const count = { reads: 0 };
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      if (readsLogs(JSON.stringify(node))) count.reads += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const open = async () => {
    const store = await database.open();
    return { ...store, db: store.db.withPlugin(plugin) };
  };
  return { count, database: { ...database, open } };
}

/** Reading events, from one log or from many; not writing them. */
const readsLogs = (node: string) =>
  (node.includes('SelectQueryNode') && node.includes('"job_events"')) || node.includes('from job_events');

describeOnStores('followers who come back all at once', (create) => {
  it('are told what they missed of one log, each from its own place, with few statements', async () => {
    const gate = door();
    const { count, database } = counting(await create());
    await using engine = await startEngine(database, {
      talk: async (run) => {
        for (let line = 0; line < 700; line++) void run.log('INFO', `line ${line}`);
        await gate.pass();
      },
    });
    const job = await engine.start('talk');
    await gate.reached;
    await expect.poll(async () => (await engine.jobs.get(OWNER, job.id)).lastSeq).toBe(702);

    const hub = new Hub({ store: engine.store, log: silent });
    await hub.start();
    count.reads = 0;
    const following = Array.from({ length: 300 }, (_, i) =>
      seqs(hub.follow(job.id, i * 2, { signal: never })),
    );
    await expect.poll(() => hub.followers).toBe(300);
    gate.open();
    const all = await Promise.all(following);
    const { lastSeq } = await engine.finished(job.id);
    for (const [i, seen] of all.entries()) expect(seen).toEqual(upTo(lastSeq, i * 2));
    expect(count.reads).toBeLessThan(20);
    await hub.stop();
  });

  it('are told what they missed of a log each, with few statements', async () => {
    const { count, database } = counting(await create());
    await using engine = await startEngine(database, { wait: untilAborted }, { works: false });
    const jobs = await Promise.all(Array.from({ length: 60 }, () => engine.start('wait')));
    const hub = new Hub({ store: engine.store, log: silent });
    await hub.start();
    count.reads = 0;
    const leaving = new AbortController();
    const first = await Promise.all(
      jobs.map(async ({ id }) => {
        for await (const event of hub.follow(id, 0, { signal: leaving.signal }))
          return [event.jobId, event.seq];
        return [];
      }),
    );
    expect(first).toEqual(jobs.map(({ id }) => [id, 1]));
    expect(count.reads).toBeLessThan(6);
    leaving.abort();
    await hub.stop();
  });

  it('are told the same, whether many logs are read or one', async () => {
    const gate = door();
    await using engine = await startEngine(await create(), {
      talk: async (run) => {
        await run.progress(1, 2, 'half a pair \ud800, NUL \0, "quotes" and \u2028');
        for (let line = 0; line < 50; line++) void run.log('WARN', `ö ${line}`);
        await run.text('out', 'the last');
        await gate.pass();
      },
    });
    const jobs = await Promise.all(Array.from({ length: 4 }, () => engine.start('talk')));
    const last = async (id: string) => (await engine.jobs.get(OWNER, id)).lastSeq;
    for (const { id } of jobs) await expect.poll(() => last(id)).toBe(54);

    const hub = new Hub({ store: engine.store, log: silent });
    await hub.start();
    const leaving = new AbortController();
    const told = await Promise.all(
      jobs.map(async ({ id }) => {
        const events: JobEvent[] = [];
        for await (const event of hub.follow(id, 1, { signal: leaving.signal })) {
          events.push(event);
          if (events.length === 53) break;
        }
        return events;
      }),
    );
    for (const [i, job] of jobs.entries()) expect(told[i]).toEqual(await engine.jobs.events(job, 1, 1_000));
    leaving.abort();
    gate.open();
    await hub.stop();
  });

  it('are told from memory where they were away for a moment, and from the log what came meanwhile', async () => {
    const gate = door();
    const { count, database } = counting(await create());
    await using engine = await startEngine(database, {
      talk: async (run) => {
        for (let line = 0; line < 10; line++) void run.log('INFO', `line ${line}`);
        await gate.pass();
      },
    });
    const job = await engine.start('talk');
    await gate.reached;
    await expect.poll(async () => (await engine.jobs.get(OWNER, job.id)).lastSeq).toBe(12);

    // Another process, as far as the engine knows: it hears, and is handed nothing.
    const hub = new Hub({ store: engine.store, log: silent });
    await hub.start();
    const untilTwelve = async (after = 5) => {
      const seen: number[] = [];
      for await (const { seq } of hub.follow(job.id, after, { signal: never })) {
        seen.push(seq);
        if (seq === 12) break;
      }
      return seen;
    };
    expect(await untilTwelve()).toEqual(upTo(12, 5));
    count.reads = 0;
    expect(await hub.owner(job.id, 5, { signal: never })).toBe(OWNER);
    expect(await untilTwelve()).toEqual(upTo(12, 5));
    expect(count.reads).toBe(0);

    // Who comes from further back reads, once for all who come after.
    expect(await untilTwelve(2)).toEqual(upTo(12, 2));
    expect(count.reads).toBe(1);
    for (const after of [1, 2, 3, 5, 9]) expect(await untilTwelve(after)).toEqual(upTo(12, after));
    expect(count.reads).toBe(2);

    gate.open();
    const { lastSeq } = await engine.finished(job.id);
    expect(await seqs(hub.follow(job.id, 5, { signal: never }))).toEqual(upTo(lastSeq, 5));
    await engine.jobs.delete(OWNER, job.id);
    await expect.poll(() => hub.owner(job.id, 5, { signal: never })).toBeNull();
    await hub.stop();
  });
});

describeOnStores('what this process writes', (create) => {
  it('reaches those who follow it here without being read back, as the log has it', async () => {
    const gate = door();
    const { count, database } = counting(await create());
    await using engine = await startEngine(database, {
      talk: async (run) => {
        await gate.pass();
        for (let line = 0; line < 50; line++) {
          await run.progress(1, 2, 'NUL \0 and half a pair \ud800');
          await run.text('out', `word ${line} \0 \ud800`);
        }
      },
    });
    const job = await engine.start('talk');
    await gate.reached;
    const live: JobEvent[] = [];
    const following = (async () => {
      for await (const event of await engine.jobs.follow(OWNER, job.id, 2, { signal: never }))
        live.push(event);
    })();
    await expect.poll(() => engine.jobs.subscribers).toBe(1);
    count.reads = 0;
    gate.open();
    await following;
    // The end is written with the job's row, and read.
    expect(count.reads).toBeLessThan(10);
    const finished = await engine.finished(job.id);
    expect(live).toEqual(await engine.jobs.events(finished, 2, 1_000));
  });
});
