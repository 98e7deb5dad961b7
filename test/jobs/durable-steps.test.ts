import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { MAX_CRASHES } from '../../src/jobs/recovery.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import type { Input, Orders } from '../support/engine-process.ts';
import { newFolder } from '../support/folders.ts';
import { TestProcess } from '../support/processes.ts';
import { createOnServer, silent } from '../support/stores.ts';

const POINTS = [1, 2].flatMap((step) => [`inside ${step}`, `behind ${step}`]);
const JOBS = POINTS.map((dies): Input => ({ do: 'steps', dies }));

interface Place extends AsyncDisposable {
  orders: Pick<Orders, 'dataDir' | 'databaseUrl'>;
  open(): Promise<Store>;
}

async function folder(): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-steps-'));
  return {
    orders: { dataDir },
    open: () => openStore({ dataDir, log: silent }),
    [Symbol.asyncDispose]: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

async function server(): Promise<Place> {
  const { url, open, drop } = await createOnServer();
  return { orders: { databaseUrl: url }, open, [Symbol.asyncDispose]: drop };
}

const places = [
  { name: 'PGlite in a folder', missing: false, create: folder },
  { name: 'Postgres', missing: inject('servers').postgres === null, create: server },
];

/** Processes follow one another until one finds nothing left to do. */
async function deathsUntilDone(orders: Orders, jobs: Input[]): Promise<number> {
  for (let deaths = 0; ; deaths += 1) {
    await using life = new TestProcess('./engine-process.ts', {
      ...orders,
      leaveWhenDone: true,
      ...(deaths === 0 ? { start: jobs } : {}),
    } satisfies Orders);
    const { code, signal, errors } = await life.ended;
    if (signal) continue;
    expect(errors).toBe('');
    expect(code).toBe(0);
    return deaths;
  }
}

function newDiary(): string {
  const diary = join(newFolder(), 'diary');
  writeFileSync(diary, '');
  return diary;
}

for (const { name, missing, create } of places)
  describe.skipIf(missing)(`a process that dies inside and behind every step (${name})`, () => {
    it('is succeeded by one that goes on behind the last stored step', { timeout: 180_000 }, async () => {
      await using place = await create();
      const diary = newDiary();

      expect(await deathsUntilDone({ ...place.orders, diary }, JOBS)).toBe(POINTS.length);

      const store = await place.open();
      const jobs = await store.db.selectFrom('jobs').selectAll().orderBy('number').execute();
      const lines = readFileSync(diary, 'utf8').split('\n');
      const executions = (id: string, step: number) =>
        lines.filter((line) => line === `${id} executes ${step}`).length;

      for (const [index, job] of jobs.entries()) {
        expect(job).toMatchObject({ status: 'COMPLETED', output: [10, 20], attempt: 2, crashes: 1 });
        for (const step of [1, 2])
          expect(executions(job.id, step), `${POINTS[index]}, step ${step}`).toBe(
            POINTS[index] === `inside ${step}` ? 2 : 1,
          );
      }
      for (const { id, last_seq } of jobs) {
        const log = await store.db
          .selectFrom('job_events')
          .selectAll()
          .where('job_id', '=', id)
          .orderBy('seq')
          .execute();
        expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: last_seq }, (_, at) => at + 1));
        expect(log.filter(({ type }) => type === 'JobStepCompleted')).toHaveLength(2);
        expect(log.filter(({ type }) => type === 'JobFinished')).toHaveLength(1);
        expect(log.at(-1)?.type).toBe('JobFinished');
      }
      expect(await store.db.selectFrom('job_steps').selectAll().execute()).toEqual([]);
      await store.close();
    });
  });

describe.skipIf(inject('servers').postgres === null)(
  'a job that kills whoever takes it up (Postgres)',
  () => {
    it('has FAILED after five lost workers', async () => {
      await using place = await server();
      const orders = { ...place.orders, diary: newDiary() };
      expect(await deathsUntilDone(orders, [{ do: 'steps', dies: 'always' }])).toBe(MAX_CRASHES);

      const store = await place.open();
      const job = await store.db.selectFrom('jobs').selectAll().executeTakeFirstOrThrow();
      expect(job).toMatchObject({ status: 'FAILED', attempt: 5, worker: null });
      expect(job.error).toMatchObject({ code: 'WORKER_LOST', retryable: true });
      await store.close();
    });
  },
);
