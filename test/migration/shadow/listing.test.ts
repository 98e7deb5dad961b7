import { describe, expect, it } from 'vitest';
import type { ShadowComparison } from '../../../src/migration/shadow/index.ts';
import { takeAway } from '../../support/away.ts';
import { createEmbedded, createOnServer, describeOnServer, describeOnStores } from '../../support/stores.ts';
import { ScriptedChat, says } from '../routing/services.ts';
import { patient, startShadow, type TestShadow, viewer } from './world.ts';

const compare = (
  world: TestShadow,
  sessionId: string,
  message: string,
  feature: 'CHAT' | 'SCENARIO' = 'CHAT',
) => world.shadow.test(viewer, { sessionId, message, feature }, patient());

/** Collects what a watcher hears until `leave`. */
function watch(world: TestShadow, feature: 'CHAT' | null = null, owner = viewer.owner) {
  const leaving = new AbortController();
  const heard: ShadowComparison[] = [];
  const over = (async () => {
    for await (const comparison of world.shadow.changes(owner, feature, leaving.signal))
      heard.push(comparison);
  })();
  return {
    heard,
    messages: () => heard.map(({ message }) => message),
    async leave() {
      leaving.abort();
      await over;
    },
  };
}

/** Every second reply of the candidate differs. */
const halfDiffering = () => {
  const [same, other] = [says('old'), says('new')];
  return { candidate: new ScriptedChat(same, other, same, other, same) };
};
const scenario = { currentScenario: 'ja-one-on-one' };

describeOnStores('the list of comparisons', (create) => {
  it('is read page by page, newest first, by feature and by what differs', async () => {
    await using world = await startShadow(await create(), halfDiffering());
    const sessionId = await world.openSession(scenario);
    for (const message of ['1', '2', '3', '4']) await compare(world, sessionId, message);
    await compare(world, sessionId, '5', 'SCENARIO');
    const { shadow } = world;
    const page = async (filter: object, first: number, before?: number) => {
      const { comparisons, hasNextPage } = await shadow.list(viewer.owner, filter, first, before);
      return {
        messages: comparisons.map(({ message }) => message),
        hasNextPage,
        last: comparisons.at(-1)?.number,
      };
    };

    const first = await page({}, 3);
    expect(first).toMatchObject({ messages: ['5', '4', '3'], hasNextPage: true });
    expect(await page({}, 3, first.last)).toMatchObject({ messages: ['2', '1'], hasNextPage: false });
    expect(await page({ feature: 'CHAT' }, 2)).toMatchObject({ messages: ['4', '3'], hasNextPage: true });
    expect(await page({ differingOnly: true }, 10)).toMatchObject({
      messages: ['4', '2'],
      hasNextPage: false,
    });
    expect(await page({}, 0)).toMatchObject({ messages: [], hasNextPage: true });
    expect(await shadow.count(viewer.owner, {})).toBe(5);
    expect(await shadow.count(viewer.owner, { feature: 'CHAT', differingOnly: true })).toBe(2);
    expect(await shadow.count('grace', {})).toBe(0);
    expect(await shadow.list('grace', {}, 10)).toEqual({ comparisons: [], hasNextPage: false });
  });

  it('forgets what is old', async () => {
    await using world = await startShadow(await create(), { limits: { keptDays: 1 } });
    const sessionId = await world.openSession();
    await compare(world, sessionId, 'old');
    world.time.now = new Date(world.time.now.getTime() + 30 * 60_000);
    await compare(world, sessionId, 'young');
    world.time.now = new Date(world.time.now.getTime() + 86_400_000 - 60_000);
    expect(await world.shadow.sweep()).toBe(1);
    expect(await world.shadow.sweep()).toBe(0);
    const { comparisons } = await world.shadow.list(viewer.owner, {}, 10);
    expect(comparisons.map(({ message }) => message)).toEqual(['young']);
  });

  it('keeps little of what is long, and whatever characters a service sends', async () => {
    await using world = await startShadow(await create(), {
      legacy: new ScriptedChat(says('a'.repeat(100_000))),
      candidate: new ScriptedChat(says('b\0\ud800')),
    });
    const sessionId = await world.openSession();
    const { legacy, candidate } = await compare(world, sessionId, 'Hello');
    expect(legacy.reply).toHaveLength(20_000);
    expect(candidate.reply).toBe('b\uFFFD\uFFFD');
  });

  it('tells whoever watches it of new ones, of the owner and the feature', async () => {
    await using world = await startShadow(await create());
    const sessionId = await world.openSession(scenario);
    const early = watch(world);
    await expect.poll(() => world.shadow.watchers).toBe(1);
    await compare(world, sessionId, 'early');
    await expect.poll(early.messages).toEqual(['early']);
    await early.leave();

    const all = watch(world);
    const chats = watch(world, 'CHAT');
    const stranger = watch(world, null, 'grace');
    await expect.poll(() => world.shadow.watchers).toBe(3);

    const chat = await compare(world, sessionId, 'chat');
    await compare(world, sessionId, 'scenario', 'SCENARIO');
    await expect.poll(all.messages).toEqual(['chat', 'scenario']);
    expect(all.heard[0]).toEqual(chat);
    expect(chats.messages()).toEqual(['chat']);
    expect(stranger.heard).toEqual([]);
    for (const watcher of [all, chats, stranger]) await watcher.leave();
    expect(world.shadow.watchers).toBe(0);
  });
});

describe('watching', () => {
  it('ends with the process', async () => {
    await using world = await startShadow(await createEmbedded());
    const watcher = watch(world);
    await expect.poll(() => world.shadow.watchers).toBe(1);
    await world.shadow.stop();
    await watcher.leave();
    expect(world.shadow.watchers).toBe(0);
  });

  it('loses nothing where a watcher is slow', async () => {
    await using world = await startShadow(await createEmbedded());
    const sessionId = await world.openSession();
    const leaving = new AbortController();
    const watching = world.shadow.changes(viewer.owner, null, leaving.signal);
    const first = watching.next();
    await expect.poll(() => world.shadow.watchers).toBe(1);
    const messages = Array.from({ length: 50 }, (_, place) => `${place}`);
    for (const message of messages) await compare(world, sessionId, message);
    const heard = [(await first).value?.message];
    while (heard.length < 50) heard.push((await watching.next()).value?.message);
    expect(heard).toEqual(messages);
    leaving.abort();
    expect(await watching.next()).toMatchObject({ done: true });
  });
});

describeOnServer('two processes', () => {
  it('tell each other’s watchers, also of what was stored while nobody could listen', async () => {
    const database = await createOnServer();
    await using one = await startShadow(database);
    await using other = await startShadow(database, { drops: false });
    const sessionId = await one.openSession();
    const watcher = watch(other);
    await expect.poll(() => other.shadow.watchers).toBe(1);
    await compare(one, sessionId, 'first');
    await expect.poll(watcher.messages).toEqual(['first']);

    // Its notification is one that nobody hears.
    const {
      number: _,
      id,
      ...row
    } = await one.store.db.selectFrom('shadow_comparisons').selectAll().executeTakeFirstOrThrow();
    await one.store.db
      .insertInto('shadow_comparisons')
      .values({
        ...row,
        id: id.replace(/.{4}$/, 'zzzz'),
        message: 'in the dark',
        legacy: JSON.stringify(row.legacy) as never,
        candidate: JSON.stringify(row.candidate) as never,
        differences: JSON.stringify(row.differences) as never,
        control: null as never,
      })
      .execute();
    expect(watcher.messages()).toEqual(['first']);
    await (await takeAway(database)).restore();
    await expect.poll(watcher.messages).toContain('in the dark');
    await compare(one, sessionId, 'last');
    await expect.poll(watcher.messages).toContain('last');
    expect(watcher.messages().toSorted()).toEqual(['first', 'in the dark', 'last']);
    await watcher.leave();
  });
});
