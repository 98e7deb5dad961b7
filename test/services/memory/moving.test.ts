import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeOnStores } from '../../support/stores.ts';
import { describeOnLegacyStores } from './legacy.ts';
import { adding, away, dying, startMemory, texts } from './world.ts';

describeOnStores('a session', (createStore) => {
  describeOnLegacyStores('whose memory moves', (createLegacy) => {
    it('takes everything along, once, however many ask at the same time', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await legacy.request(id, (session) => {
        session.chat_history = [
          { role: 'user', content: 'hello', timestamp: '2026-05-01T12:00:00' },
          { role: 'assistant', content: 'hi', timestamp: '2026-05-01T12:00:01+09:00' },
          { odd: true },
        ];
        session.chat_model = 'gemini';
        session.selected_voice = 'kore';
        session.preferences = { auto_voice: true, language: 'ja' };
      });
      await world.told(id);
      await world.turn(id, 'last words');
      world.choose('NEW');
      const asked = await Promise.all(Array.from({ length: 10 }, () => world.told(id)));
      for (const one of asked) expect(one).toEqual(['hello', 'hi', 'last words', 're last words']);
      expect(
        (await world.memory.recent(id, 'CHAT', 4)).map(({ at }) => at.toISOString()).slice(0, 2),
      ).toEqual(['2026-05-01T12:00:00.000Z', '2026-05-01T03:00:01.000Z']);
      const session = await world.store.db
        .selectFrom('sessions')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      expect(session).toMatchObject({
        chat_model: 'gemini',
        selected_voice: 'kore',
        preferences: { auto_voice: true, language: 'ja' },
      });
      expect(await world.memory.exported([id])).toMatchObject([
        { memory: 'NEW', waiting: 0, legacyId: null },
      ]);
    });

    it('and back, with what was said on both sides meanwhile', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await legacy.request(id, adding('a'));
      world.choose('LEGACY');
      await world.told(id);
      world.choose('NEW');
      await world.told(id);
      await world.turn(id, 'here');
      await legacy.request(id, adding('there'));
      await legacy.request(id, (session) => {
        session.selected_voice = 'kore';
      });
      expect(await world.told(id)).toEqual(['a', 'here', 're here']);

      world.choose('LEGACY');
      await expect(world.over(dying(legacy.store)).recent(id, 'CHAT', 9)).rejects.toThrow('killed');
      const all = ['a', 'here', 're here', 'there'];
      expect((await Promise.all([world.told(id), world.told(id)]))[1]).toEqual(all);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(all);
      world.choose('NEW');
      expect(await world.told(id)).toEqual(all);
      const [exported] = await world.memory.exported([id]);
      expect(exported).toMatchObject({ history: { CHAT: all.map((content) => ({ content })) } });
    });

    it('gives the newest fifty of ten thousand, and reads no more than that', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      world.choose('NEW');
      const id = await world.openSession();
      const { db } = world.store;
      await sql`
        insert into messages (session_id, conversation, role, content, at, turn)
        select ${id}, case when n % 2 = 0 then 'CHAT' else 'SCENARIO:s' || n % 3 end, 'USER', n::text, now(), 'turn' || n
        from generate_series(1, 20000) as n
      `.execute(db);
      await sql`analyze messages`.execute(db);
      expect(await world.told(id, 'CHAT', 2)).toEqual(['19998', '20000']);
      expect(await world.told(id, 'SCENARIO', 2)).toEqual(['19997', '19999']);
      for (const which of [
        sql`conversation = 'CHAT'`,
        sql`split_part(conversation, ':', 1) = 'SCENARIO'`,
        sql`conversation = 'SCENARIO:s1'`,
      ]) {
        const { rows } = await sql<Record<string, string>>`
          explain (analyze, costs off, timing off) select * from messages
          where session_id = ${id} and ${which} order by number desc limit 50
        `.execute(db);
        const said = rows.map((row) => Object.values(row)[0]).join('\n');
        expect(said).toMatch(/Index Scan Backward/);
        expect(said).toMatch(/rows=50/);
        expect(said).not.toMatch(/Sort|Filter|Seq Scan/);
      }
      world.choose('LEGACY');
      expect(await world.told(id, 'CHAT', 1)).toEqual(['20000']);
      const seen = await legacy.seen(id);
      expect(texts(seen?.chat_history)).toHaveLength(50);
      expect(texts(seen?.chat_history).at(-1)).toBe('20000');
      // And forward again: nothing of it comes twice.
      await legacy.request(id, adding('new'));
      world.choose('NEW');
      expect(await world.told(id, 'CHAT', 2)).toEqual(['20000', 'new']);
      const { count } = await db
        .selectFrom('messages')
        .select((at) => at.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBe(20_001);
    });

    it('forgets on both sides what is cleared', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      const clear = (kinds: ('CHAT' | 'SCENARIO')[]) =>
        world.store.db.transaction().execute((trx) => world.memory.clear(trx, id, kinds));
      await legacy.request(id, (session) => {
        adding('secret')(session);
        session.scenario_history = { s: [{ role: 'user', content: 'kept' }] };
        session.preferences = { a: 1 };
      });
      await world.told(id);
      await world.turn(id, 'waiting');
      await clear(['CHAT']);
      await world.turn(id, 'after');
      await world.memory.flush(id);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(['after', 're after']);
      expect(await world.told(id)).toEqual(['after', 're after']);
      expect(await world.told(id, 'SCENARIO')).toEqual(['kept']);

      world.choose('NEW');
      await world.told(id);
      await world.turn(id, 'new');
      await clear([]);
      await world.memory.flush(id);
      const seen = await legacy.seen(id);
      expect(seen).toMatchObject({ chat_history: [], scenario_history: {} });
      expect(seen).not.toHaveProperty('preferences');
      await world.turn(id, 'anew');
      world.choose('LEGACY');
      expect(await world.told(id)).toEqual(['anew', 're anew']);
      expect(await world.told(id, 'SCENARIO')).toEqual([]);

      await world.memory.forget(id);
      expect(await legacy.seen(id)).toBeNull();
    });
  });
});

describeOnStores('a gateway without a legacy application', (createStore) => {
  it('has everything in its own table, also what waited for one that was there before', async () => {
    await using world = await startMemory(await createStore(), null);
    const id = await world.openSession();
    await world.turn(id, 'one');
    expect(await world.told(id)).toEqual(['one', 're one']);
    await sql`update session_memory set memory = 'LEGACY'`.execute(world.store.db);
    const before = world.over(away);
    await world.store.db
      .transaction()
      .execute((trx) =>
        before.append(trx, id, 'CHAT', 'waited', [{ role: 'USER', content: 'waited', servedBy: null }]),
      );
    await world.turn(id, 'two');
    expect(await world.told(id)).toEqual(['one', 're one', 'waited', 'two', 're two']);
    expect(await world.memory.exported([id])).toMatchObject([{ memory: 'NEW', waiting: 0 }]);
    expect(await world.memory.flushAll()).toBe(0);
    await world.memory.forget(id);
  });
});
