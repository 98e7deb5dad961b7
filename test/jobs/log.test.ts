import { expect, it } from 'vitest';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';

describeOnStores('the log of a job', (create) => {
  it('tells the story from acceptance to the end, numbered without a gap', async () => {
    await using engine = await startEngine(await create(), {
      report: async (run) => {
        await run.progress(1, 2, 'Reading…');
        const rows = await run.step('read', async () => [1, 2, 3]);
        await run.progress(2, 2, 'Writing…');
        await run.text('report', 'Three ');
        await run.text('report', 'rows.');
        await run.log('INFO', 'almost there');
        return { rows: rows.length };
      },
    });
    const job = await engine.start('report');
    const log = await engine.log(job.id);

    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    expect(log).toMatchObject([
      { type: 'JobStatusChanged', status: 'STARTED', jobId: job.id },
      { type: 'JobStatusChanged', status: 'RUNNING' },
      { type: 'JobProgressed', progress: { step: 1, total: 2, message: 'Reading…' } },
      { type: 'JobStepCompleted', step: 'read' },
      { type: 'JobProgressed', progress: { step: 2, total: 2, message: 'Writing…' } },
      { type: 'JobTextAppended', stream: 'report', offset: 0, text: 'Three ' },
      { type: 'JobTextAppended', stream: 'report', offset: 6, text: 'rows.' },
      { type: 'JobLogged', level: 'INFO', message: 'almost there' },
      { type: 'JobStatusChanged', status: 'COMPLETED' },
      { type: 'JobFinished' },
    ]);
    const done = await engine.jobs.get(OWNER, job.id);
    expect(done).toMatchObject({ status: 'COMPLETED', attempt: 1, lastSeq: log.length });
    expect(await engine.jobs.output(done)).toEqual({ rows: 3 });
  });
});
