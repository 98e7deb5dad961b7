import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { takeAway } from '../support/away.ts';
import { createOnServer, describeOnServer, describeOnStores } from '../support/stores.ts';

const notify = ({ db }: Store, channel: string, payload: string) =>
  sql`select pg_notify(${channel}, ${payload})`.execute(db);
const SOON = { timeout: 15_000, interval: 20 };

describeOnStores('a process that listens', (create) => {
  it('hears each channel by itself, and none that it has left', async () => {
    const database = await create();
    const store = await database.open();
    const heard: string[] = [];
    const hear = (name: string) => (payload: string) => void heard.push(`${name} ${payload}`);
    const never = () => {};
    const one = await store.listen('one', hear('one'), never);
    const again = await store.listen('one', hear('again'), never);
    const two = await store.listen('two', hear('two'), never);

    await notify(store, 'one', 'a');
    await notify(store, 'two', 'b');
    await expect.poll(() => heard.toSorted(), SOON).toEqual(['again a', 'one a', 'two b']);

    await again.close();
    await notify(store, 'one', 'c');
    await two.close();
    await notify(store, 'two', 'd');
    await notify(store, 'one', 'e');
    await expect.poll(() => heard.slice(3), SOON).toEqual(['one c', 'one e']);

    await one.close();
    const later = await store.listen('one', hear('later'), never);
    await notify(store, 'one', 'f');
    await expect.poll(() => heard.slice(5), SOON).toEqual(['later f']);
    await later.close();
    await store.close();
    await database.drop();
  });
});

describeOnServer('a process that listens to several channels', () => {
  const listeners = ({ db }: Store) =>
    sql<{ pid: number }>`
      select pid from pg_stat_activity
      where datname = current_database() and application_name = 'signalbox listener'
    `.execute(db);

  it('has one connection for them, and tells all of them when it is lost and when it is found again', async () => {
    const database = await createOnServer();
    const store = await database.open();
    const heard: string[] = [];
    const channels = ['one', 'two', 'three'];
    const listening = await Promise.all(
      channels.map((name) =>
        store.listen(
          name,
          (payload) => void heard.push(`${name} ${payload}`),
          () => void heard.push(`${name} found`),
          () => void heard.push(`${name} lost`),
        ),
      ),
    );
    const { rows } = await listeners(store);
    expect(rows).toHaveLength(1);

    await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(store.db);
    await expect.poll(() => heard.length, SOON).toBe(6);
    expect(heard.slice(0, 3).toSorted()).toEqual(channels.map((name) => `${name} lost`).toSorted());
    expect(heard.slice(3).toSorted()).toEqual(channels.map((name) => `${name} found`).toSorted());
    for (const name of channels) await notify(store, name, 'again');
    await expect.poll(() => heard.slice(6), SOON).toEqual(channels.map((name) => `${name} again`));

    await Promise.all(listening.map((listener) => listener.close()));
    await expect.poll(async () => (await listeners(store)).rows, SOON).toEqual([]);
    await store.close();
    await database.drop();
  });

  it('leaves any of them while the database is away', async () => {
    const database = await createOnServer();
    const store = await database.open();
    const lost = Promise.withResolvers<void>();
    const never = () => {};
    const one = await store.listen('one', never, never, lost.resolve);
    const two = await store.listen('two', never, never);

    const away = await takeAway(database);
    await lost.promise;
    await one.close();
    await two.close();
    await away.restore();
    await store.close();
    await database.drop();
  });

  it('says at its start that there is no database', async () => {
    const database = await createOnServer();
    const store = await database.open();
    const gone = new URL(database.url);
    await database.drop();
    await expect(
      store.listen(
        'one',
        () => {},
        () => {},
      ),
    ).rejects.toThrow(gone.pathname.slice(1));
    await store.close();
  });
});
