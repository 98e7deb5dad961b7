import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { UpstreamError } from '../../../src/errors.ts';
import type { Flags } from '../../../src/migration/flags/index.ts';
import { isInMd5Share } from '../../../src/migration/flags/md5-rollout.ts';
import { createOnServer } from '../../support/stores.ts';
import { hasUnleashServer, UnleashServer } from './unleash-server.ts';
import { joinFlags, sessions, startFlags } from './world.ts';

const missing = inject('servers').postgres === null || !hasUnleashServer();
const PATH = '/projects/default/features/use_new_chat/environments/development';
/** What the flags' clients ask within, and a second. */
const SOON = { timeout: 1_500, interval: 20 };

describe.skipIf(missing)('with a real flag server (Postgres, Unleash)', () => {
  let ownDatabase: Awaited<ReturnType<typeof createOnServer>>;
  let server: UnleashServer;
  beforeAll(async () => {
    ownDatabase = await createOnServer();
    server = await UnleashServer.start(ownDatabase.url);
  });
  afterAll(async () => {
    await server?.stop();
    await ownDatabase.drop();
  });

  const start = async (more = {}) =>
    startFlags(await createOnServer(), { unleash: server.settings, ...more });
  const chosen = (flags: Flags, of = sessions(10_000)) =>
    new Set(of.filter((id) => flags.decide('CHAT', id).version === 'NEW'));

  it('a flag that it does not have yet means the legacy service', async () => {
    await using world = await start();
    expect(world.flags.decide('LLM', 'session_1')).toEqual({
      version: 'LEGACY',
      source: 'UNLEASH',
      reason: 'Unleash has no flag named use_new_llm.',
    });
    expect(world.flags.list().map(({ source }) => source)).toEqual(Array(6).fill('UNLEASH'));
  });

  it('a canary release gets its share, keeps it as it grows, and divides as our own table does', async () => {
    await using world = await start();
    const { flags } = world;
    const set = await flags.set(
      { feature: 'CHAT', enabled: true, rolloutPercentage: 10, reason: 'canary' },
      'ada',
    );
    expect(set).toMatchObject({ enabled: true, rolloutPercentage: 10, source: 'UNLEASH' });
    await expect.poll(() => flags.shareOf('CHAT'), SOON).toBe(0.1);
    const ten = chosen(flags);
    expect(Math.abs(ten.size / 100 - 10)).toBeLessThanOrEqual(0.5);

    await using offline = await startFlags(await createOnServer());
    await offline.flags.set(
      { feature: 'CHAT', enabled: true, rolloutPercentage: 10, reason: 'canary' },
      'ada',
    );
    expect(chosen(offline.flags)).toEqual(ten);

    await flags.set({ feature: 'CHAT', rolloutPercentage: 50, reason: 'half' }, 'ada');
    await expect.poll(() => flags.shareOf('CHAT'), SOON).toBe(0.5);
    const half = chosen(flags);
    expect(ten.isSubsetOf(half)).toBe(true);
    expect(Math.abs(half.size / 100 - 50)).toBeLessThanOrEqual(1.5);
    expect(await flags.history('CHAT')).toMatchObject([
      { rolloutPercentage: 50, enabled: true },
      { rolloutPercentage: 10, enabled: true },
    ]);
  });

  it('a change is seen by every process within the time of its next question', async () => {
    const database = await createOnServer();
    await using here = await startFlags(database, { unleash: server.settings });
    await using there = await joinFlags(database, { unleash: server.settings });
    const leaving = new AbortController();
    const told = there.flags.changes(leaving.signal).next();

    await here.flags.set({ feature: 'CHAT', enabled: false, reason: 'a pause' }, 'ada');
    await expect.poll(() => here.flags.decide('CHAT', 'session_1').reason, SOON).toBe('CHAT is off.');
    await expect.poll(() => there.flags.decide('CHAT', 'session_1').reason, SOON).toBe('CHAT is off.');
    expect((await told).value).toMatchObject({ name: 'CHAT', lastChange: { reason: 'a pause' } });
    leaving.abort();
  });

  it('strategies for everybody give way to ours, and testers keep theirs', async () => {
    await using world = await start();
    const { flags } = world;
    const ada = { contextName: 'sessionId', operator: 'IN', values: ['ada'], inverted: false };
    await server.ask('POST', `${PATH}/strategies`, { name: 'default', parameters: {}, constraints: [] });
    await server.ask('POST', `${PATH}/strategies`, {
      name: 'flexibleRollout',
      parameters: { rollout: '100', stickiness: 'sessionId', groupId: 'testers' },
      constraints: [ada],
    });
    await flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 0, reason: 'testers' }, 'ada');
    await expect
      .poll(() => flags.feature('CHAT'), SOON)
      .toMatchObject({ enabled: true, rolloutPercentage: 0 });
    expect(flags.decide('CHAT', 'ada')).toMatchObject({
      version: 'NEW',
      reason: 'A rule of the flag use_new_chat picks the session out.',
    });
    expect(chosen(flags, sessions(1_000)).size).toBe(0);

    // Beside a share they are told apart from those whom chance let in.
    await flags.set({ feature: 'CHAT', rolloutPercentage: 10, reason: 'and a share' }, 'ada');
    await expect.poll(() => flags.shareOf('CHAT'), SOON).toBe(0.1);
    const [lucky = ''] = chosen(flags, sessions(1_000));
    expect(flags.decide('CHAT', 'ada').reason).toContain('picks the session out');
    expect(flags.decide('CHAT', lucky).reason).toContain('among the 10 %');
    expect([flags.shareOf('CHAT', 'ada'), flags.shareOf('CHAT', lucky)]).toEqual([1, 0.1]);
  });

  it('the legacy division of sessions works through it', async () => {
    await using world = await start({ md5Rollout: ['CHAT'] });
    const { flags } = world;
    await flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 37, reason: 'as before' }, 'ada');
    await expect.poll(() => flags.shareOf('CHAT'), SOON).toBe(0.37);
    const all = sessions(1_000);
    expect(chosen(flags, all)).toEqual(new Set(all.filter((id) => isInMd5Share(id, 37))));
  });

  it('what the server would take and we do not is refused', async () => {
    await using world = await start();
    await expect(
      world.flags.set({ feature: 'CHAT', rolloutPercentage: 250, reason: 'more' }, 'ada'),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    ['without an admin token', { adminToken: undefined }, false],
    ['with a wrong one', { adminToken: 'wrong' }, false],
    ['in an environment that it does not have', { environment: 'nowhere' }, false],
  ])('a change %s is an error, and nothing is recorded', async (_, more, retryable) => {
    await using world = await start({ unleash: { ...server.settings, ...more } });
    const failed = await world.flags
      .set({ feature: 'CHAT', enabled: true, reason: 'x' }, 'ada')
      .catch((error) => error);
    expect(failed).toBeInstanceOf(UpstreamError);
    expect(failed).toMatchObject({ service: 'Unleash', retryable });
    expect(await world.flags.history('CHAT')).toEqual([]);
  });

  it('a rollback switches it off there too, and what it said is kept', async () => {
    await using world = await start();
    await world.flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 100, reason: 'all' }, 'ada');
    await world.flags.rollback({ features: ['CHAT', 'UTILS'], reason: 'too slow' }, 'bob');
    expect(await server.ask('GET', PATH)).toMatchObject({ enabled: false });
    const kept = await world.store.db
      .selectFrom('feature_changes')
      .select(['feature', 'flag_server'])
      .where('changed_by', '=', 'bob')
      .orderBy('feature')
      .execute();
    expect(kept).toEqual([
      { feature: 'CHAT', flag_server: 'switched off' },
      { feature: 'UTILS', flag_server: 'unknown there' },
    ]);
  });

  it('its going away changes nothing for the worse; a rollback then wins over what it says later', async () => {
    const database = await createOnServer();
    await using here = await startFlags(database, { unleash: server.settings });
    const { flags } = here;
    await flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 50, reason: 'half' }, 'ada');
    await expect.poll(() => flags.shareOf('CHAT'), SOON).toBe(0.5);
    const before = chosen(flags, sessions(1_000));

    await server.stop();
    expect(chosen(flags, sessions(1_000))).toEqual(before);
    await expect(
      flags.set({ feature: 'CHAT', rolloutPercentage: 100, reason: 'all' }, 'ada'),
    ).rejects.toMatchObject({ code: 'UPSTREAM', retryable: true });
    expect(chosen(flags, sessions(1_000))).toEqual(before);

    // A process that starts now has no answer, and no old one from a file either.
    await using restarted = await joinFlags(database, { unleash: server.settings });
    expect(chosen(restarted.flags, sessions(1_000)).size).toBe(0);
    expect(restarted.flags.decide('CHAT', 'session_1').reason).toBe('Unleash has not answered yet.');

    await flags.rollback({ features: ['CHAT'], reason: 'blind' }, 'bob');
    expect(chosen(flags, sessions(1_000)).size).toBe(0);

    // The server never heard of it: it still says half.
    await server.start();
    expect(await server.ask('GET', PATH)).toMatchObject({ enabled: true });
    await using fresh = await joinFlags(database, { unleash: server.settings });
    for (const it of [flags, restarted.flags, fresh.flags]) {
      await expect.poll(() => it.decide('CHAT', 'session_1').reason).toContain('rolled back');
      expect(chosen(it, sessions(1_000)).size).toBe(0);
    }
    await expect
      .poll(() => restarted.flags.decide('WATCH', 'session_1').reason, { timeout: 30_000 })
      .toBe('Unleash has no flag named use_new_watch.');
  });
});
