import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import type { Orders } from '../support/engine-process.ts';
import { newFolder } from '../support/folders.ts';
import { TestProcess } from '../support/processes.ts';
import { createOnServer, describeOnServer, describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { door } from './scripts.ts';

describe.skipIf(inject('servers').postgres === null)('a worker process that was killed (Postgres)', () => {
  it('has its jobs taken up by another, and those that were being cancelled are over', async () => {
    const database = await createOnServer();
    const diary = join(newFolder(), 'diary');
    writeFileSync(diary, '');
    await using gateway = await startEngine(database, {}, { works: false, deadAfterMs: 700 });
    const orders = { databaseUrl: database.url, diary } satisfies Orders;

    const cancelled = await gateway.start('wait');
    await using first = new TestProcess('./engine-process.ts', orders);
    expect(await first.fact('running')).toBe(cancelled.id);
    // Stopped, it hears nothing more; then it dies.
    first.child.kill('SIGSTOP');
    expect(await gateway.jobs.cancel(OWNER, cancelled.id)).toMatchObject({ status: 'CANCELLING' });
    await first.kill();
    expect(await gateway.finished(cancelled.id)).toMatchObject({ status: 'CANCELLED' });

    const job = await gateway.start('wait');
    await using second = new TestProcess('./engine-process.ts', orders);
    expect(await second.fact('running')).toBe(job.id);
    await using third = new TestProcess('./engine-process.ts', orders);
    await third.fact('ready');
    await second.kill();
    expect(await third.fact('running')).toBe(job.id);
    expect(await gateway.jobs.get(OWNER, job.id)).toMatchObject({ status: 'RUNNING', attempt: 2 });
    await third.kill('SIGTERM');
    expect(await gateway.jobs.get(OWNER, job.id)).toMatchObject({ status: 'STARTED', attempt: 2 });
  });
});

describeOnServer('a database that cuts every connection while jobs run', (create) => {
  it('gets every job completed, no step executed twice once stored', { timeout: 180_000 }, async () => {
    const gates = Array.from({ length: 6 }, door);
    const executed = new Map<string, number>();
    await using engine = await startEngine(
      await create(),
      {
        steps: async (run) => {
          const index = Number((run.input as unknown as { index: number }).index);
          for (const step of ['one', 'two', 'three']) {
            await run.step(step, async () => {
              const key = `${index} ${step}`;
              executed.set(key, (executed.get(key) ?? 0) + 1);
              if (step === 'two') await gates[index]!.pass();
            });
            await run.text('out', step);
          }
          return index;
        },
      },
      { heartbeatMs: 100, concurrency: 6 },
    );
    const cut = () =>
      sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
      `.execute(engine.store.db);
    const jobs = await Promise.all(
      gates.map((_, index) =>
        engine.store.db
          .transaction()
          .execute((trx) =>
            engine.jobs.start(trx, { kind: 'SCRIPT', owner: OWNER, input: { do: 'steps', index } }),
          ),
      ),
    );
    const ends = jobs.map(({ id }) => engine.finished(id));
    // By then the first step of each is stored.
    await Promise.all(gates.map(({ reached }) => reached));
    for (const gate of gates) {
      await cut();
      gate.open();
      await cut().catch(() => {});
    }
    for (const end of ends) expect(await end).toMatchObject({ status: 'COMPLETED', error: null });
    for (const [index] of gates.entries()) expect(executed.get(`${index} one`)).toBe(1);
  });

  it('does not take the process down in the middle of a transaction', async () => {
    await using engine = await startEngine(await create(), {}, { works: false });
    const started = engine.store.db.transaction().execute(async (trx) => {
      await engine.jobs.start(trx, { kind: 'SCRIPT', owner: OWNER, input: {} });
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(engine.store.db);
      await expect
        .poll(async () => {
          const alive = await sql`select from pg_stat_activity where pid = ${rows[0]!.pid}`.execute(
            engine.store.db,
          );
          return alive.rows.length;
        })
        .toBe(0);
      await engine.jobs.start(trx, { kind: 'SCRIPT', owner: OWNER, input: {} });
    });
    await expect(started).rejects.toThrow();
    expect(await engine.jobs.count(OWNER, {})).toBe(0);
  });
});

describeOnStores('a job whose end could not be written', (create) => {
  it('is kept as an undelivered error, and taken up again', async () => {
    const gate = door();
    let runs = 0;
    await using engine = await startEngine(
      await create(),
      {
        brief: async () => {
          if (++runs === 1) await gate.pass();
          return runs;
        },
      },
      { heartbeatMs: 50 },
    );
    const job = await engine.start('brief');
    await gate.reached;
    // The database refuses this end as it would while it shuts down.
    await sql`
      create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'shutting down' using errcode = '57P01'; end $$
    `.execute(engine.store.db);
    await sql`
      create trigger refusal before update on jobs for each row when (new.finished_at is not null)
      execute function refuse()
    `.execute(engine.store.db);
    gate.open();
    await expect.poll(() => engine.jobs.undelivered.list(OWNER, 10)).not.toEqual([]);
    await sql`drop trigger refusal on jobs`.execute(engine.store.db);

    expect(await engine.finished(job.id)).toMatchObject({ status: 'COMPLETED' });
    const [error] = await engine.jobs.undelivered.list(OWNER, 1);
    expect(error).toMatchObject({ jobId: job.id, message: 'shutting down' });
  });
});
