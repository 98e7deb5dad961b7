import { describe, expect, it } from 'vitest';
import { sampledShare } from '../../../src/migration/shadow/index.ts';
import { createEmbedded, describeOnStores } from '../../support/stores.ts';
import { down, fails, falls, hear, ScriptedChat, says } from '../routing/services.ts';
import { startShadow, type TestShadow, viewer } from './world.ts';

const textOf = (events: Awaited<ReturnType<typeof hear>>): string =>
  events.flatMap((event) => ('text' in event ? [event.text] : [])).join('');

const stored = async ({ shadow }: TestShadow) => (await shadow.list(viewer.owner, {}, 100)).comparisons;

const compared = (world: TestShadow) => expect.poll(() => world.shadow.counts()?.compared);

describeOnStores('live traffic that is sampled', (create) => {
  it('is compared behind its user’s back, with the request as it was', async () => {
    const candidate = new ScriptedChat(says('new'));
    await using world = await startShadow(await create(), { candidate });
    const sessionId = await world.openSession();
    const history: { role: 'user' | 'assistant'; content: string }[] = [{ role: 'user', content: 'before' }];
    const reply = textOf(await hear(world.traffic, { sessionId, history, message: 'Hello' }));
    history[0]!.content = 'changed later';
    history.length = 0;
    expect(reply).toBe('old');

    await compared(world).toBe(1);
    expect(await stored(world)).toMatchObject([
      {
        owner: viewer.owner,
        sessionId,
        live: true,
        feature: 'CHAT',
        message: 'Hello',
        legacy: { reply: 'old', error: null },
        candidate: { reply: 'new', error: null },
        control: { reply: 'old', error: null },
        matches: false,
      },
    ]);
    expect(candidate.calls).toBe(1);
    // Neither the call to the other service nor the control is a call of live traffic.
    expect(world.traffic.calls).toHaveLength(1);
    expect(world.traffic.router.counts()).toMatchObject([{ version: 'LEGACY', calls: 1 }]);
  });

  it('asks the legacy service where the new one answered', async () => {
    await using world = await startShadow(await create(), { version: 'NEW', limits: { controlEvery: 0 } });
    const sessionId = await world.openSession();
    expect(textOf(await hear(world.traffic, { sessionId }))).toBe('new');
    await compared(world).toBe(1);
    expect(await stored(world)).toMatchObject([
      { legacy: { reply: 'old' }, candidate: { reply: 'new' }, control: null },
    ]);
  });

  it('is nobody’s any more where its session is gone, or goes', async () => {
    await using world = await startShadow(await create());
    const sessionId = await world.openSession();
    await hear(world.traffic, { sessionId });
    await compared(world).toBe(1);
    await world.sessions.close(viewer, sessionId, 1);
    expect(await stored(world)).toEqual([]);
    await hear(world.traffic, { sessionId });
    await expect.poll(() => world.shadow.counts()?.gone).toBe(1);
    expect(await stored(world)).toEqual([]);
  });
});

describe('a hundred sampled replies at once with a candidate that is slow', () => {
  it('reach their users as ever; few are compared, and the rest is counted', async () => {
    const release = Promise.withResolvers<void>();
    let atOnce = 0;
    let most = 0;
    const candidate = new ScriptedChat(async function* () {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await release.promise;
      atOnce -= 1;
      yield { text: 'new' };
    });
    await using world = await startShadow(await createEmbedded(), {
      candidate,
      limits: { liveAtOnce: 3, queue: 10, perMinute: 1_000, controlEvery: 5 },
    });
    const sessionId = await world.openSession();
    const replies = await Promise.all(Array.from({ length: 100 }, () => hear(world.traffic, { sessionId })));
    // Nobody waited for the candidate: it has not said a word.
    expect(replies.map(textOf)).toEqual(Array.from({ length: 100 }, () => 'old'));
    expect(world.shadow.counts()).toMatchObject({
      sampled: 100,
      running: 3,
      waiting: 10,
      queueFull: 87,
      overBudget: 0,
      compared: 0,
    });
    release.resolve();
    await compared(world).toBe(13);
    expect(most).toBe(3);
    expect(candidate.calls).toBe(13);
    expect(world.shadow.counts()).toMatchObject({
      running: 0,
      waiting: 0,
      differing: 13,
      controls: 3,
      failed: 0,
    });
    expect((await stored(world)).filter(({ control }) => control)).toHaveLength(3);
  });

  it('are accepted up to the minute’s budget, and again in the next minute', async () => {
    await using world = await startShadow(await createEmbedded(), {
      limits: { liveAtOnce: 100, perMinute: 2, controlEvery: 0 },
    });
    const sessionId = await world.openSession();
    for (let turn = 0; turn < 5; turn += 1) await hear(world.traffic, { sessionId });
    expect(world.shadow.counts()).toMatchObject({ sampled: 5, overBudget: 3 });
    world.time.now = new Date(world.time.now.getTime() + 60_000);
    await hear(world.traffic, { sessionId });
    expect(world.shadow.counts()).toMatchObject({ sampled: 6, overBudget: 3 });
    await compared(world).toBe(3);
  });
});

describe('trouble behind a user’s back', () => {
  it('stays there: a candidate that fails is a difference', async () => {
    await using world = await startShadow(await createEmbedded(), {
      candidate: new ScriptedChat(fails(down)),
    });
    const sessionId = await world.openSession();
    expect(textOf(await hear(world.traffic, { sessionId }))).toBe('old');
    await compared(world).toBe(1);
    expect(await stored(world)).toMatchObject([
      { candidate: { reply: null }, differences: [{ kind: 'ERROR_MISMATCH' }] },
    ]);
  });

  it('is not made where the new service was stood in for, nor for sessions that are not sampled', async () => {
    const legacy = new ScriptedChat(says('old'));
    await using world = await startShadow(await createEmbedded(), {
      version: 'NEW',
      legacy,
      candidate: new ScriptedChat(fails(down)),
      isSampled: (feature, sessionId) => feature === 'CHAT' && sessionId === sampled,
    });
    const sampled = await world.openSession();
    expect(textOf(await hear(world.traffic, { sessionId: sampled }))).toBe('old');
    await hear(world.traffic, { sessionId: await world.openSession() });
    await hear(world.traffic, { sessionId: 'no session' });
    expect(world.shadow.counts()).toMatchObject({ sampled: 1, fellBack: 1, running: 0, waiting: 0 });
    expect(legacy.calls).toBe(3);
  });

  it('ends with the process', async () => {
    const candidate = new ScriptedChat(falls());
    await using world = await startShadow(await createEmbedded(), { candidate, limits: { liveAtOnce: 2 } });
    const sessionId = await world.openSession();
    for (let turn = 0; turn < 5; turn += 1) await hear(world.traffic, { sessionId });
    await expect.poll(() => candidate.calls).toBe(2);
    await world.shadow.stop();
    expect(candidate.signals.every(({ aborted }) => aborted)).toBe(true);
    expect(world.shadow.counts()).toMatchObject({ running: 0, waiting: 0, stopped: 5, failed: 0 });
    await hear(world.traffic, { sessionId });
    expect(world.shadow.counts()).toMatchObject({ sampled: 5 });
    expect(await stored(world)).toEqual([]);
  });

  it('is counted and logged where the database does not take it', async () => {
    await using world = await startShadow(await createEmbedded());
    const sessionId = await world.openSession();
    await world.store.db.schema.dropTable('shadow_comparisons').execute();
    expect(textOf(await hear(world.traffic, { sessionId }))).toBe('old');
    await expect.poll(() => world.shadow.counts()?.failed).toBe(1);
    expect(world.lines).toMatchObject([{ level: 50, msg: expect.stringContaining('could not be compared') }]);
  });
});

describe('a share of the sessions', () => {
  const sessions = Array.from({ length: 10_000 }, (_, place) => `session_${place}`);

  it('is what it says, and grows without anybody leaving', () => {
    const ten = sampledShare({ CHAT: 10 });
    const half = sampledShare({ CHAT: 50, WATCH: 100 });
    const few = sessions.filter((id) => ten('CHAT', id));
    expect(few.length).toBeGreaterThan(900);
    expect(few.length).toBeLessThan(1_100);
    expect(few.every((id) => half('CHAT', id))).toBe(true);
    expect(sessions.every((id) => half('WATCH', id))).toBe(true);
    expect(sessions.some((id) => half('SCENARIO', id))).toBe(false);
  });
});
