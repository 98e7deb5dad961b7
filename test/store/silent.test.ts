import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/index.ts';
import { openLine } from '../support/away.ts';
import { createOnServer, describeOnServer, silent } from '../support/stores.ts';

const backend = async ({ db }: Pick<Store, 'db'>) => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid;
};

describeOnServer('a connection that dies without a word', () => {
  it('fails whoever asks on it, inside a transaction too, and is replaced', async () => {
    const database = await createOnServer();
    await using line = await openLine(database);
    const settings = { databaseUrl: line.url, dataDir: '', connections: 1, silenceMs: 1_000, log: silent };
    const store = await openStore(settings);

    const dead = await backend(store);
    line.silence();
    await expect(backend(store)).rejects.toThrow('timeout');
    const next = await backend(store);
    expect(next).not.toBe(dead);

    const broken = store.db.transaction().execute(async (trx) => {
      line.silence();
      await backend({ db: trx });
    });
    await expect(broken).rejects.toThrow();
    expect(await backend(store)).not.toBe(next);
    await store.close();
    await database.drop();
  });
});
