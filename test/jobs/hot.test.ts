import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HotJobs } from '../../src/jobs/hot.ts';
import { announceGone, append } from '../../src/jobs/log.ts';
import { JobReader } from '../../src/jobs/reader.ts';
import { sighted } from '../../src/jobs/sightings.ts';
import { openEmbedded } from '../../src/store/embedded.ts';
import type { Db, Store } from '../../src/store/index.ts';
import { silent } from '../support/stores.ts';

const ID = 'job_01jd0000000000000000000000';
const OWNER = 'ada';

let store: Store;
beforeAll(async () => {
  store = await openEmbedded({ dataDir: 'memory:', log: silent });
});
afterAll(() => store.close());

/** Answers that come when the test lets them, of questions that were asked when they were asked. */
class Gate {
  readonly #held: (() => void)[] = [];
  open = true;
  statements = 0;

  behind(db: Db): Db {
    return db.withPlugin({
      transformQuery: ({ node }) => {
        this.statements += 1;
        return node;
      },
      transformResult: async ({ result }) => {
        if (!this.open) await new Promise<void>((resolve) => this.#held.push(resolve));
        return result;
      },
    });
  }

  get waiting(): number {
    return this.#held.length;
  }

  release(which: 'oldest' | 'newest'): void {
    (which === 'oldest' ? this.#held.shift() : this.#held.pop())?.();
  }

  releaseAll(): void {
    this.open = true;
    for (const go of this.#held.splice(0)) go();
  }
}

let gate: Gate;
let clock: number;
let hear: (jobId: string | null, seq: number) => void;
let hot: HotJobs;
beforeEach(async () => {
  await sql`truncate jobs cascade`.execute(store.db);
  await store.db
    .insertInto('jobs')
    .values({ id: ID, owner: OWNER, kind: 'SCRIPT', status: 'STARTED', input: '{}' } as never)
    .execute();
  gate = new Gate();
  clock = 0;
  const watch = (onChange: typeof hear) => {
    hear = onChange;
    return () => {};
  };
  hot = new HotJobs(gate.behind(store.db), { watch, hears: true }, () => clock);
  return () => hot.stop();
});

const load = async (owner = OWNER) => (await hot.findMany(owner, [ID]))[0];
const write = () =>
  append(store.db, { jobId: ID, events: [{ type: 'JobLogged', level: 'INFO', message: '' }] });
/** As another process does: nobody here knows. */
const writeElsewhere = async () => {
  const { rows } = await sql<{ last_seq: number }>`
    update jobs set last_seq = last_seq + 1 where id = ${ID} returning last_seq
  `.execute(store.db);
  return rows[0]!.last_seq;
};

describe('a job that is asked for over and over', () => {
  it('is read again behind the commit of a write that was known of before', async () => {
    await load();
    sighted(ID, 1, true);
    gate.open = false;
    const before = load();
    await expect.poll(() => gate.waiting).toBe(1);
    await writeElsewhere();
    hear(ID, 1);
    const behind = load();
    gate.releaseAll();
    expect(await before).toMatchObject({ lastSeq: 0 });
    expect(await behind).toMatchObject({ lastSeq: 1 });
  });

  it('is read once', async () => {
    for (let time = 0; time < 10; time++) expect((await load())?.id).toBe(ID);
    expect(hot.peek(OWNER, ID)?.id).toBe(ID);
    expect(gate.statements).toBe(1);
  });

  it('is read once for all who ask at the same time', async () => {
    await Promise.all([load(), load(), load('bob')]);
    expect(gate.statements).toBe(1);
  });

  it('is read again after a second, whoever says nothing', async () => {
    await load();
    const seq = await writeElsewhere();
    clock = 999;
    expect((await load())?.lastSeq).toBe(0);
    clock = 1_000;
    expect((await load())?.lastSeq).toBe(seq);
  });

  it('is read again by those who ask more than a second after a slow read began', async () => {
    gate.open = false;
    const asked = load();
    await expect.poll(() => gate.statements).toBe(1);
    clock = 1_000;
    const late = load();
    await expect.poll(() => gate.statements).toBe(2);
    gate.releaseAll();
    await Promise.all([asked, late]);
  });

  it('is nobody else’s', async () => {
    await load();
    expect(hot.peek('bob', ID)).toBeUndefined();
    expect(await load('bob')).toBeUndefined();
  });

  it('is read again where notifications may have been missed', async () => {
    await load();
    const seq = await writeElsewhere();
    hear(null, 0);
    expect((await load())?.lastSeq).toBe(seq);
  });

  it('is not kept where its input is large', async () => {
    await sql`update jobs set input = ${JSON.stringify('x'.repeat(20_000))}::jsonb where id = ${ID}`.execute(
      store.db,
    );
    await load();
    await load();
    expect(gate.statements).toBe(2);
  });
});

describe('a job that this process changes', () => {
  it('is never seen as it was before, once the write is told', async () => {
    await load();
    const seq = await write();
    expect((await load())?.lastSeq).toBe(seq);
  });

  it('is not kept between a write and its commit', async () => {
    await load();
    const seq = await write();
    // A row from before the commit, as a connection beside the transaction sees it.
    await sql`update jobs set last_seq = ${seq! - 1} where id = ${ID}`.execute(store.db);
    await load();
    await sql`update jobs set last_seq = ${seq} where id = ${ID}`.execute(store.db);
    expect((await load())?.lastSeq).toBe(seq);
    hear(ID, seq!);
    await load();
    const before = gate.statements;
    await load();
    expect(gate.statements).toBe(before);
  });

  it('is gone with its deletion, heard of or not', async () => {
    await load();
    await announceGone(store.db, [ID]);
    await sql`delete from jobs where id = ${ID}`.execute(store.db);
    expect(await load()).toBeUndefined();
  });
});

describe('reads, writes and notifications in any order', () => {
  const steps = fc.array(
    fc.constantFrom('write', 'elsewhere', 'hear', 'ask', 'oldest', 'newest', 'list', 'tick', 'peek'),
    { minLength: 3, maxLength: 25 },
  );

  it('never show a job older than it was shown before', async () => {
    const reader = new JobReader(store.db);
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const asked: Promise<void>[] = [];
        const unheard: number[] = [];
        let shown = (await reader.get(OWNER, ID))!.lastSeq;
        gate.open = false;
        for (const step of given) {
          if (step === 'write') shown = (await write())!;
          if (step === 'elsewhere') unheard.push(await writeElsewhere());
          if (step === 'hear' && unheard.length > 0) {
            shown = Math.max(shown, unheard[0]!);
            hear(ID, unheard.shift()!);
          }
          if (step === 'list') shown = (await reader.list(OWNER, {}, 1)).jobs[0]!.lastSeq;
          if (step === 'tick') clock += 600;
          if (step === 'oldest' || step === 'newest') {
            gate.release(step);
            await new Promise((resolve) => setImmediate(resolve));
          }
          if (step === 'peek') {
            const job = hot.peek(OWNER, ID);
            if (job) expect(job.lastSeq).toBeGreaterThanOrEqual(shown);
            shown = Math.max(shown, job?.lastSeq ?? 0);
          }
          if (step === 'ask') {
            const floor = shown;
            asked.push(
              load().then((job) => {
                expect(job!.lastSeq).toBeGreaterThanOrEqual(floor);
                shown = Math.max(shown, job!.lastSeq);
              }),
            );
            await reader.get(OWNER, ID).then((job) => {
              shown = Math.max(shown, job!.lastSeq);
            });
          }
        }
        gate.releaseAll();
        await Promise.all(asked);
        expect((await load())!.lastSeq).toBeGreaterThanOrEqual(shown);
      }),
      { numRuns: 150 },
    );
  });
});
