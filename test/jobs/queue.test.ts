import { expect, it } from 'vitest';
import { describeOnStores } from '../support/stores.ts';
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
