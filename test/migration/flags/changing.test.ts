import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Feature } from '../../../src/migration/flags/index.ts';
import { createEmbedded, describeOnServer, describeOnStores } from '../../support/stores.ts';
import { joinFlags, noon, startFlags, type TestFlags } from './world.ts';

describeOnStores('changing a feature', (create) => {
  it('takes effect at once and keeps who did it and why', async () => {
    await using world = await startFlags(await create());
    const { flags } = world;
    const first = { feature: 'CHAT' as const, enabled: true, rolloutPercentage: 10, reason: 'canary' };
    expect(await flags.set(first, 'ada')).toEqual({
      name: 'CHAT',
      enabled: true,
      rolloutPercentage: 10,
      source: 'LOCAL',
      lastChange: { at: noon, by: 'ada', reason: 'canary', enabled: true, rolloutPercentage: 10 },
    });
    const paused = await flags.set({ feature: 'CHAT', enabled: false, reason: 'a pause' }, 'bob');
    expect(paused).toMatchObject({ enabled: false, rolloutPercentage: 10 });
    expect(flags.shareOf('CHAT')).toBe(0);
    const raised = await flags.set({ feature: 'CHAT', rolloutPercentage: 50, reason: 'for later' }, 'bob');
    expect(raised).toMatchObject({ enabled: false, rolloutPercentage: 50 });

    expect(await flags.history('CHAT')).toEqual([
      { at: noon, by: 'bob', reason: 'for later', enabled: false, rolloutPercentage: 50 },
      { at: noon, by: 'bob', reason: 'a pause', enabled: false, rolloutPercentage: 10 },
      { at: noon, by: 'ada', reason: 'canary', enabled: true, rolloutPercentage: 10 },
    ]);
    expect(await flags.history('CHAT', 1)).toHaveLength(1);
    expect(await flags.history('WATCH')).toEqual([]);
  });

  it('loses none of many changes at once', async () => {
    await using world = await startFlags(await create());
    const { flags } = world;
    const percentages = Array.from({ length: 30 }, (_, place) => place + 1);
    await Promise.all([
      ...percentages.map((rolloutPercentage) =>
        flags.set({ feature: 'WATCH', rolloutPercentage, reason: 'so' }, 'ada'),
      ),
      flags.set({ feature: 'WATCH', enabled: true, reason: 'on' }, 'bob'),
    ]);
    const history = await flags.history('WATCH', 100);
    expect(history).toHaveLength(31);
    expect(flags.list().find(({ name }) => name === 'WATCH')).toMatchObject({
      enabled: true,
      rolloutPercentage: 30,
    });
  });
});

describe('a change that makes no sense', () => {
  let world: TestFlags;
  beforeAll(async () => {
    world = await startFlags(await createEmbedded());
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each([
    [{ rolloutPercentage: 101, reason: 'x' }, 'input.rolloutPercentage'],
    [{ rolloutPercentage: -1, reason: 'x' }, 'input.rolloutPercentage'],
    [{ rolloutPercentage: 10.5, reason: 'x' }, 'input.rolloutPercentage'],
    [{ rolloutPercentage: Number.NaN, reason: 'x' }, 'input.rolloutPercentage'],
    [{ reason: 'x' }, 'input.enabled'],
    [{ enabled: null, rolloutPercentage: null, reason: 'x' }, 'input.enabled'],
    [{ enabled: true, reason: ' ' }, 'input.reason'],
    [{ enabled: true, reason: 'x'.repeat(1_001) }, 'input.reason'],
  ])('%j is refused, and nothing changes', async (input, path) => {
    await expect(world.flags.set({ feature: 'CHAT', ...input }, 'ada')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path }],
    });
    expect(await world.flags.history('CHAT')).toEqual([]);
  });
});

describeOnServer('several processes', (create) => {
  it('hear of each other’s changes, and tell those who watch', async () => {
    const database = await create();
    await using here = await startFlags(database);
    await using there = await joinFlags(database);

    const leaving = new AbortController();
    const told: Feature[] = [];
    const watching = (async () => {
      for await (const feature of there.flags.changes(leaving.signal)) told.push(feature);
    })();
    await expect.poll(() => there.flags.watchers).toBe(1);

    await here.flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 100, reason: 'all' }, 'ada');
    await expect
      .poll(() => told.at(-1), { timeout: 2_000 })
      .toMatchObject({
        name: 'CHAT',
        enabled: true,
        rolloutPercentage: 100,
        lastChange: { by: 'ada', reason: 'all' },
      });
    expect(there.flags.decide('CHAT', 'session_1').version).toBe('NEW');
    expect(told).toHaveLength(1);

    leaving.abort();
    await watching;
    expect(there.flags.watchers).toBe(0);
  });

  it('find out by themselves where no notification comes', async () => {
    await using world = await startFlags(await create());
    await sql`update features set enabled = true, rollout_percentage = 100 where name = 'WATCH'`.execute(
      world.store.db,
    );
    await expect.poll(() => world.flags.shareOf('WATCH'), { timeout: 2_000 }).toBe(1);
  });
});

describe('whoever watches features', () => {
  it('hears the newest state only, however slow', async () => {
    await using world = await startFlags(await createEmbedded());
    const { flags } = world;
    const watching = flags.changes(new AbortController().signal);
    const first = watching.next();
    for (let rolloutPercentage = 1; rolloutPercentage <= 20; rolloutPercentage += 1)
      await flags.set({ feature: 'CHAT', rolloutPercentage, reason: 'up' }, 'ada');
    expect((await first).value).toMatchObject({ name: 'CHAT' });
    expect((await watching.next()).value).toMatchObject({ name: 'CHAT', rolloutPercentage: 20 });
    const last = watching.next();
    await flags.stop();
    expect(await last).toEqual({ done: true, value: undefined });
  });
});
