import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Job } from '../../src/jobs/index.ts';
import { describeOnServer, describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { untilAborted } from './scripts.ts';

describeOnStores('watching an owner’s jobs', (create) => {
  it('tells those that match now, then each as it changes, ending with its newest state', async () => {
    await using engine = await startEngine(await create(), { brief: async () => 'done', wait: untilAborted });
    const sessionId = await engine.openSession();
    const old = await engine.finished((await engine.start('brief', { sessionId })).id);
    await engine.start('brief', { sessionId: await engine.openSession() });

    const leaving = new AbortController();
    const told: Job[] = [];
    const watching = (async () => {
      for await (const job of engine.jobs.changes(OWNER, { sessionId }, leaving.signal)) told.push(job);
    })();
    await expect.poll(() => told.map(({ id }) => id)).toEqual([old.id]);

    const fresh = await engine.start('wait', { sessionId });
    await engine.start('brief', { owner: 'grace' });
    await engine.jobs.cancel(OWNER, fresh.id);
    await expect.poll(() => told.at(-1)).toMatchObject({ id: fresh.id, status: 'CANCELLED' });
    for (const { id } of told) expect([old.id, fresh.id]).toContain(id);
    const states = told.filter(({ id }) => id === fresh.id).map(({ lastSeq }) => lastSeq);
    expect(states).toEqual(states.toSorted((a, b) => a - b));

    leaving.abort();
    await watching;
    expect(engine.jobs.subscribers).toBe(0);
  });

  it('tells a slow watcher each job’s newest state, however many there are', async () => {
    await using engine = await startEngine(await create(), {}, { works: false });
    const leaving = new AbortController();
    const watching = engine.jobs.changes(OWNER, {}, leaving.signal);
    const first = await engine.start('wait');
    expect(await watching.next()).toMatchObject({ value: { id: first.id } });

    await sql`
      with many as (
        insert into jobs (id, owner, kind, status, input)
        select 'job_' || place, ${OWNER}, 'SCRIPT', 'STARTED', '{}' from generate_series(1, 1500) as place
        returning id
      )
      select pg_notify('signalbox_events', id || ' 1') from many
    `.execute(engine.store.db);
    const last = await engine.start('wait');
    await engine.jobs.cancel(OWNER, last.id);
    const told = new Map<string, Job>();
    for await (const job of watching) {
      if (job.id !== first.id) told.set(job.id, job);
      if (told.size === 1_501 && told.get(last.id)?.status === 'CANCELLED') leaving.abort();
    }
  });
});

describeOnServer('watchers whose process lost its listening connection', (create) => {
  it('are told of jobs that changed unheard, of old ones too, and of no others', async () => {
    await using engine = await startEngine(await create(), {}, { works: false });
    const old = await engine.start('wait');
    await sql`
      insert into jobs (id, owner, kind, status, input, finished_at)
      select 'job_' || place, ${OWNER}, 'SCRIPT', 'COMPLETED', '{}', now() - interval '1 day'
      from generate_series(1, 150) as place
    `.execute(engine.store.db);
    const newest = await engine.start('wait');
    const leaving = new AbortController();
    const watching = engine.jobs.changes(OWNER, {}, leaving.signal);
    for (let count = 0; count < 100; count++) await watching.next();

    // As where notifications get lost: nobody hears of either.
    await engine.store.db
      .updateTable('jobs')
      .set({ status: 'CANCELLED', finished_at: new Date() })
      .where('id', 'in', [old.id, newest.id])
      .execute();
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'signalbox listener'
    `.execute(engine.store.db);
    const told = new Map<string, string>();
    const tellUntil = async (over: () => boolean) => {
      while (!over()) {
        const { value } = await watching.next();
        told.set(value.id, value.status);
      }
    };
    await tellUntil(() => told.get(old.id) === 'CANCELLED' && told.get(newest.id) === 'CANCELLED');
    const fresh = await engine.start('wait');
    await tellUntil(() => told.has(fresh.id));
    expect([...told.keys()].toSorted()).toEqual([old.id, newest.id, fresh.id].toSorted());
    leaving.abort();
  });
});
