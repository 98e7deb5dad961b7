import { expect, it } from 'vitest';
import { InvalidInputError } from '../../src/errors.ts';
import { IdempotencyConflictError, SessionBusyError } from '../../src/jobs/index.ts';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { untilAborted } from './scripts.ts';

const idempotency = { mutation: 'startAnalysis', key: 'k-1' };

describeOnStores('a start with an idempotency key', (create) => {
  it('is one job, asked for twenty times at once', async () => {
    await using engine = await startEngine(await create(), { brief: async () => 'done' });
    const jobs = await Promise.all(Array.from({ length: 20 }, () => engine.start('brief', { idempotency })));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    expect(await engine.jobs.count(OWNER, {})).toBe(1);

    await engine.finished(jobs[0]!.id);
    expect(await engine.start('brief', { idempotency })).toMatchObject({
      id: jobs[0]!.id,
      status: 'COMPLETED',
    });
  });

  it('is the same job in a session that this very job keeps busy', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const sessionId = await engine.openSession();
    const jobs = await Promise.all(
      Array.from({ length: 20 }, () => engine.start('wait', { sessionId, idempotency })),
    );
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
  });

  it('is refused with other input, naming the job that has the key', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const job = await engine.start('wait', { idempotency, input: { do: 'wait', a: 1, b: { c: 2, d: 3 } } });
    const again = await engine.start('wait', { idempotency, input: { b: { d: 3, c: 2 }, a: 1, do: 'wait' } });
    expect(again.id).toBe(job.id);

    const other = engine.start('wait', { idempotency, input: { do: 'wait', a: 2 } });
    await expect(other).rejects.toThrow(IdempotencyConflictError);
    await expect(other).rejects.toMatchObject({ existingJob: { id: job.id } });
  });

  it('shares nothing with the same key of another owner or another mutation', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const jobs = [
      await engine.start('wait', { idempotency }),
      await engine.start('wait', { idempotency, owner: 'grace' }),
      await engine.start('wait', { idempotency: { ...idempotency, mutation: 'sendMessage' } }),
    ];
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(3);
  });

  it('can be repeated after it was rejected', async () => {
    await using engine = await startEngine(await create(), { wait: untilAborted });
    const sessionId = await engine.openSession();
    const active = await engine.start('wait', { sessionId });
    await expect(engine.start('wait', { sessionId, idempotency })).rejects.toThrow(SessionBusyError);

    await engine.jobs.cancel(OWNER, active.id);
    await engine.finished(active.id);
    const job = await engine.start('wait', { sessionId, idempotency });
    expect(job.id).not.toBe(active.id);
  });

  it('can use the key again when the job was deleted', async () => {
    await using engine = await startEngine(await create(), { brief: async () => 'done' });
    const first = await engine.start('brief', { idempotency });
    await engine.finished(first.id);
    await engine.jobs.delete(OWNER, first.id);
    expect((await engine.start('brief', { idempotency })).id).not.toBe(first.id);
  });

  it('is told what is wrong with a key that no database can keep', async () => {
    await using engine = await startEngine(await create(), {});
    for (const key of ['', 'x'.repeat(256), 'a\0b'])
      await expect(
        engine.start('brief', { idempotency: { mutation: 'startAnalysis', key } }),
      ).rejects.toThrow(InvalidInputError);
  });
});
