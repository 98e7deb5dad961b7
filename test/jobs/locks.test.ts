import { expect, it } from 'vitest';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';

describeOnStores('starting jobs in a session while its jobs end', (create) => {
  it('does not deadlock', async () => {
    await using engine = await startEngine(
      await create(),
      { brief: async (run) => run.log('INFO', 'x') },
      { concurrency: 8 },
    );
    const sessionId = await engine.openSession();
    const jobs = await Promise.all(
      Array.from({ length: 60 }, () =>
        engine.store.db.transaction().execute(async (trx) => {
          await trx
            .selectFrom('sessions')
            .select('id')
            .where('id', '=', sessionId)
            .forNoKeyUpdate()
            .execute();
          return engine.jobs.start(trx, {
            kind: 'SCRIPT',
            owner: OWNER,
            sessionId,
            input: { do: 'brief' },
            onBusy: 'ENQUEUE',
          });
        }),
      ),
    );
    for (const { id } of jobs) expect(await engine.finished(id)).toMatchObject({ status: 'COMPLETED' });
    expect(await engine.jobs.undelivered.list(OWNER, 5)).toEqual([]);
  });
});

describeOnStores('deleting a session whose jobs are ending', (create) => {
  it('neither deadlocks nor leaves an undelivered error', async () => {
    await using engine = await startEngine(
      await create(),
      { brief: async (run) => run.log('INFO', 'x') },
      { concurrency: 8 },
    );
    for (let round = 0; round < 5; round++) {
      const sessions = await Promise.all(Array.from({ length: 8 }, () => engine.openSession()));
      await Promise.all(
        sessions.map(async (sessionId, index) => {
          for (let count = 0; count < 3; count++)
            await engine.start('brief', { sessionId, onBusy: 'ENQUEUE' });
          for (let turn = 0; turn < index; turn++) await engine.jobs.count(OWNER, {});
          await engine.store.db.transaction().execute(async (trx) => {
            await trx
              .selectFrom('sessions')
              .select('id')
              .where('id', '=', sessionId)
              .forNoKeyUpdate()
              .execute();
            await engine.jobs.announceGoneWith(trx, sessionId);
            await trx.deleteFrom('sessions').where('id', '=', sessionId).execute();
          });
        }),
      );
    }
    await engine.engine.stop();
    expect(await engine.jobs.undelivered.list(OWNER, 5)).toEqual([]);
    expect(await engine.store.db.selectFrom('jobs').select('id').execute()).toEqual([]);
    expect(await engine.store.db.selectFrom('lanes').select('name').execute()).toEqual([]);
  });
});
