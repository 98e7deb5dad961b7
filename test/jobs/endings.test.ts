import { pino } from 'pino';
import { expect, it } from 'vitest';
import { JobFailure } from '../../src/jobs/index.ts';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { untilAborted } from './scripts.ts';

describeOnStores('a job that cannot complete', (create) => {
  it('has FAILED and may be tried again when it took too long', async () => {
    await using engine = await startEngine(
      await create(),
      { slow: (run) => run.step('think', () => untilAborted(run)) },
      { timeoutMs: 100 },
    );
    expect(await engine.finished((await engine.start('slow')).id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'TIMEOUT', step: 'think', retryable: true },
    });
  });

  it('says in its own words what went wrong, and where', async () => {
    await using engine = await startEngine(await create(), {
      picky: (run) =>
        run.step('read', async () => {
          throw new JobFailure('BAD_FILE', 'Line 3 is\0 empty.', { retryable: true });
        }),
    });
    expect(await engine.finished((await engine.start('picky')).id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'BAD_FILE', message: 'Line 3 is\uFFFD empty.', step: 'read', retryable: true },
    });
  });

  it('hides an unexpected error behind an id, which the log explains once', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
    await using engine = await startEngine(
      await create(),
      {
        buggy: async () => {
          throw new Error('password is 1234');
        },
      },
      { log },
    );
    const { error } = await engine.finished((await engine.start('buggy')).id);
    expect(error).toMatchObject({ code: 'INTERNAL', retryable: false });
    const [, id] = /(error_\w+)/.exec(error?.message ?? '') ?? [];
    expect(lines.filter((line) => line.includes(String(id)))).toHaveLength(1);
    expect(lines[0]).toContain('password is 1234');
  });

  it('has FAILED when no database can keep its output', async () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    let runs = 0;
    await using engine = await startEngine(
      await create(),
      {
        cyclic: async () => {
          runs += 1;
          return cycle;
        },
        'big integer': async () => ({ big: 10n }),
        'step of big integer': (run) => run.step('count', async () => 10n),
      },
      { heartbeatMs: 50 },
    );
    for (const what of ['cyclic', 'big integer', 'step of big integer'])
      expect(await engine.finished((await engine.start(what)).id)).toMatchObject({
        status: 'FAILED',
        error: { code: 'INTERNAL' },
      });
    expect(runs).toBe(1);
  });

  it('survives work that does not listen to its own failures', async () => {
    await using engine = await startEngine(await create(), {
      careless: async (run) => {
        const writing = setInterval(() => void run.text('out', 'more'), 1);
        await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setImmediate(resolve));
        void run.text('out', 'after the end');
        void run.progress(1, 2, 'after the end');
        clearInterval(writing);
      },
    });
    const job = await engine.start('careless');
    await expect.poll(async () => (await engine.jobs.get(OWNER, job.id)).lastSeq).toBeGreaterThan(3);
    await engine.jobs.cancel(OWNER, job.id);
    expect(JSON.stringify(await engine.log(job.id))).not.toContain('after the end');
  });
});
