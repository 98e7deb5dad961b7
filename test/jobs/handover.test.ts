import { expect, it } from 'vitest';
import { describeOnServer, describeOnStores } from '../support/stores.ts';
import { OWNER, type Script, startEngine } from './engine.ts';
import { untilAborted } from './scripts.ts';

/** Waits in its second step the first time, and completes the second time. */
function twoPart(): Script & { executed: string[] } {
  const executed: string[] = [];
  return Object.assign(
    {
      both: async (run) => {
        const first = await run.step('first', async () => executed.push('first'));
        await run.text('out', 'hello ');
        await run.step('second', async () => {
          executed.push('second');
          if (run.job.attempt === 1) await untilAborted(run);
        });
        await run.text('out', 'world');
        return first;
      },
    } satisfies Script,
    { executed },
  ) as unknown as Script & { executed: string[] };
}

describeOnStores('a process that is told to stop', (create) => {
  it('gives its jobs back at once, and the next one goes on behind the last step', async () => {
    const database = await create();
    const script = twoPart();
    await using first = await startEngine(database, script, { graceMs: 10_000 });
    const job = await first.start('both');
    await expect.poll(() => script.executed).toEqual(['first', 'second']);
    const began = performance.now();
    await first.engine.stop();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await first.jobs.get(OWNER, job.id)).toMatchObject({ status: 'STARTED', attempt: 1 });

    // The same store: an embedded one in memory cannot be opened twice.
    const again = { open: async () => ({ ...first.store, close: async () => {} }), drop: async () => {} };
    await using second = await startEngine(again, script);
    expect(await second.finished(job.id)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect(script.executed).toEqual(['first', 'second', 'second']);
    const row = await first.store.db.selectFrom('jobs').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ crashes: 0, output: 1, worker: null });

    const text = (await second.log(job.id)).flatMap((event) =>
      event.type === 'JobTextAppended' ? [[event.offset, event.text]] : [],
    );
    // The stream begins again with the attempt.
    expect(text).toEqual([
      [0, 'hello '],
      [0, 'hello '],
      [6, 'world'],
    ]);
  });
});

describeOnServer('a fleet that is replaced one process after another', (create) => {
  it('loses no job', { timeout: 180_000 }, async () => {
    const database = await create();
    const work: Script = {
      brief: async (run) => {
        await run.step('only', async () => run.log('INFO', 'working'));
        return 'done';
      },
    };
    await using gateway = await startEngine(database, work, { works: false });
    const jobs: string[] = [];
    let worker = await startEngine(database, work, { drops: false });
    for (let generation = 0; generation < 5; generation++) {
      for (let count = 0; count < 12; count++) jobs.push((await gateway.start('brief')).id);
      const next = await startEngine(database, work, { drops: false });
      await worker[Symbol.asyncDispose]();
      worker = next;
    }
    await using _ = worker;
    await expect
      .poll(() => gateway.jobs.count(OWNER, { statuses: ['COMPLETED'] }), { timeout: 180_000 })
      .toBe(jobs.length);
  });
});
