import { expect, it } from 'vitest';
import { InvalidInputError, InvalidStateError } from '../../../src/errors.ts';
import { LegacyDocumentError } from '../../../src/services/memory/index.ts';
import { describeOnStores } from '../../support/stores.ts';
import { describeOnLegacyStores } from './legacy.ts';
import { adding, away, dying, startMemory, texts } from './world.ts';

describeOnStores('a session', (createStore) => {
  describeOnLegacyStores('whose truth is in the legacy application', (createLegacy) => {
    it('is one conversation for both', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession({ chat_model: 'gemini' });
      expect(await world.told(id)).toEqual([]);
      expect(await legacy.seen(id)).toEqual({
        _permanent: true,
        chat_model: 'gemini',
        signalbox_written: 1,
      });

      await legacy.request(id, adding('from there'));
      await world.turn(id, 'from here');
      await world.memory.flush(id);
      await legacy.request(id, adding('and there'));
      const all = ['from there', 'from here', 're from here', 'and there'];
      expect(await world.told(id)).toEqual(all);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(all);
      expect(await legacy.secondsLeft(id)).toBeGreaterThan(3_500);
      expect(await world.memory.recent(id, 'CHAT', 2)).toMatchObject([
        { role: 'ASSISTANT', content: 're from here', servedBy: 'NEW', interrupted: false },
        { role: 'USER', content: 'and there', servedBy: null },
      ]);
    });

    it('tells a turn once, however often and wherever it is written again', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await world.told(id);
      await world.turn(id, 'one', 'CHAT', 'job_1');
      await world.turn(id, 'one', 'CHAT', 'job_1');
      await expect(world.over(dying(legacy.store)).flush(id)).rejects.toThrow('killed');
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(['one', 're one']);
      // Between the death and the next flush the legacy application goes on.
      await legacy.request(id, adding('between'));
      await world.turn(id, 'two', 'CHAT', 'job_2');
      await Promise.all([
        world.memory.flush(id),
        world.memory.flushAll(),
        ...Array.from({ length: 8 }, () => world.told(id)),
      ]);
      await world.turn(id, 'one', 'CHAT', 'job_1');
      await world.memory.flush(id);
      const all = ['one', 're one', 'between', 'two', 're two'];
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(all);
      expect(await world.told(id)).toEqual(all);
    });

    it('tells nothing twice that the legacy application has dropped or forgotten before the next flush', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await world.told(id);
      for (let turn = 0; turn < 30; turn += 1) await world.turn(id, `turn ${turn}`);
      await expect(world.over(dying(legacy.store)).flush(id)).rejects.toThrow('killed');
      await world.memory.flush(id);
      expect(texts((await legacy.seen(id))?.chat_history)).toHaveLength(50);
      const all = Array.from({ length: 30 }, (_, turn) => [`turn ${turn}`, `re turn ${turn}`]).flat();
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(all.slice(10));
      expect(await world.told(id)).toEqual(all);

      await world.turn(id, 'last');
      await expect(world.over(dying(legacy.store)).flush(id)).rejects.toThrow('killed');
      await legacy.request(id, (session) => {
        session.chat_history = [];
      });
      await world.memory.flush(id);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual([]);
      expect(await world.told(id)).toEqual([]);
    });

    it('gives back what a slow request of the legacy application wrote over', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await world.turn(id, 'first');
      await world.told(id);
      const copy = await legacy.seen(id);
      await world.turn(id, 'lost');
      await world.memory.flush(id);
      // It read its session before that turn, and writes it back now.
      await legacy.request(id, (session) => {
        for (const key of Object.keys(session)) delete session[key];
        Object.assign(session, copy);
        adding('theirs')(session);
      });
      expect(await world.told(id)).toEqual(['first', 're first', 'lost', 're lost', 'theirs']);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual([
        'first',
        're first',
        'lost',
        're lost',
        'theirs',
      ]);
    });

    it('forgets what the legacy application forgot, and brings back what its store lost', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await world.told(id);
      await world.turn(id, 'old');
      await world.memory.flush(id);
      await legacy.store.remove(id, AbortSignal.timeout(5_000));
      expect(await world.told(id)).toEqual(['old', 're old']);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(['old', 're old']);

      await legacy.request(id, (session) => {
        session.chat_history = [{ role: 'user', content: 'anew' }];
      });
      expect(await world.told(id)).toEqual(['anew']);
    });

    it('goes on where the legacy application drops what it does not know', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await world.told(id);
      await world.turn(id, 'one');
      await world.memory.flush(id);
      await legacy.request(id, (session) => {
        const history = session.chat_history as { role: string; content: string }[];
        session.chat_history = history.map(({ role, content }) => ({ role, content }));
        adding('theirs')(session);
      });
      expect(await world.told(id)).toEqual(['one', 're one', 'theirs']);
      await world.turn(id, 'two');
      await world.memory.flush(id);
      expect(await world.told(id)).toEqual(['one', 're one', 'theirs', 'two', 're two']);
    });

    it('waits in our table while the legacy store is away, and is told later', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await world.told(id);
      const without = world.over(away);
      await world.turn(id, 'meanwhile');
      for (const ask of [
        () => without.flush(id),
        () => without.flushAll(),
        () => without.recent(id, 'CHAT', 50),
      ])
        await expect(ask()).rejects.toMatchObject({ retryable: true, service: 'Redis' });
      expect(await world.memory.flushAll()).toBe(1);
      expect(await world.memory.flushAll()).toBe(0);
      expect(texts((await legacy.seen(id))?.chat_history)).toEqual(['meanwhile', 're meanwhile']);
      expect(await world.told(id)).toEqual(['meanwhile', 're meanwhile']);
    });

    it('keeps each scenario by itself, and fields of others as they are', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      const id = await world.openSession();
      await legacy.request(id, (session) => {
        session.scenario_history = { '9': [{ role: 'user', content: 'nine', feeling: 'calm' }], odd: 'text' };
        session.watch_history = [];
        session.flash = [1, { deep: null }];
      });
      await world.told(id);
      await world.turn(id, 'late', 'SCENARIO:late');
      await world.append(id, 'WATCH', 'job_w', [
        { role: 'ASSISTANT', content: 'a: 1', servedBy: 'NEW' },
        { role: 'ASSISTANT', content: 'b: 2', servedBy: 'NEW' },
        { role: 'ASSISTANT', content: 'a: 3', servedBy: 'NEW', interrupted: true },
      ]);
      await world.memory.flush(id);
      const seen = await legacy.seen(id);
      expect(seen).toMatchObject({
        scenario_history: { '9': [{ role: 'user', content: 'nine', feeling: 'calm' }], odd: 'text' },
        flash: [1, { deep: null }],
      });
      expect(texts((seen?.scenario_history as Record<string, unknown> | undefined)?.late)).toEqual([
        'late',
        're late',
      ]);
      expect(texts(seen?.watch_history)).toEqual(['a: 1', 'b: 2', 'a: 3']);
      expect(await world.told(id, 'SCENARIO:late')).toEqual(['late', 're late']);
      expect(await world.told(id, 'SCENARIO:9')).toEqual(['nine']);
      expect(await world.told(id, 'SCENARIO')).toEqual(['nine', 'late', 're late']);
      expect((await world.memory.recent(id, 'WATCH', 9)).map(({ interrupted }) => interrupted)).toEqual([
        false,
        false,
        true,
      ]);
      await world.append(id, 'WATCH', 'job_w', [{ role: 'ASSISTANT', content: 'again', servedBy: 'NEW' }]);
      expect(await world.told(id, 'WATCH')).toHaveLength(3);
    });

    it('has no other session of ours, and is left alone where it makes no sense', async () => {
      await using legacy = await createLegacy();
      await using world = await startMemory(await createStore(), legacy);
      await legacy.request('sid-of-flask', adding('from there'));
      const id = await world.openSession();
      const adopt = (sessionId: string, legacyId: string) =>
        world.store.db.transaction().execute((trx) => world.memory.adopt(trx, sessionId, legacyId));
      await expect(adopt(id, 'a b')).rejects.toThrow(InvalidInputError);
      await adopt(id, 'sid-of-flask');
      await expect(adopt(await world.openSession(), 'sid-of-flask')).rejects.toThrow(InvalidStateError);
      expect(await world.told(id)).toEqual(['from there']);

      await legacy.request('sid-of-flask', (session) => {
        session.chat_history = 'no list';
      });
      await world.turn(id, 'more');
      await expect(world.memory.flush(id)).rejects.toThrow(LegacyDocumentError);
      expect(await world.memory.flushAll()).toBe(0);
      expect((await legacy.seen('sid-of-flask'))?.chat_history).toBe('no list');
    });
  });
});
