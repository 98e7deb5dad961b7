import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import type { Orders } from '../support/engine-process.ts';
import { TestProcess } from '../support/processes.ts';
import { describeOnStores, silent } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';

describeOnStores('a start that was rolled back', (create) => {
  it('leaves nothing behind', async () => {
    await using engine = await startEngine(await create(), {});
    const sessionId = await engine.openSession();
    const rolledBack = engine.store.db.transaction().execute(async (trx) => {
      await engine.jobs.start(trx, {
        kind: 'SCRIPT',
        owner: OWNER,
        sessionId,
        input: {},
        idempotency: { mutation: 'startAnalysis', key: 'k' },
      });
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    for (const table of ['jobs', 'job_events', 'idempotency_keys', 'lanes', 'signalbox_queue.job'])
      expect((await sql`select * from ${sql.table(table)}`.execute(engine.store.db)).rows, table).toEqual([]);
  });
});

describe('an embedded process that is killed again and again', () => {
  it('has lost no job that it acknowledged', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-kill-'));
    const diary = join(dataDir, 'diary');
    writeFileSync(diary, '');
    const acknowledged: string[] = [];
    for (let life = 0; life < 3; life++) {
      await using process = new TestProcess('./engine-process.ts', {
        dataDir,
        diary,
        startForEver: true,
      } satisfies Orders);
      await process.atLeast(30 + 17 * life);
      await process.kill();
      acknowledged.push(...process.facts.flatMap((fact) => fact.match(/^started (job_\w{26})$/)?.[1] ?? []));
    }
    const store = await openStore({ dataDir, log: silent });
    const stored = await store.db.selectFrom('jobs').select('id').execute();
    await store.close();
    const ids = new Set(stored.map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(90);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    rmSync(dataDir, { recursive: true, force: true });
  });
});
