import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { JobFailure } from '../../src/jobs/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { cutPostgres } from '../campaign/cut-postgres.ts';
import { silent } from '../support/stores.ts';
import { startEngine } from './engine.ts';

const { postgres } = inject('servers');

describe.skipIf(postgres === null)(
  'work that asks the database itself, when its connection is cut (Postgres)',
  () => {
    it.each([
      ['and lets the error through', (error: unknown) => error],
      [
        'and translates the error',
        (cause: unknown) =>
          new JobFailure('UPSTREAM', 'The limits could not be read.', {
            cause: new Error('no limits', { cause }),
          }),
      ],
    ])('%s: is done again, and is no failure of the job', async (_, translated) => {
      const database = await cutPostgres(postgres ?? '');
      const open = () => openStore({ databaseUrl: database.url, dataDir: '', connections: 5, log: silent });
      let store: Store | undefined;
      await using engine = await startEngine(
        { open, drop: async () => database[Symbol.asyncDispose]() },
        {
          async asks({ job }) {
            const asked = sql`select pg_sleep(${job.attempt === 1 ? 60 : 0})`
              .execute(store!.db)
              .catch((error: unknown) => {
                throw translated(error);
              });
            await Promise.all([asked, job.attempt === 1 && database.restart('crash', 0)]);
            return 'answered';
          },
        },
      );
      store = engine.store;
      const { id } = await engine.start('asks');
      expect(await engine.finished(id)).toMatchObject({ status: 'COMPLETED', error: null, attempt: 2 });
    });
  },
);
