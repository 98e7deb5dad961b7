import { expect, it } from 'vitest';
import { createEmbedded } from '../../support/stores.ts';
import { describeOnLegacyStores, type LegacyWorld, type Plain } from './legacy.ts';
import { adding, type MemoryWorld, startMemory, texts } from './world.ts';

const soon = () => AbortSignal.timeout(30_000);

/** A request that ends with this session, whatever was in it. */
const ending = (legacy: LegacyWorld, id: string, kept: Plain) =>
  legacy.request(id, (session) => {
    for (const key of Object.keys(session)) delete session[key];
    Object.assign(session, structuredClone(kept));
  });

const expectBoth = async (legacy: LegacyWorld, world: MemoryWorld, id: string, all: string[]) => {
  for (let look = 0; look < 2; look += 1) {
    expect(await world.told(id)).toEqual(all);
    expect(texts((await legacy.seen(id))?.chat_history)).toEqual(all.slice(-50));
  }
};

describeOnLegacyStores('a document that is not the one that was seen last', (createLegacy) => {
  it('is given back what was said where the whole session was emptied, as when somebody logs in', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const id = await world.openSession({ chat_model: 'gemini' });
    await legacy.request(id, adding('theirs'));
    await world.told(id);
    await world.flushed(id, 'one');
    await ending(legacy, id, { _permanent: true, user_id: 7 });
    await expectBoth(legacy, world, id, ['theirs', 'one', 're one']);
    expect(await legacy.seen(id)).toMatchObject({ user_id: 7, chat_model: 'gemini' });
    await world.flushed(id, 'two');
    await expectBoth(legacy, world, id, ['theirs', 'one', 're one', 'two', 're two']);
  });

  it('is given back the first turns, over which a slow request wrote its copy', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const id = await world.openSession();
    await legacy.request(id, (session) => {
      session.chat_model = 'gemini';
    });
    await world.told(id);
    const copy = (await legacy.seen(id))!;
    await world.flushed(id, 'one');
    await ending(legacy, id, { ...copy, selected_voice: 'kore' });
    await expectBoth(legacy, world, id, ['one', 're one']);
    expect(await legacy.seen(id)).toMatchObject({ selected_voice: 'kore' });
  });

  it('doubles nothing where that copy begins before what the document had last', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const id = await world.openSession();
    const said = Array.from({ length: 50 }, (_, index) => `message ${index % 7}`);
    for (const text of said) await legacy.request(id, adding(text));
    await world.told(id);
    const copy = (await legacy.seen(id))!;
    await world.flushed(id, 'one');
    await world.flushed(id, 'two');
    adding('slow')(copy);
    await ending(legacy, id, copy);
    await expectBoth(legacy, world, id, [...said, 'one', 're one', 'two', 're two', 'slow']);
  });

  it('costs no message where it ran out, and the legacy application made a new one', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const id = await world.openSession({ chat_model: 'gemini' });
    await legacy.request(id, adding('theirs'));
    await world.told(id);
    const said = ['theirs'];
    // Whatever was said there alone is as dear as what was said here.
    for (let turn = 0; turn < 30; turn += 1) {
      await legacy.store.remove(id, soon());
      await ending(legacy, id, {
        selected_voice: 'kore',
        chat_history: [{ role: 'user', content: `anew ${turn}` }],
      });
      said.push(`anew ${turn}`);
      await expectBoth(legacy, world, id, said);
      await world.flushed(id, `turn ${turn}`);
      said.push(`turn ${turn}`, `re turn ${turn}`);
    }
    await expectBoth(legacy, world, id, said);
    const session = world.store.db.selectFrom('sessions').select('chat_model').where('id', '=', id);
    expect(await session.executeTakeFirstOrThrow()).toEqual({ chat_model: 'gemini' });
  });

  it('is written again as it was where the memory had moved, and the legacy application cleared it meanwhile', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const id = await world.openSession();
    await legacy.request(id, adding('theirs'));
    await world.told(id);
    world.choose('NEW');
    await world.told(id);
    await world.turn(id, 'here');
    await ending(legacy, id, { chat_history: [] });
    world.choose('LEGACY');
    await expectBoth(legacy, world, id, ['theirs', 'here', 're here']);
    // What a move gave back can be written over like a turn.
    await ending(legacy, id, { signalbox_written: 1, chat_history: [] });
    await expectBoth(legacy, world, id, ['theirs', 'here', 're here']);
  });

  it('does not bring back what a user had us forget', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const id = await world.openSession();
    await legacy.request(id, adding('secret'));
    await world.told(id);
    await world.flushed(id, 'secret too');
    const copy = (await legacy.seen(id))!;
    await world.store.db.transaction().execute((trx) => world.memory.clear(trx, id, ['CHAT']));
    await world.memory.flush(id);
    await ending(legacy, id, copy);
    await expectBoth(legacy, world, id, []);
    await world.flushed(id, 'after');
    await expectBoth(legacy, world, id, ['after', 're after']);
  });
});
