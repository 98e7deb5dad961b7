import { expect, it } from 'vitest';
import { RateLimitedError } from '../../src/errors.ts';
import { type Job, JobFailure, SessionBusyError } from '../../src/jobs/index.ts';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { untilAborted } from './scripts.ts';

describeOnStores('twenty starts at once in one session', (create) => {
  it('give one job, and nineteen are told which one keeps the session busy', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const sessionId = await engine.openSession();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => engine.start('wait', { sessionId })),
    );
    const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(started).toHaveLength(1);
    expect(refused).toHaveLength(19);
    for (const error of refused) {
      expect(error).toBeInstanceOf(SessionBusyError);
      expect(error.activeJob.id).toBe(started[0]!.id);
    }
    expect(await engine.jobs.count(OWNER, {})).toBe(1);
    await engine.jobs.cancel(OWNER, started[0]!.id);
    await engine.finished(started[0]!.id);
    expect(await engine.start('wait', { sessionId })).toMatchObject({ status: 'STARTED' });
  });

  it('run one after another, in order, where they may wait', async () => {
    let atOnce = 0;
    let most = 0;
    await using engine = await startEngine(await create(), {
      brief: async (run) => {
        most = Math.max(most, ++atOnce);
        await run.log('INFO', 'working');
        atOnce -= 1;
      },
    });
    const sessionId = await engine.openSession();
    const jobs = await Promise.all(
      Array.from({ length: 20 }, () => engine.start('brief', { sessionId, onBusy: 'ENQUEUE' })),
    );
    const ended = await Promise.all(jobs.map(({ id }) => engine.finished(id)));
    expect(ended.map(({ status }) => status)).toEqual(Array(20).fill('COMPLETED'));
    expect(most).toBe(1);

    const inOrder = ended.toSorted((a, b) => a.number - b.number);
    for (const [index, job] of inOrder.entries())
      if (index > 0)
        expect(job.startedAt!.getTime()).toBeGreaterThanOrEqual(
          inOrder[index - 1]!.finishedAt!.getTime() - 1,
        );
  });

  it('leave the last one where each cancels what is there', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const sessionId = await engine.openSession();
    const jobs: Job[] = await Promise.all(
      Array.from({ length: 20 }, () => engine.start('wait', { sessionId, onBusy: 'CANCEL_RUNNING' })),
    );
    const last = jobs.toSorted((a, b) => a.number - b.number).pop()!;
    for (const { id } of jobs)
      if (id !== last.id) expect(await engine.finished(id)).toMatchObject({ status: 'CANCELLED' });
    await expect
      .poll(() => engine.jobs.get(OWNER, last.id), { timeout: 60_000 })
      .toMatchObject({ status: 'RUNNING' });
  });
});

describeOnStores('a session that is busy', (create) => {
  it('is free again however its job ended', { timeout: 180_000 }, async () => {
    await using engine = await startEngine(
      await create(),
      {
        completes: async () => 1,
        fails: async () => {
          throw new JobFailure('SORRY', 'No.');
        },
        breaks: async () => {
          throw new Error('bug');
        },
        'times out': untilAborted,
        'is cancelled': untilAborted,
      },
      { timeoutMs: 700 },
    );
    const sessionId = await engine.openSession();
    const statuses: string[] = [];
    for (const what of ['completes', 'fails', 'breaks', 'times out', 'is cancelled']) {
      const job = await engine.start(what, { sessionId });
      if (what === 'is cancelled') await engine.jobs.cancel(OWNER, job.id);
      statuses.push((await engine.finished(job.id)).status);
    }
    expect(statuses).toEqual(['COMPLETED', 'FAILED', 'FAILED', 'FAILED', 'CANCELLED']);
    expect(await engine.store.db.selectFrom('lanes').select('job_id').execute()).toEqual([{ job_id: null }]);
  });

  it('holds up neither another session nor a job without one', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted, brief: async () => 'done' });
    await engine.start('wait', { sessionId: await engine.openSession() });
    const others = [
      await engine.start('brief', { sessionId: await engine.openSession() }),
      await engine.start('brief'),
      await engine.start('brief'),
    ];
    for (const { id } of others) expect(await engine.finished(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('lets a hundred jobs wait, and no more', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const sessionId = await engine.openSession();
    await engine.store.db.transaction().execute(async (trx) => {
      for (let count = 0; count < 101; count++)
        await engine.jobs.start(trx, {
          kind: 'SCRIPT',
          owner: OWNER,
          sessionId,
          input: { do: 'wait' },
          onBusy: 'ENQUEUE',
        });
    });
    await expect(engine.start('wait', { sessionId, onBusy: 'ENQUEUE' })).rejects.toThrow(RateLimitedError);
  });

  it('goes to the next that waits when one of those waiting was cancelled', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted, brief: async () => 'done' });
    const sessionId = await engine.openSession();
    const first = await engine.start('wait', { sessionId });
    const second = await engine.start('brief', { sessionId, onBusy: 'ENQUEUE' });
    const third = await engine.start('brief', { sessionId, onBusy: 'ENQUEUE' });
    expect(await engine.jobs.cancel(OWNER, second.id)).toMatchObject({ status: 'CANCELLED' });
    await engine.jobs.cancel(OWNER, first.id);
    expect(await engine.finished(third.id)).toMatchObject({ status: 'COMPLETED' });
  });
});
