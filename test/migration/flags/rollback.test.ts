import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../../../src/errors.ts';
import { FEATURE_NAMES } from '../../../src/migration/flags/index.ts';
import { storeKill } from '../../../src/migration/flags/records.ts';
import { openLine, takeAway } from '../../support/away.ts';
import { json, resetting, startProvider } from '../../support/provider.ts';
import { createEmbedded, createOnServer, describeOnServer, describeOnStores } from '../../support/stores.ts';
import { joinFlags, noon, startFlags } from './world.ts';

const everything = { feature: 'CHAT' as const, enabled: true, rolloutPercentage: 100, reason: 'all of it' };

describeOnStores('rolling back', (create) => {
  it('one feature leaves the others alone, and holds until it is set on again', async () => {
    await using world = await startFlags(await create());
    const { flags } = world;
    await flags.set(everything, 'ada');
    await flags.set({ ...everything, feature: 'WATCH' }, 'ada');

    const report = await flags.rollback({ features: ['CHAT'], reason: 'too many errors' }, 'bob');
    const lastChange = {
      at: noon,
      by: 'bob',
      reason: 'too many errors',
      enabled: false,
      rolloutPercentage: 0,
    };
    expect(report).toEqual({
      features: [{ name: 'CHAT', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange }],
      at: noon,
      reason: 'too many errors',
      healthy: true,
    });
    expect(flags.decide('CHAT', 'session_1')).toEqual({
      version: 'LEGACY',
      source: 'LOCAL',
      reason: 'CHAT was rolled back at 2026-03-01T12:00:00.000Z by bob: too many errors',
    });
    expect(flags.decide('WATCH', 'session_1').version).toBe('NEW');

    const share = await flags.set({ feature: 'CHAT', rolloutPercentage: 50, reason: 'not yet' }, 'ada');
    expect(share).toMatchObject({ enabled: false, rolloutPercentage: 0 });
    await flags.set({ feature: 'CHAT', enabled: false, reason: 'off is off' }, 'ada');
    expect(flags.decide('CHAT', 'session_1').reason).toContain('rolled back');

    const again = await flags.set({ feature: 'CHAT', enabled: true, reason: 'fixed' }, 'ada');
    expect(again).toMatchObject({ enabled: true, rolloutPercentage: 0, source: 'LOCAL' });
    await flags.set({ feature: 'CHAT', rolloutPercentage: 100, reason: 'all' }, 'ada');
    expect(flags.decide('CHAT', 'session_1').version).toBe('NEW');
  });

  it('all of them at once', async () => {
    await using world = await startFlags(await create());
    const { features } = await world.flags.rollback({ reason: 'emergency' }, 'bob');
    expect(features.map(({ name }) => name)).toEqual(FEATURE_NAMES);
    for (const feature of FEATURE_NAMES) {
      expect(world.flags.decide(feature, 'session_1').version).toBe('LEGACY');
      expect(await world.flags.history(feature)).toHaveLength(1);
    }
  });

  it('is not done again by whoever stored it without hearing so', async () => {
    await using world = await startFlags(await create());
    const { flags, store } = world;
    await flags.rollback({ features: ['CHAT'], reason: 'too slow' }, 'bob');
    const { kill_id: id } = await store.db
      .selectFrom('feature_kills')
      .select('kill_id')
      .executeTakeFirstOrThrow();
    await flags.set(everything, 'ada');

    await storeKill(store.db, ['CHAT'], { id, at: noon, by: 'bob', reason: 'too slow' });
    expect(await store.db.selectFrom('feature_kills').select('kill_id').execute()).toEqual([]);
    expect(await flags.history('CHAT')).toMatchObject([{ by: 'ada' }, { by: 'bob' }]);
  });

  it('takes effect before anything is awaited', async () => {
    await using world = await startFlags(await create());
    await world.flags.set(everything, 'ada');
    const rollingBack = world.flags.rollback({ reason: 'now' }, 'bob');
    expect(world.flags.decide('CHAT', 'session_1').version).toBe('LEGACY');
    await rollingBack;
  });
});

describeOnServer('a rollback and several processes', (create) => {
  it('reaches all of them within two seconds, and survives restarts', async () => {
    const database = await create();
    await using here = await startFlags(database);
    await using there = await joinFlags(database);
    await here.flags.set(everything, 'ada');
    await expect.poll(() => there.flags.shareOf('CHAT')).toBe(1);

    const began = performance.now();
    await here.flags.rollback({ features: ['CHAT'], reason: 'too slow' }, 'bob');
    await expect.poll(() => there.flags.decide('CHAT', 'session_1').version, { interval: 5 }).toBe('LEGACY');
    expect(performance.now() - began).toBeLessThan(2_000);

    await using restarted = await joinFlags(database);
    expect(restarted.flags.decide('CHAT', 'session_1').reason).toContain('rolled back');
    expect(restarted.flags.shareOf('CHAT')).toBe(0);
  });
});

describeOnServer('a rollback while the database is away', () => {
  it('holds in this process, says so, and is stored when the database is back', async () => {
    const database = await createOnServer();
    await using world = await startFlags(database);
    const { flags, store } = world;
    await flags.set(everything, 'ada');

    const outage = await takeAway(database);
    const failed = await flags
      .rollback({ features: ['CHAT'], reason: 'away' }, 'bob')
      .catch((error) => error);
    expect(failed).toBeInstanceOf(UpstreamError);
    expect(failed).toMatchObject({ code: 'UPSTREAM', service: 'database', retryable: true });
    expect(flags.decide('CHAT', 'session_1').version).toBe('LEGACY');
    expect(flags.decide('LLM', 'session_1').version).toBe('NEW');

    await outage.restore();
    const stored = () => store.db.selectFrom('feature_kills').select('reason').execute();
    await expect.poll(stored).toEqual([{ reason: 'away' }]);
    expect(await flags.history('CHAT')).toHaveLength(2);
    expect(flags.decide('CHAT', 'session_1').reason).toContain('away');
  });
});

describeOnServer('a rollback while connections to the database are silent', () => {
  it('reaches a process whose connections died without a word, over a new one', async () => {
    const database = await createOnServer();
    await using here = await startFlags(database);
    const line = await openLine(database);
    await using there = await joinFlags(line.database);
    await using _line = line;
    await here.flags.set(everything, 'ada');
    await expect.poll(() => there.flags.shareOf('CHAT')).toBe(1);

    line.silence();
    await here.flags.rollback({ features: ['CHAT'], reason: 'emergency' }, 'bob');
    await expect
      .poll(() => there.flags.decide('CHAT', 'session_1').version, { timeout: 30_000 })
      .toBe('LEGACY');
  });

  it('is stored over a new one by the process whose connections died', async () => {
    const database = await createOnServer();
    await using there = await startFlags(database);
    const line = await openLine(database);
    await using here = await joinFlags(line.database);
    await using _line = line;
    await here.flags.set(everything, 'ada');

    line.silence();
    const { features } = await here.flags.rollback({ features: ['CHAT'], reason: 'emergency' }, 'bob');
    expect(features).toMatchObject([{ enabled: false, lastChange: { reason: 'emergency' } }]);
    expect(await there.flags.history('CHAT')).toHaveLength(2);
  });

  it('is answered, alerted and told the flag server, and stored when one answers again', async () => {
    const database = await createOnServer();
    await using webhook = await startProvider(json(200, {}));
    await using server = await startProvider(json(200, { version: 2, features: [] }));
    await using there = await startFlags(database);
    const line = await openLine(database);
    await using here = await joinFlags(line.database, {
      alertWebhookUrl: webhook.url,
      unleash: {
        url: server.url.replace('/v1', ''),
        apiToken: 'read',
        adminToken: 'write',
        environment: 'development',
        project: 'default',
      },
    });
    await using _line = line;
    await there.flags.set(everything, 'ada');

    line.silence('everybody');
    const rollingBack = here.flags
      .rollback({ features: ['CHAT'], reason: 'emergency' }, 'bob')
      .catch((error) => error);
    expect(here.flags.decide('CHAT', 'session_1').reason).toContain('emergency');
    await expect.poll(() => webhook.exchanges.length, { timeout: 30_000 }).toBe(1);
    const off = () =>
      server.exchanges.filter(({ path }) => path.endsWith('use_new_chat/environments/development/off'));
    await expect.poll(off, { timeout: 30_000 }).toHaveLength(1);
    expect(await rollingBack).toMatchObject({ code: 'UPSTREAM', service: 'database', retryable: true });
    expect(there.flags.decide('CHAT', 'session_1').version).toBe('NEW');

    line.restore();
    await expect
      .poll(() => there.flags.decide('CHAT', 'session_1').version, { timeout: 30_000 })
      .toBe('LEGACY');
    expect(await there.flags.history('CHAT')).toHaveLength(2);
  });
});

describe('the health behind a rollback', () => {
  it.each([
    ['well', async () => true, true],
    ['ill', async () => false, false],
    ['unknown', () => Promise.reject(new Error('no answer')), false],
  ])('is reported: %s', async (_, healthy, expected) => {
    await using world = await startFlags(await createEmbedded(), { healthy });
    expect((await world.flags.rollback({ reason: 'x' }, 'bob')).healthy).toBe(expected);
  });

  it('is looked at when the features are back already', async () => {
    const seen: string[] = [];
    await using world = await startFlags(await createEmbedded(), {
      healthy: async () => {
        seen.push(world.flags.decide('LLM', 'session_1').version);
        return true;
      },
    });
    await world.flags.rollback({ reason: 'x' }, 'bob');
    expect(seen).toEqual(['LEGACY']);
  });
});

describe('the alert of a rollback', () => {
  it('reaches the webhook, also where it fails at first', async () => {
    await using webhook = await startProvider(resetting, json(503, {}), json(200, {}));
    await using world = await startFlags(await createEmbedded(), { alertWebhookUrl: `${webhook.url}/hook` });
    await world.flags.rollback({ features: ['CHAT', 'WATCH'], reason: 'too slow' }, 'bob');
    await expect.poll(() => webhook.exchanges.length).toBe(3);
    expect(webhook.exchanges.at(-1)).toMatchObject({
      method: 'POST',
      body: {
        event: 'rollback',
        features: ['CHAT', 'WATCH'],
        reason: 'too slow',
        at: '2026-03-01T12:00:00.000Z',
        text: 'Rolled back to the legacy service: CHAT, WATCH. too slow',
      },
    });
  });

  it('that never arrives is logged without its address, and keeps nobody waiting', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => lines.push(line) });
    await using webhook = await startProvider(resetting);
    await using world = await startFlags(await createEmbedded(), {
      alertWebhookUrl: `${webhook.url}/secret-path`,
      log,
    });
    const { healthy } = await world.flags.rollback({ reason: 'x' }, 'bob');
    expect(healthy).toBe(true);
    await world.flags.stop();
    expect(lines).toEqual([expect.stringContaining('nobody could be told of a rollback')]);
    expect(lines[0]).not.toContain('secret-path');
  });
});

describe('a rollback that does not say why', () => {
  it('is refused', async () => {
    await using world = await startFlags(await createEmbedded());
    await expect(world.flags.rollback({ reason: '' }, 'bob')).rejects.toThrow('input.reason');
    expect(world.flags.decide('LLM', 'session_1').version).toBe('NEW');
  });
});

describe('a rollback while somebody sets the feature on', () => {
  it('stands, though the flag server hears of it before it hears of the other', async () => {
    const gate = Promise.withResolvers<void>();
    const feature = { environments: [{ name: 'development', enabled: false, strategies: [] }] };
    await using server = await startProvider(async (exchange, response) => {
      const { method, path } = exchange;
      const client = path.includes('/client/');
      if (method === 'POST' && path.endsWith('/strategies')) await gate.promise;
      await json(200, client ? { version: 2, features: [] } : feature)(exchange, response);
    });
    await using world = await startFlags(await createEmbedded(), {
      unleash: {
        url: server.url,
        apiToken: 'read',
        adminToken: 'write',
        environment: 'development',
        project: 'default',
      },
    });
    const { flags } = world;
    await flags.rollback({ features: ['CHAT'], reason: 'first' }, 'bob');
    const setting = flags.set(everything, 'ada');
    await expect
      .poll(() => server.exchanges.filter(({ path }) => path.endsWith('/strategies')))
      .toHaveLength(1);
    await flags.rollback({ features: ['CHAT'], reason: 'second' }, 'bob');
    gate.resolve();

    expect(await setting).toMatchObject({ enabled: false, rolloutPercentage: 0, source: 'LOCAL' });
    expect(server.exchanges.at(-1)?.path).toMatch(/\/on$/);
    expect(flags.decide('CHAT', 'session_1').reason).toContain('second');
  });
});
