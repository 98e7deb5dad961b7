import { describe, expect, it } from 'vitest';
import { InvalidInputError, InvalidStateError } from '../../../src/errors.ts';
import { FeatureWatch } from '../../../src/migration/rollout/watch.ts';
import { json, startProvider } from '../../support/provider.ts';
import { createEmbedded, createOnServer, describeOnServer, describeOnStores } from '../../support/stores.ts';
import { startFlagServer } from './flag-server.ts';
import { Clock, HOUR, joinWorld, type RolloutWorld, startWorld } from './world.ts';

/** The step has begun, and was looked at. */
const holding = (world: RolloutWorld, id: string, percentage: number) =>
  expect.poll(() => world.said(id)).toContainEqual(expect.stringContaining(`Holding at ${percentage} %`));

describeOnStores('a rollout', (create) => {
  it('walks its steps while the new service is cleared, and says why', async () => {
    await using world = await startWorld(await create());
    const { flags } = world;
    const { id } = await world.start();

    await holding(world, id, 10);
    await world.serve({ passing: HOUR, share: 0.1 });
    await holding(world, id, 50);
    await world.serve({ passing: HOUR, share: 0.5 });
    await holding(world, id, 100);
    await world.serve({ passing: HOUR, share: 1, sessions: 60 });

    const events = await world.log(id);
    const job = await world.job(id);
    expect(job).toMatchObject({ status: 'COMPLETED', error: null, progress: { step: 3, total: 3 } });
    expect(world.rollouts.percentageOf(job)).toBe(100);
    expect(await world.engine.jobs.output(job)).toEqual({ percentage: 100 });
    const said = events.flatMap((event) => (event.type === 'JobLogged' ? event.message : []));
    expect(said).toEqual([
      'Step 1 of 3: CHAT is set to 10 %.',
      expect.stringMatching(/^Holding at 10 %\. The step lasts 3600 s more\./),
      expect.stringMatching(
        /^Going on from 10 %\. No rule is broken.*\[calls 3240 legacy, 360 new; .*p of clearing/,
      ),
      'Step 2 of 3: CHAT is set to 50 %.',
      expect.stringMatching(/^Holding at 50 %/),
      expect.stringMatching(/^Going on from 50 %.*\[calls 1800 legacy, 1800 new;/),
      'Step 3 of 3: CHAT is set to 100 %.',
      expect.stringMatching(/^Holding at 100 %/),
      expect.stringMatching(/^Done: CHAT stays at 100 %\./),
    ]);
    expect((await flags.history('CHAT')).map(({ by, rolloutPercentage }) => [by, rolloutPercentage])).toEqual(
      [
        ['ada', 100],
        ['ada', 50],
        ['ada', 10],
      ],
    );
  });

  it('is the only one of its feature, however many are started at once', async () => {
    await using world = await startWorld(await create());
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => world.start()));
    const accepted = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    expect(accepted).toHaveLength(1);
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(InvalidStateError);
    await expect(world.start({ feature: 'WATCH' })).resolves.toMatchObject({ kind: 'ROLLOUT' });
    expect(await world.rollouts.underWay()).toEqual(
      new Map([
        ['CHAT', 1],
        ['WATCH', 1],
      ]),
    );

    await world.engine.jobs.cancel('ada', accepted[0]!.id);
    await expect.poll(async () => (await world.job(accepted[0]!.id)).status).toBe('CANCELLED');
    await expect(world.start({ steps: [100] })).resolves.toMatchObject({ status: 'STARTED' });
  });
});

describe('a rollout whose new service gets worse', () => {
  it('goes back by itself, tells the webhook, and says why', async () => {
    await using webhook = await startProvider(json(200, {}));
    await using world = await startWorld(await createEmbedded(), { alertWebhookUrl: webhook.url });
    const { id } = await world.start();
    await holding(world, id, 10);

    await world.serve({ share: 0.1, failing: 30 });
    const events = await world.log(id);
    const job = await world.job(id);
    expect(job).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'ROLLED_BACK',
        message: expect.stringMatching(/^CHAT was rolled back from 10 %\. Confirmed/),
      },
    });
    expect(world.rollouts.percentageOf(job)).toBe(0);
    const last = events.findLast((event) => event.type === 'JobLogged');
    expect(last).toMatchObject({
      level: 'ERROR',
      message: expect.stringMatching(
        /^Going back from 10 %\. .*The error rate has gone up.*errors 0\.0 % legacy, 8\.3 % new/,
      ),
    });

    expect(world.flags.feature('CHAT')).toMatchObject({
      enabled: false,
      rolloutPercentage: 0,
      source: 'LOCAL',
    });
    expect(world.flags.decide('CHAT', 'session_1').reason).toContain(`Rollout ${id} went back from 10 %`);
    await expect
      .poll(() => webhook.exchanges)
      .toMatchObject([
        { body: { event: 'rollback', features: ['CHAT'], reason: expect.stringContaining('error rate') } },
      ]);
  });

  it('goes back where it is slower, also at a later step', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start();
    await holding(world, id, 10);
    await world.serve({ passing: HOUR, share: 0.1 });
    await holding(world, id, 50);
    await world.serve({ share: 0.5, candidateMs: 300 });
    await world.log(id);
    expect(await world.job(id)).toMatchObject({
      error: { code: 'ROLLED_BACK', message: expect.stringContaining('The response time is worse') },
    });
  });
});

describe('a rollout without evidence', () => {
  it('holds until there were calls enough, and says how many are missing', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start();
    await holding(world, id, 10);
    world.clock.pass(HOUR);
    await expect
      .poll(() => world.said(id))
      .toContainEqual(expect.stringContaining('The new service had 0 of 300 calls.'));
    // Enough of the new service, and not of the legacy one.
    await world.serve({ share: 0.95, sessions: 80 });
    await expect
      .poll(() => world.said(id))
      .toContainEqual(expect.stringMatching(/^Holding at 10 %\. .*legacy service needs \d+ more calls/));
    expect(world.flags.feature('CHAT').rolloutPercentage).toBe(10);
  });

  it('spends half of its chance at the first look, and looks again when the calls have doubled', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start();
    await holding(world, id, 10);
    // p = 0.013: below a third of alpha, but not below half of that.
    await world.serve({ passing: HOUR, share: 0.1, slow: { calls: 9, ms: 115 } });
    await expect
      .poll(() => world.said(id))
      .toContainEqual(
        expect.stringContaining(
          'Look 1 did not clear the response time surely enough; the next one is at 600 calls.',
        ),
      );
    await world.serve({ share: 0.1, sessions: 300 });
    const { status, lastSeq } = await world.job(id);
    expect(status).toBe('RUNNING');
    await world.serve({ share: 0.1, sessions: 300 });
    await expect.poll(() => world.flags.feature('CHAT').rolloutPercentage).toBe(50);
    expect((await world.job(id)).lastSeq).toBeGreaterThan(lastSeq);
  });
});

describe('a rollout with more calls than it keeps', () => {
  it('counts them all, so that a step is left however many it wants', async () => {
    await using world = await startWorld(await createEmbedded(), { kept: 1_000 });
    const { id } = await world.start({ minRequestsPerStep: 500 });
    await holding(world, id, 10);
    await world.serve({ passing: HOUR / 2, share: 0.1 });
    await world.serve({ passing: HOUR / 2, share: 0.1 });
    await expect.poll(() => world.flags.feature('CHAT').rolloutPercentage).toBe(50);
    expect(await world.said(id)).toContainEqual(
      expect.stringMatching(/^Going on from 10 %.*\[calls 6480 legacy, 720 new;/),
    );
  });
});

describe('the last step of a rollout', () => {
  it('goes back at 100 % where sessions fail that did not with the legacy service', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start({ steps: [50, 100] });
    await holding(world, id, 50);
    await world.serve({ passing: HOUR, share: 0.5 });
    await holding(world, id, 100);
    await world.serve({ passing: HOUR, share: 1, sessions: 120, failing: 120 });
    await world.log(id);
    expect(await world.job(id)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'ROLLED_BACK',
        message: expect.stringMatching(/from 100 %\. Confirmed.*error rate has gone up/),
      },
    });
    expect(world.flags.feature('CHAT')).toMatchObject({ enabled: false });
  });

  it('holds at 100 % without anything to compare errors with, until calls stop failing', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start({ steps: [100] });
    await holding(world, id, 100);
    await world.serve({ passing: HOUR, share: 1, sessions: 60, failing: 60 });
    await expect
      .poll(() => world.said(id))
      .toContainEqual(
        expect.stringContaining(
          'Holding at 100 %. 16.7 % of the calls failed at 100 %; there were no legacy calls to compare with.',
        ),
      );
    expect((await world.job(id)).status).toBe('RUNNING');
  });

  it('is left below 100 % as any other is, with a worse response time ruled out', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start({ steps: [50] });
    await holding(world, id, 50);
    await world.serve({
      passing: HOUR,
      share: 0.5,
      sessions: 200,
      candidateMs: 100,
      slow: { calls: 42, ms: 130 },
    });
    await expect
      .poll(() => world.said(id))
      .toContainEqual(
        expect.stringMatching(/^Holding at 50 %\. Chance can explain it .*response time is worse/),
      );
    await world.serve({ passing: HOUR, share: 0.5, sessions: 1_200 });
    await world.log(id);
    expect(await world.job(id)).toMatchObject({ status: 'COMPLETED', error: null });
  });
});

describe('a rollout that is stopped', () => {
  it('leaves the share where it is when it is cancelled, and says so', async () => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start();
    await expect.poll(async () => (await world.job(id)).progress?.step).toBe(1);
    await world.engine.jobs.cancel('ada', id);
    const events = await world.log(id);
    expect((await world.job(id)).status).toBe('CANCELLED');
    expect(events.findLast((event) => event.type === 'JobLogged')).toMatchObject({
      message: 'Cancelled: CHAT stays at 10 %.',
    });
    expect(world.flags.feature('CHAT')).toMatchObject({ enabled: true, rolloutPercentage: 10 });
  });

  it.each([
    [
      'a person rolls back',
      (world: RolloutWorld) => world.flags.rollback({ features: ['CHAT'], reason: 'odd replies' }, 'grace'),
      false,
    ],
    [
      'a person sets another share',
      (world: RolloutWorld) =>
        world.flags.set({ feature: 'CHAT', rolloutPercentage: 25, reason: 'odd replies' }, 'grace'),
      true,
    ],
  ] as const)('ends where %s, and leaves the feature as it is', async (_, interrupt, enabled) => {
    await using world = await startWorld(await createEmbedded());
    const { id } = await world.start();
    await expect.poll(async () => (await world.job(id)).progress?.step).toBe(1);
    await interrupt(world);
    await world.log(id);
    expect(await world.job(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERRUPTED', message: expect.stringMatching(/changed by grace .*odd replies/) },
    });
    expect(world.flags.feature('CHAT').enabled).toBe(enabled);
  });
});

describeOnServer('a rollout that is taken up again', () => {
  it('goes on at a later step, with what was seen before', async () => {
    const database = await createOnServer();
    const first = await joinWorld(database);
    const { clock } = first;
    const { id } = await first.start();
    await holding(first, id, 10);
    await first.serve({ passing: HOUR, share: 0.1 });
    await holding(first, id, 50);
    await first[Symbol.asyncDispose]();

    await using second = await startWorld(database, { clock });
    await second.serve({ passing: HOUR, share: 0.5 });
    await holding(second, id, 100);
    expect((await second.job(id)).attempt).toBe(2);
    expect((await second.flags.history('CHAT')).map((change) => change.rolloutPercentage)).toEqual([
      100, 50, 10,
    ]);
  });

  it('sets no share a second time that was set before its process died', async () => {
    const clock = new Clock();
    const database = await createOnServer();
    const lost = await joinWorld(database, { clock, works: false });
    const { id } = await lost.start();
    const reason = `Rollout ${id}, step 1 of 3: a test`;
    await lost.flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 10, reason }, 'ada');
    await lost[Symbol.asyncDispose]();

    await using world = await startWorld(database, { clock });
    await holding(world, id, 10);
    expect(await world.flags.history('CHAT')).toHaveLength(1);
  });
});

describeOnServer('a rollout whose process dies', () => {
  it('goes on at its step in another one, with the time that has passed', async () => {
    const database = await createOnServer();
    const first = await joinWorld(database);
    const { id } = await first.start();
    await holding(first, id, 10);
    const { clock } = first;
    clock.pass(HOUR / 2);
    await first[Symbol.asyncDispose]();

    await using second = await startWorld(database, { clock });
    await second.serve({ passing: HOUR / 2, share: 0.1 });
    await expect.poll(() => second.flags.feature('CHAT').rolloutPercentage).toBe(50);
    expect((await second.flags.history('CHAT')).map((change) => change.rolloutPercentage)).toEqual([50, 10]);
    expect((await second.job(id)).attempt).toBe(2);
  });
});

describeOnServer('a rollback while a rollout begins', () => {
  const changes = async ({ flags }: RolloutWorld) =>
    (await flags.history('CHAT')).map(({ by, enabled, rolloutPercentage }) => [
      by,
      enabled,
      rolloutPercentage,
    ]);
  const interrupted = (by: string) => ({
    status: 'FAILED',
    error: { code: 'INTERRUPTED', message: expect.stringContaining(`CHAT was changed by ${by} `) },
  });

  it('holds where it came before a worker took the rollout up, and is not put aside by one from before', async () => {
    const clock = new Clock();
    const database = await createOnServer();
    const accepting = await joinWorld(database, { clock, works: false });
    await accepting.flags.rollback({ features: ['CHAT'], reason: 'odd replies' }, 'ada');
    const { id } = await accepting.start();
    clock.pass(1_000);
    await accepting.flags.rollback({ features: ['CHAT'], reason: 'odd replies' }, 'grace');
    await accepting[Symbol.asyncDispose]();

    await using world = await startWorld(database, { clock });
    await world.log(id);
    expect(await world.job(id)).toMatchObject(interrupted('grace'));
    expect(world.flags.feature('CHAT')).toMatchObject({ enabled: false, source: 'LOCAL' });
    expect(await changes(world)).toEqual([
      ['grace', false, 0],
      ['ada', false, 0],
    ]);
  });

  it('from before it was accepted is lifted', async () => {
    await using world = await startWorld(await createOnServer());
    await world.flags.rollback({ features: ['CHAT'], reason: 'odd replies' }, 'grace');
    await world.start();
    await expect
      .poll(() => world.flags.feature('CHAT'))
      .toMatchObject({ enabled: true, rolloutPercentage: 10 });
  });

  it('is put back where the rollout lifted it in the same moment', async () => {
    const clock = new Clock();
    const database = await createOnServer();
    const lost = await joinWorld(database, { clock, works: false });
    const { id } = await lost.start();
    // As an attempt that died behind its change leaves it.
    await lost.flags.rollback({ features: ['CHAT'], reason: 'odd replies' }, 'grace');
    const reason = `Rollout ${id}, step 1 of 3: a test`;
    await lost.flags.set({ feature: 'CHAT', enabled: true, rolloutPercentage: 10, reason }, 'ada');
    await lost[Symbol.asyncDispose]();

    await using world = await startWorld(database, { clock });
    await world.log(id);
    expect(await world.job(id)).toMatchObject(interrupted('grace'));
    expect(world.flags.feature('CHAT')).toMatchObject({ enabled: false, source: 'LOCAL' });
  });

  it('holds while the flag server is away and is asked again', async () => {
    await using server = await startFlagServer();
    const { url } = server;
    const unleash = {
      url,
      apiToken: 'token',
      adminToken: 'admin',
      environment: 'development',
      project: 'default',
    };
    await using world = await startWorld(await createOnServer(), { unleash });
    const { id } = await world.start();
    await expect.poll(() => world.said(id)).toContainEqual(expect.stringContaining('Trying again.'));
    await world.flags.rollback({ features: ['CHAT'], reason: 'odd replies' }, 'grace');
    server.away = false;
    await world.log(id);
    expect((await world.job(id)).error).toMatchObject({ code: 'INTERRUPTED' });
    expect(world.flags.feature('CHAT')).toMatchObject({ enabled: false, source: 'LOCAL' });
    expect(server.on).toBe(false);
  });
});

describe('what a flag server says of a feature', () => {
  const change = { at: new Date(0), by: 'ada', reason: 'ours', enabled: true, rolloutPercentage: 10 };
  const seen = { name: 'CHAT', source: 'UNLEASH', lastChange: change } as const;
  const watchOf = (now: { enabled: boolean; rolloutPercentage: number }) =>
    new FeatureWatch(() => ({ ...seen, ...now }), { percentage: 10, isKnown: () => true, wayBack: 'back' });
  const at = (seconds: number) => new Date(1_000 * seconds);

  it('is old for a while, however often it is looked at', () => {
    const now = { enabled: false, rolloutPercentage: 0 };
    const watch = watchOf(now);
    for (let look = 0; look < 600; look += 1) watch.look(at(look / 10));
    Object.assign(now, { enabled: true, rolloutPercentage: 10 });
    watch.look(at(100));
    Object.assign(now, { rolloutPercentage: 5 });
    for (let look = 0; look < 600; look += 1) watch.look(at(110 + look / 10));
  });

  it('is believed when it has stayed for two minutes', () => {
    const watch = watchOf({ enabled: true, rolloutPercentage: 5 });
    watch.look(at(0));
    watch.look(at(119));
    expect(() => watch.look(at(121))).toThrow('changed on the flag server while the rollout ran (5 %)');
  });
});

describe('starting a rollout', () => {
  it('refuses what cannot be walked, field by field', async () => {
    await using world = await startWorld(await createEmbedded());
    const wrong = [
      [{ steps: [] }, 'steps'],
      [{ steps: [50, 10] }, 'steps'],
      [{ steps: [10, 10] }, 'steps'],
      [{ steps: [0, 10] }, 'steps'],
      [{ steps: [10, 101] }, 'steps'],
      [{ steps: Array.from({ length: 21 }, (_, place) => place + 1) }, 'steps'],
      [{ minRequestsPerStep: 0 }, 'minRequestsPerStep'],
      [{ stepSeconds: -1 }, 'stepSeconds'],
      [{ stepSeconds: 604_801 }, 'stepSeconds'],
      [{ reason: ' ' }, 'reason'],
      [{ feature: 'SESSION' as const }, 'feature'],
    ] as const;
    for (const [request, field] of wrong) {
      const refused = await world.start(request).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(InvalidInputError);
      expect((refused as InvalidInputError).issues.map(({ path }) => path)).toEqual([`input.${field}`]);
    }
    expect(await world.rollouts.underWay()).toEqual(new Map());
  });

  it('refuses to begin by taking sessions away, or against the environment', async () => {
    await using world = await startWorld(await createEmbedded(), { killedByEnvironment: ['WATCH'] });
    await world.flags.set(
      { feature: 'CHAT', enabled: true, rolloutPercentage: 50, reason: 'by hand' },
      'ada',
    );
    await expect(world.start()).rejects.toMatchObject({ code: 'INVALID_STATE', status: '50 %' });
    await expect(world.start({ feature: 'WATCH' })).rejects.toMatchObject({ status: 'ENVIRONMENT' });
    await expect(world.start({ steps: [50, 100] })).resolves.toMatchObject({ status: 'STARTED' });
    await expect(world.start({ feature: 'LLM', steps: [100] })).resolves.toMatchObject({ subject: 'LLM' });
  });
});
