import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';

describeOnStores('undelivered errors', (create) => {
  it('are listed newest first, for their owner only, and cleared with their number', async () => {
    await using engine = await startEngine(await create(), {}, { works: false });
    const { undelivered } = engine.jobs;
    for (const message of ['first', 'sec\0ond', 'third'])
      await undelivered.keep({ owner: OWNER, sessionId: null, jobId: null, cause: new Error(message) });
    await undelivered.keep({ owner: 'grace', sessionId: null, jobId: null, cause: 'a text' });
    expect((await undelivered.list(OWNER, 2)).map(({ message }) => message)).toEqual([
      'third',
      'sec\uFFFDond',
    ]);
    expect(await undelivered.clear(OWNER)).toBe(3);
    expect(await undelivered.clear(OWNER)).toBe(0);
    expect(await undelivered.list('grace', 5)).toHaveLength(1);
  });

  it('wait in memory while the database is away', async () => {
    await using engine = await startEngine(await create(), {}, { works: false });
    const { undelivered } = engine.jobs;
    await sql`alter table undelivered_errors rename to away`.execute(engine.store.db);
    for (const message of ['first', 'second'])
      await undelivered.keep({ owner: OWNER, sessionId: null, jobId: null, cause: new Error(message) });
    await sql`alter table away rename to undelivered_errors`.execute(engine.store.db);
    await undelivered.flush();
    expect((await undelivered.list(OWNER, 5)).map(({ message }) => message)).toEqual(['second', 'first']);
  });
});
