import { expect, it } from 'vitest';
import { Graphs } from '../../../src/services/workflows/graphs.ts';
import { json, type Store } from '../../../src/store/index.ts';
import { describeOnStores } from '../../support/stores.ts';
import { anything, definition, thread } from './graphs.ts';

const now = new Date('2026-01-01T12:00:00Z');
const MOST = 20_000;

/** Graphs `g0`, `g1`, … of about 1,500 each. */
async function define(store: Store, count: number): Promise<string[]> {
  const session = { id: 'session', owner: 'owner', created_at: now, last_seen_at: now, expires_at: now };
  await store.db.insertInto('sessions').values(session).execute();
  const ids = Array.from({ length: count }, (_, at) => `g${at}`);
  const graph = definition([thread('a', { input: { text: 'x'.repeat(1_000) } })]);
  const common = { owner: 'owner', session_id: 'session', definition: json(graph), created_at: now };
  await store.db
    .insertInto('dependency_graphs')
    .values(ids.map((id) => ({ id, ...common })))
    .execute();
  return ids;
}

describeOnStores('compiled graphs', (create) => {
  it('are kept as far as their weight allows, those used last', async () => {
    const database = await create();
    const store = await database.open();
    try {
      const ids = await define(store, 40);
      const graphs = new Graphs(anything, MOST);
      expect((await graphs.compiledMany(store.db, ids)).size).toBe(40);
      expect(graphs.kept.weight).toBeGreaterThan(MOST / 2);
      expect(graphs.kept.weight).toBeLessThanOrEqual(MOST);

      const [first, last] = [await graphs.compiled(store.db, 'g0'), await graphs.compiled(store.db, 'g39')];
      expect(await graphs.compiled(store.db, 'g0')).toBe(first);
      expect(await graphs.compiled(store.db, 'g39')).toBe(last);
      await graphs.compiledMany(store.db, ids.slice(1, 39));
      expect(await graphs.compiled(store.db, 'g0')).not.toBe(first);
      expect(graphs.kept.weight).toBeLessThanOrEqual(MOST);
    } finally {
      await store.close();
      await database.drop();
    }
  });

  it('that are heavier than all may be are compiled each time', async () => {
    const database = await create();
    const store = await database.open();
    try {
      const [id] = await define(store, 1);
      const graphs = new Graphs(anything, 100);
      expect((await graphs.compiled(store.db, id!)).threads).toHaveLength(1);
      expect(graphs.kept).toEqual({ graphs: 0, weight: 0 });
    } finally {
      await store.close();
      await database.drop();
    }
  });
});
