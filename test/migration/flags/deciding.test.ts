import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInMd5Share } from '../../../src/migration/flags/md5-rollout.ts';
import { percentageOf } from '../../../src/migration/flags/toggles.ts';
import { createEmbedded, describeOnStores } from '../../support/stores.ts';
import { sessions, startFlags } from './world.ts';

/** `int(hashlib.md5(session.encode()).hexdigest(), 16) % 100`, as the legacy system's Python says. */
const LEGACY_PLACES: [session: string, place: number][] = [
  ['session_1', 46],
  ['こんにちは', 12],
  ['', 66],
  ['a', 97],
  ['01h455vb4pex5vsknk084sn02q', 91],
  ['user-42', 35],
  ['😀', 62],
];

describe('the legacy division of sessions', () => {
  it.each(LEGACY_PLACES)('puts %j at place %i of 100', (session, place) => {
    expect(isInMd5Share(session, place)).toBe(false);
    expect(isInMd5Share(session, place + 1)).toBe(true);
  });

  it('moves nobody back when the share rises', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (id, a, b) => {
          if (isInMd5Share(id, Math.min(a, b))) expect(isInMd5Share(id, Math.max(a, b))).toBe(true);
          expect(isInMd5Share(id, 0)).toBe(false);
          expect(isInMd5Share(id, 100)).toBe(true);
        },
      ),
    );
  });
});

describe('the share that a flag lets in', () => {
  const rollout = (value: unknown, more: object = {}) => ({
    name: 'flexibleRollout',
    parameters: { rollout: value },
    ...more,
  });
  it.each([
    ['no strategy lets everybody in', [], 100],
    ['the default one too', [{ name: 'default' }], 100],
    ['several: the largest', [rollout('10'), { name: 'md5Rollout', parameters: { percentage: '30' } }], 30],
    ['one that is switched off does not count', [rollout('10', { disabled: true })], 0],
    ['testers by constraint are not counted', [rollout('100', { constraints: [{}] }), rollout('5')], 5],
    ['nor by segment', [rollout('100', { segments: [1] })], 0],
    ['nor by name', [{ name: 'userWithId', parameters: { userIds: 'ada' } }], 0],
    ['nonsense lets nobody in', [rollout('many')], 0],
    ['more than all is all', [rollout('250')], 100],
    ['less than none is none', [rollout('-5')], 0],
  ])('%s', (_, strategies, percentage) => {
    expect(percentageOf({ strategies })).toBe(percentage);
  });
});

describeOnStores('deciding which service a session gets', (create) => {
  it('begins as the migration plan says', async () => {
    await using world = await startFlags(await create());
    const { flags } = world;
    expect(flags.list()).toEqual([
      { name: 'UTILS', enabled: true, rolloutPercentage: 100, source: 'LOCAL', lastChange: null },
      { name: 'LLM', enabled: true, rolloutPercentage: 100, source: 'LOCAL', lastChange: null },
      { name: 'SESSION', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
      { name: 'CHAT', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
      { name: 'SCENARIO', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
      { name: 'WATCH', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
    ]);
    expect(flags.decide('LLM', 'session_1')).toEqual({
      version: 'NEW',
      source: 'LOCAL',
      reason: 'LLM is on for all sessions.',
    });
    expect(flags.decide('CHAT', 'session_1')).toEqual({
      version: 'LEGACY',
      source: 'LOCAL',
      reason: 'CHAT is off.',
    });
  });
});

describe.each([
  ['flexibleRollout', []],
  ['md5Rollout', ['CHAT' as const]],
])('a canary release by %s', (_, md5Rollout) => {
  it('gives 10 % of 10,000 sessions the new service, always the same, and keeps them as it grows', async () => {
    await using world = await startFlags(await createEmbedded(), { md5Rollout });
    const { flags } = world;
    const all = sessions(10_000);
    const chosen = () => new Set(all.filter((id) => flags.decide('CHAT', id).version === 'NEW'));

    await flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 10, reason: 'canary' }, 'ada');
    const ten = chosen();
    expect(Math.abs(ten.size / 100 - 10)).toBeLessThanOrEqual(0.5);
    expect(chosen()).toEqual(ten);
    expect(flags.shareOf('CHAT')).toBe(0.1);
    expect(flags.decide('CHAT', [...ten][0] ?? '').reason).toBe(
      'The session is among the 10 % of sessions that get the new service.',
    );

    let before = ten;
    for (const rolloutPercentage of [25, 50, 99, 100]) {
      await flags.set({ feature: 'CHAT', rolloutPercentage, reason: 'on we go' }, 'ada');
      const after = chosen();
      expect(before.isSubsetOf(after)).toBe(true);
      expect(Math.abs(after.size / 100 - rolloutPercentage)).toBeLessThanOrEqual(1.5);
      before = after;
    }
    expect(before.size).toBe(10_000);
  });

  it('costs no query and little time', async () => {
    await using world = await startFlags(await createEmbedded(), { md5Rollout });
    await world.flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 50, reason: 'half' }, 'ada');
    // What is known stands, without anybody to ask.
    await world.flags.stop();
    const began = performance.now();
    for (const id of sessions(10_000)) world.flags.decide('CHAT', id);
    const micros = (performance.now() - began) / 10;
    expect(micros).toBeLessThan(500);
  });
});

describe('features', () => {
  it('divide the sessions each in its own way', async () => {
    await using world = await startFlags(await createEmbedded());
    const { flags } = world;
    const chosen = [];
    for (const feature of ['CHAT', 'WATCH'] as const) {
      await flags.set({ feature, enabled: true, rolloutPercentage: 50, reason: 'half' }, 'ada');
      chosen.push(new Set(sessions(2_000).filter((id) => flags.decide(feature, id).version === 'NEW')));
    }
    const [chat = new Set<string>(), watch = new Set<string>()] = chosen;
    const both = chat.intersection(watch).size;
    expect(both).toBeGreaterThan(400);
    expect(both).toBeLessThan(600);
  });

  it('are held off by the environment whatever anybody sets, and say so', async () => {
    await using world = await startFlags(await createEmbedded(), { killedByEnvironment: ['CHAT', 'LLM'] });
    const { flags } = world;
    const set = await flags.set(
      { feature: 'CHAT', enabled: true, rolloutPercentage: 100, reason: 'try' },
      'ada',
    );
    expect(set).toMatchObject({ enabled: false, rolloutPercentage: 0, source: 'ENVIRONMENT' });
    expect(set.lastChange).toMatchObject({ enabled: true, rolloutPercentage: 100 });
    expect(flags.decide('CHAT', 'session_1')).toEqual({
      version: 'LEGACY',
      source: 'ENVIRONMENT',
      reason: 'USE_NEW_CHAT=false holds CHAT off in this process.',
    });
    expect(flags.decide('LLM', 'session_1').source).toBe('ENVIRONMENT');
    expect(flags.decide('UTILS', 'session_1').version).toBe('NEW');
    expect(flags.shareOf('LLM')).toBe(0);
  });
});

describe('features that the environment turns on', () => {
  it('are on for everybody, until they are rolled back', async () => {
    await using world = await startFlags(await createEmbedded(), { forcedByEnvironment: ['CHAT'] });
    const { flags } = world;

    expect(flags.feature('CHAT')).toMatchObject({
      enabled: true,
      rolloutPercentage: 100,
      source: 'ENVIRONMENT',
    });
    expect(flags.decide('CHAT', 'session_1')).toMatchObject({ version: 'NEW', source: 'ENVIRONMENT' });
    expect(flags.shareOf('CHAT')).toBe(1);

    await flags.rollback({ features: ['CHAT'], reason: 'it fails' }, 'ada');
    expect(flags.decide('CHAT', 'session_1')).toMatchObject({ version: 'LEGACY', source: 'LOCAL' });
  });
});

describe('without a flag server', () => {
  it('nothing goes over the network', async () => {
    let connections = 0;
    const count = () => {
      connections += 1;
    };
    subscribe('net.client.socket', count);
    try {
      await using world = await startFlags(await createEmbedded());
      await world.flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 50, reason: 'half' }, 'ada');
      for (const id of sessions(1_000)) world.flags.decide('CHAT', id);
      await world.flags.rollback({ reason: 'back' }, 'bob');
      expect(connections).toBe(0);
      connect(9, '127.0.0.1').on('error', () => {});
      expect(connections).toBe(1);
    } finally {
      unsubscribe('net.client.socket', count);
    }
  });
});
