import { expect, it } from 'vitest';
import { describeOnServer, describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';

describeOnStores('more jobs than the process has hands', (create) => {
  it('are all taken up as soon as hands are free', async () => {
    await using engine = await startEngine(await create(), { brief: async () => 'done' }, { concurrency: 2 });
    const began = performance.now();
    await engine.store.db.transaction().execute(async (trx) => {
      for (let count = 0; count < 30; count++)
        await engine.jobs.start(trx, { kind: 'SCRIPT', owner: OWNER, input: { do: 'brief' } });
    });
    await expect
      .poll(() => engine.jobs.count(OWNER, { statuses: ['COMPLETED'] }), { timeout: 60_000 })
      .toBe(30);
    // Polling alone would take 30 / 2 × 5 s.
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describeOnServer('several processes that begin together', (create) => {
  it('find or make the same empty queue', async () => {
    const database = await create();
    const work = { brief: async () => 'done' };
    const engines = await Promise.all(
      Array.from({ length: 3 }, () => startEngine(database, work, { drops: false })),
    );
    const { id } = await engines[0]!.start('brief');
    expect(await engines[2]!.finished(id)).toMatchObject({ status: 'COMPLETED' });
    await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
    await database.drop();
  });
});
