import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnServer, describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { door, untilAborted } from './scripts.ts';

describeOnStores('cancelling a job', (create) => {
  it('ends one that waits for a worker at once', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted }, { works: false });
    const job = await engine.start('wait');
    expect(await engine.jobs.cancel(OWNER, job.id)).toMatchObject({ status: 'CANCELLED', attempt: 0 });
    expect(
      (await engine.log(job.id)).map((event) => ('status' in event ? event.status : event.type)),
    ).toEqual(['STARTED', 'CANCELLED', 'JobFinished']);
  });

  it('reaches one that runs, and discards what it says afterwards', async () => {
    const gate = door();
    await using engine = await startEngine(await create(), {
      talk: async (run) => {
        await run.text('out', 'before');
        void gate.pass();
        await untilAborted(run).catch(() => {});
        await run.text('out', 'after').catch(() => {});
        return 'finished all the same';
      },
    });
    const job = await engine.start('talk');
    await gate.reached;
    expect(await engine.jobs.cancel(OWNER, job.id)).toMatchObject({ status: /CANCELL(ING|ED)/ });
    const log = await engine.log(job.id);
    expect(log.flatMap((event) => ('status' in event ? [event.status] : []))).toEqual([
      'STARTED',
      'RUNNING',
      'CANCELLING',
      'CANCELLED',
    ]);
    expect(JSON.stringify(log)).not.toContain('after');
    const done = await engine.jobs.get(OWNER, job.id);
    expect(done).toMatchObject({ status: 'CANCELLED', error: null });
    expect(done.cancelRequestedAt).toBeInstanceOf(Date);
    expect(await engine.jobs.output(done)).toBeNull();
  });

  it('changes nothing the second time, nor when the job is over', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted, brief: async () => 'done' });
    const waiting = await engine.start('wait');
    await Promise.all(Array.from({ length: 10 }, () => engine.jobs.cancel(OWNER, waiting.id)));
    const log = await engine.log(waiting.id);
    expect(
      log.filter((event) => 'status' in event && event.status.startsWith('CANCELL')).length,
    ).toBeLessThan(3);

    const done = await engine.finished((await engine.start('brief')).id);
    expect(await engine.jobs.cancel(OWNER, done.id)).toEqual(done);
  });

  it('leaves work behind that does not listen, and lets it write nothing', async () => {
    const gate = door();
    const refusal = Promise.withResolvers<unknown>();
    await using engine = await startEngine(
      await create(),
      {
        deaf: async (run) => {
          await gate.pass();
          await run.log('INFO', 'late').catch(refusal.resolve);
        },
      },
      { graceMs: 50 },
    );
    const job = await engine.start('deaf');
    await gate.reached;
    await engine.jobs.cancel(OWNER, job.id);
    expect(await engine.finished(job.id)).toMatchObject({ status: 'CANCELLED' });
    gate.open();
    expect(await refusal.promise).toMatchObject({ reason: 'superseded' });
    expect(JSON.stringify(await engine.log(job.id))).not.toContain('late');
  });

  it('ends in exactly one way where it races with completion', async () => {
    await using engine = await startEngine(
      await create(),
      {
        brief: async (run) => {
          await run.log('INFO', 'working');
          return 'done';
        },
      },
      { concurrency: 8 },
    );
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 8, maxLength: 8 }),
        async (turns) => {
          await Promise.all(
            turns.map(async (pause) => {
              const job = await engine.start('brief');
              for (let turn = 0; turn < pause; turn++) await engine.jobs.get(OWNER, job.id);
              await engine.jobs.cancel(OWNER, job.id);
              const log = await engine.log(job.id);
              const done = await engine.jobs.get(OWNER, job.id);
              ends.add(done.status);
              expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
              expect(log.filter(({ type }) => type === 'JobFinished')).toHaveLength(1);
              expect(log.at(-2)).toMatchObject({ type: 'JobStatusChanged', status: done.status });
              expect(await engine.jobs.output(done)).toBe(done.status === 'COMPLETED' ? 'done' : null);
            }),
          );
        },
      ),
      { numRuns: 12 },
    );
    expect([...ends].filter((status) => status !== 'COMPLETED' && status !== 'CANCELLED')).toEqual([]);
  });
});

describeOnServer('cancelling from another process', (create) => {
  it('reaches the worker', async () => {
    const database = await create();
    await using gateway = await startEngine(database, {}, { works: false });
    await using worker = await startEngine(database, { wait: untilAborted }, { drops: false });
    const job = await gateway.start('wait');
    await expect.poll(() => gateway.jobs.get(OWNER, job.id)).toMatchObject({ status: 'RUNNING' });
    await gateway.jobs.cancel(OWNER, job.id);
    expect(await gateway.finished(job.id)).toMatchObject({ status: 'CANCELLED' });
    expect(worker.jobs.subscribers).toBe(0);
  });
});
