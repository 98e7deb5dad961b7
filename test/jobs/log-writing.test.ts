import { expect, it } from 'vitest';
import { AttemptStopped, type JobEvent } from '../../src/jobs/index.ts';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';
import { door } from './scripts.ts';

const texts = (log: JobEvent[], stream: string) =>
  log.flatMap((event) => (event.type === 'JobTextAppended' && event.stream === stream ? [event] : []));

/** Each piece begins where the one before it ended. */
function joined(log: JobEvent[], stream: string): string {
  let text = '';
  for (const event of texts(log, stream)) {
    expect(event.offset).toBe(text.length);
    text += event.text;
  }
  return text;
}

describeOnStores('work that writes much at once', (create) => {
  it('finds all of it in the log, without a gap, in the order it was written', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index}\n`);
    await using engine = await startEngine(await create(), {
      // A producer that does not wait for the database.
      hasty: async (run) => {
        for (const line of lines) void run.text('out', line);
        for (let part = 0; part < 600; part++) void run.log('INFO', `part ${part}`);
      },
      parallel: async (run) => {
        const streams = Array.from({ length: 20 }, async (_, stream) => {
          for (let word = 0; word < 20; word++) await run.text(`stream ${stream}`, `word ${word} `);
        });
        await Promise.all(streams);
      },
    });
    const hasty = await engine.log((await engine.start('hasty')).id);
    expect(joined(hasty, 'out')).toBe(lines.join(''));
    expect(texts(hasty, 'out').length).toBeLessThan(100);
    const parts = hasty.flatMap((event) => (event.type === 'JobLogged' ? [event.message] : []));
    expect(parts).toEqual(Array.from({ length: 600 }, (_, part) => `part ${part}`));

    const parallel = await engine.log((await engine.start('parallel')).id);
    const words = Array.from({ length: 20 }, (_, word) => `word ${word} `).join('');
    for (let stream = 0; stream < 20; stream++) expect(joined(parallel, `stream ${stream}`)).toBe(words);
    for (const log of [hasty, parallel])
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  });

  it('keeps the order of a text that is longer than a batch', async () => {
    const long = 'x'.repeat(2_500_000);
    await using engine = await startEngine(await create(), {
      hasty: async (run) => {
        for (let part = 0; part < 3; part++) void run.text('out', `${part}${long}`);
        await run.text('out', 'end');
      },
    });
    const log = await engine.log((await engine.start('hasty')).id);
    expect(joined(log, 'out') === `0${long}1${long}2${long}end`).toBe(true);
  });

  it('cuts long text between characters only', async () => {
    const smiles = `a${'😀'.repeat(40_000)}`;
    await using engine = await startEngine(await create(), { smile: (run) => run.text('out', smiles) });
    const log = await engine.log((await engine.start('smile')).id);
    expect(texts(log, 'out').length).toBeGreaterThan(4);
    for (const { text } of texts(log, 'out')) expect(text.isWellFormed()).toBe(true);
    expect(joined(log, 'out') === smiles).toBe(true);
  });

  it('keeps text that Postgres refuses, with a replacement for what it refuses', async () => {
    const odd = 'a\0b\uD800c';
    await using engine = await startEngine(await create(), {
      odd: async (run) => {
        await run.text('out', odd);
        await run.log('WARN', odd);
        await run.progress(1, 1, odd);
        return { said: await run.step('say', async () => ({ [odd]: odd })), input: run.input };
      },
    });
    const job = await engine.start('odd', { input: { do: 'odd', odd } });
    const log = await engine.log(job.id);
    const kept = 'a\uFFFDb\uFFFDc';
    expect(joined(log, 'out')).toBe(kept);
    expect(log).toContainEqual(expect.objectContaining({ type: 'JobLogged', message: kept }));
    const done = await engine.jobs.get(OWNER, job.id);
    expect(done).toMatchObject({ status: 'COMPLETED', progress: { message: kept }, input: { odd: kept } });
    expect(await engine.jobs.output(done)).toMatchObject({ said: { [kept]: kept } });
  });
});

describeOnStores('an attempt whose job was given to somebody else', (create) => {
  it('is told so, ends, and leaves nothing in the log', async () => {
    const gate = door();
    const refusals: unknown[] = [];
    let reason: unknown;
    await using engine = await startEngine(
      await create(),
      {
        stubborn: async (run) => {
          await run.text('out', 'mine');
          await gate.pass();
          for (const write of [
            () => run.log('INFO', 'late'),
            () => run.used({ inputTokens: 1, outputTokens: 1, modelCalls: 1 }),
            () => run.step('late', async () => 1),
            () => run.text('out', 'late'),
          ])
            await write().catch((error: unknown) => refusals.push(error));
          reason = run.signal.reason;
          return 'late';
        },
      },
      { heartbeatMs: 60_000 },
    );
    const job = await engine.start('stubborn');
    await gate.reached;
    await engine.store.db
      .updateTable('jobs')
      .set({ worker: 'worker_another', attempt: 2 })
      .where('id', '=', job.id)
      .execute();
    gate.open();
    await expect.poll(() => reason).toBeInstanceOf(AttemptStopped);
    expect(refusals).toHaveLength(4);
    for (const refusal of refusals) expect(refusal).toMatchObject({ reason: 'superseded' });

    const log = await engine.jobs.events(job, 0, 100);
    expect(JSON.stringify(log)).not.toContain('late');
    expect(await engine.jobs.get(OWNER, job.id)).toMatchObject({
      status: 'RUNNING',
      lastSeq: log.length,
      usage: { modelCalls: 0 },
    });
  });

  it('hears of it at the next heartbeat, though it writes nothing', async () => {
    const gate = door();
    await using engine = await startEngine(
      await create(),
      {
        silent: async (run) => {
          void gate.pass();
          await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
          gate.open();
        },
      },
      { heartbeatMs: 50 },
    );
    const job = await engine.start('silent');
    await gate.reached;
    await engine.store.db.deleteFrom('jobs').where('id', '=', job.id).execute();
    await gate.pass();
  });
});
