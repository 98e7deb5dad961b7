import { expect, it } from 'vitest';
import { createEmbedded } from '../../support/stores.ts';
import { describeOnLegacyStores } from './legacy.ts';
import { adding, startMemory, texts } from './world.ts';

const LEGACY_ID = 'kq3vQm1cZ0y7o1Xn9QwYb2mJc5mZt8uLr4hYwB3sJ0A';

describeOnLegacyStores('a session of the legacy application that is adopted', (createLegacy) => {
  it('cannot be one of ours, whose document bears its own id', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const victim = await world.openSession();
    await world.told(victim);
    await world.flushed(victim, 'my salary');
    for (const id of [victim, victim.toUpperCase(), 'session_of-nobody'])
      await expect(world.adopt(await world.openSession(), id)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: 'input.legacyId', message: expect.stringContaining('this gateway') }],
      });
  });

  it('is named by its bare id, and not by a signed cookie', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    await legacy.request(LEGACY_ID, adding('from there'));
    const id = await world.openSession();
    await expect(world.adopt(id, `${LEGACY_ID}.Zk3yV0mB9rXyq1o8l2c3wQ7tS5E`)).rejects.toMatchObject({
      issues: [{ path: 'input.legacyId', message: expect.stringContaining('bare session id') }],
    });
    await world.adopt(id, LEGACY_ID);
    expect(await world.told(id)).toEqual(['from there']);
  });

  it('still says which replies broke off, and whose they are', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    await legacy.request(LEGACY_ID, adding('theirs', 'assistant'));
    const first = await world.openSession();
    await world.adopt(first, LEGACY_ID);
    await world.append(first, 'CHAT', 'job_half', [
      { role: 'USER', content: 'may I?', servedBy: null },
      { role: 'ASSISTANT', content: 'You should never ', servedBy: 'NEW', interrupted: true },
    ]);
    await world.told(first);
    await world.store.db.deleteFrom('sessions').where('id', '=', first).execute();

    const second = await world.openSession();
    await world.adopt(second, LEGACY_ID);
    expect(await world.memory.recent(second, 'CHAT', 9)).toMatchObject([
      { content: 'theirs', servedBy: 'LEGACY', interrupted: false },
      { content: 'may I?', servedBy: null, interrupted: false },
      { content: 'You should never ', servedBy: 'NEW', interrupted: true },
    ]);
  });

  it('tells all of it to the next session, also what the last one gave back to it', async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    await legacy.request(LEGACY_ID, adding('theirs'));
    const first = await world.openSession();
    await world.adopt(first, LEGACY_ID);
    await world.told(first);
    await world.flushed(first, 'ours');
    await legacy.store.remove(LEGACY_ID, AbortSignal.timeout(30_000));
    const all = ['theirs', 'ours', 're ours'];
    expect(await world.told(first)).toEqual(all);
    await world.store.db.deleteFrom('sessions').where('id', '=', first).execute();

    // Such messages once bore a number alone, which may be that of a message of anybody.
    await legacy.request(LEGACY_ID, (session) => {
      const history = session.chat_history as object[];
      session.chat_history = [{ role: 'user', content: 'from before', turn: 'message:1' }, ...history];
    });
    const second = await world.openSession();
    await world.adopt(second, LEGACY_ID);
    for (let look = 0; look < 2; look += 1) {
      expect(await world.told(second)).toEqual(['from before', ...all]);
      expect(texts((await legacy.seen(LEGACY_ID))?.chat_history)).toEqual(['from before', ...all]);
    }
  });
});
