import { describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../../src/errors.ts';
import { BREAKER, Breaker } from '../../../src/migration/routing/breaker.ts';
import {
  ModelLengthError,
  ModelQuotaError,
  ModelRateLimitedError,
  ModelRefusedError,
} from '../../../src/services/models/index.ts';
import { down, fails, falls, hear, request, route, ScriptedChat, says } from './services.ts';

const legacy = () => new ScriptedChat(says('old'));
const stateOf = ({ router }: ReturnType<typeof route>) => router.breakers()[0]?.state;

/** Lets settled promises be heard. */
const settled = () => new Promise((next) => setImmediate(next));

describe('a new service that is down', () => {
  it('is not tried any more after five failures in a row', async () => {
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(fails(down)) };
    const world = route(services);
    for (let call = 0; call < 8; call += 1) await hear(world);
    expect(services.NEW.calls).toBe(5);
    expect(services.LEGACY.calls).toBe(8);
    expect(stateOf(world)).toBe('OPEN');
    expect(await hear(world)).toEqual([
      { served: 'LEGACY', fellBack: true },
      { text: 'old' },
      { usage: { inputTokens: 11, outputTokens: 7 } },
    ]);
    expect(world.calls.at(-1)).toMatchObject({
      version: 'NEW',
      outcome: 'error',
      fellBack: true,
      error: 'BREAKER_OPEN: the new service is down and was not tried',
    });
    expect(world.router.routing('CHAT', 'session_1')).toEqual({
      feature: 'CHAT',
      version: 'LEGACY',
      reason: 'The new service is down and not tried now. CHAT is on for all sessions.',
    });
    expect(await world.router.versionFor('CHAT', 'session_1')).toBe('LEGACY');
    // Each feature has its own.
    expect(await world.router.versionFor('WATCH', 'session_1')).toBe('NEW');
    expect(world.lines.filter((line) => line.includes('it gets no calls'))).toHaveLength(1);
  });

  it('is tried by one call when its time has come, and comes back when that succeeds', async () => {
    const failing = Array.from({ length: 5 }, () => fails(down));
    const held = Promise.withResolvers<void>();
    const services = {
      LEGACY: legacy(),
      NEW: new ScriptedChat(fails(down), ...failing.slice(1), async function* () {
        yield { text: 'new' };
        await held.promise;
      }),
    };
    const world = route(services);
    for (let call = 0; call < 5; call += 1) await hear(world);

    world.time.now += BREAKER.pauseMs - 1;
    await hear(world);
    expect(services.NEW.calls).toBe(5);

    world.time.now += 1;
    expect(await world.router.versionFor('CHAT', 'session_1')).toBe('NEW');
    const trying = hear(world);
    await expect.poll(() => services.NEW.calls).toBe(6);
    expect(stateOf(world)).toBe('HALF_OPEN');
    // Nobody waits for the one who tries.
    expect(await hear(world)).toContainEqual({ served: 'LEGACY', fellBack: true });
    expect(services.NEW.calls).toBe(6);

    held.resolve();
    expect(await trying).toEqual([{ served: 'NEW', fellBack: false }, { text: 'new' }]);
    await settled();
    expect(stateOf(world)).toBe('CLOSED');
    await hear(world);
    expect(services.NEW.calls).toBe(7);
  });

  it('is left alone for twice as long after each try that failed, but for no longer than the longest', async () => {
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(fails(down)) };
    const world = route(services, { breaker: { pauseMs: 1_000, longestPauseMs: 3_000 } });
    for (let call = 0; call < 5; call += 1) await hear(world);
    for (const pause of [1_000, 2_000, 3_000, 3_000]) {
      const before = services.NEW.calls;
      world.time.now += pause - 1;
      await hear(world);
      expect(services.NEW.calls).toBe(before);
      world.time.now += 1;
      await hear(world);
      expect(services.NEW.calls).toBe(before + 1);
      await settled();
      expect(stateOf(world)).toBe('OPEN');
    }
  });

  it('stays down where the one who tried it left before it had answered', async () => {
    const failing = Array.from({ length: 5 }, () => fails(down));
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(fails(down), ...failing.slice(1), falls()) };
    const world = route(services);
    for (let call = 0; call < 5; call += 1) await hear(world);
    world.time.now += BREAKER.pauseMs;
    const leaving = new AbortController();
    const trying = hear(world, {}, leaving.signal);
    await expect.poll(() => services.NEW.calls).toBe(6);
    leaving.abort();
    await trying;
    expect(world.calls.at(-1)).toMatchObject({ outcome: 'cancelled', error: null });
    await settled();
    expect(stateOf(world)).toBe('OPEN');
  });

  it('is not held open for ever by one who tried it and never came back', async () => {
    const breaker = new Breaker(
      BREAKER,
      () => time,
      () => {},
    );
    let time = 0;
    for (let call = 0; call < 5; call += 1) breaker.admit()?.failed(down);
    await settled();
    time += BREAKER.pauseMs;
    expect(breaker.admit()).not.toBeNull();
    expect(breaker.admits).toBe(false);
    time += BREAKER.tryMs;
    expect(breaker.admits).toBe(true);
    expect(breaker.admit()).toBeNull();
    await settled();
    expect(breaker.state).toBe('OPEN');
    time += 2 * BREAKER.pauseMs;
    breaker.admit()?.succeeded();
    await settled();
    expect(breaker.state).toBe('CLOSED');
  });
});

describe('a new service that is asked what nobody can answer', () => {
  it.each<[string, Error]>([
    [
      'a model that there is not',
      new ModelRefusedError('no', { status: 404, vendorCode: 'model_not_found' }),
    ],
    ['the same, in words', new ModelRefusedError('The model `nope` does not exist.', { status: 404 })],
    ['a malformed request', new ModelRefusedError('no', { status: 400 })],
    ['too much', new ModelRefusedError('no', { status: 413 })],
    ['what cannot be processed', new ModelRefusedError('no', { status: 422 })],
    ['what the content filter stops', new ModelRefusedError('The provider’s content filter stopped it.')],
    ['a reply that is too long', new ModelLengthError('The reply ran into the bound on its length.')],
    ['more than our own limits allow', new RateLimitedError('too many', 3)],
  ])('stays in service for everybody else: %s', async (_, refusal) => {
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(fails(refusal)) };
    const world = route(services);
    for (let call = 0; call < 30; call += 1) {
      expect(await hear(world)).toContainEqual({ served: 'LEGACY', fellBack: true });
      await settled();
    }
    expect(services.NEW.calls).toBe(30);
    expect(stateOf(world)).toBe('CLOSED');
    // Nothing that verdicts look at; what it was is kept.
    expect(world.calls.at(-1)).toMatchObject({
      version: 'NEW',
      outcome: 'cancelled',
      fellBack: true,
      error: expect.stringContaining(refusal.message),
    });
    expect(world.router.counts()).toEqual([
      { feature: 'CHAT', version: 'NEW', calls: 30, errors: 0, fallbacks: 30, cancelled: 0, slow: 0 },
    ]);
  });

  it.each<[string, Error]>([
    ['does not let us in', new ModelRefusedError('no', { status: 401 })],
    ['forbids it', new ModelRefusedError('no', { status: 403 })],
    ['is not where we ask', new ModelRefusedError('404 page not found', { status: 404 })],
    ['has no quota left', new ModelQuotaError('no', { status: 429 })],
    ['wants fewer calls', new ModelRateLimitedError('no', { status: 429 })],
  ])('is down where it %s', async (_, failure) => {
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(fails(failure)) };
    const world = route(services);
    for (let call = 0; call < 8; call += 1) await hear(world);
    expect(services.NEW.calls).toBe(5);
    expect(world.calls.every(({ outcome }) => outcome === 'error')).toBe(true);
  });

  it('is tried again by the next call, and left alone no longer, where that was asked when it was down', async () => {
    const refusal = new ModelRefusedError('no', { status: 400 });
    const failing = Array.from({ length: 4 }, () => fails(down));
    const services = {
      LEGACY: legacy(),
      NEW: new ScriptedChat(
        fails(down),
        ...failing,
        fails(refusal),
        fails(refusal),
        fails(down),
        says('new'),
      ),
    };
    const world = route(services, { breaker: { pauseMs: 1_000 } });
    const ask = async () => {
      const heard = await hear(world);
      await settled();
      return heard;
    };
    for (let call = 0; call < 5; call += 1) await ask();
    world.time.now += 1_000;
    await ask();
    await ask();
    expect(services.NEW.calls).toBe(7);
    expect(stateOf(world)).toBe('OPEN');
    await ask();
    expect(services.NEW.calls).toBe(8);

    // The second pause is twice the first, however many tries said nothing in between.
    world.time.now += 1_999;
    await ask();
    expect(services.NEW.calls).toBe(8);
    world.time.now += 1;
    expect(await ask()).toContainEqual({ text: 'new' });
    expect(stateOf(world)).toBe('CLOSED');
  });
});

describe('a new service that fails now and then', () => {
  it('is tried on as long as most calls succeed', async () => {
    const behaviours = Array.from({ length: 40 }, (_, call) => (call % 3 === 0 ? fails(down) : says('new')));
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(says('new'), ...behaviours) };
    const world = route(services);
    for (let call = 0; call < 40; call += 1) await hear(world);
    expect(services.NEW.calls).toBe(40);
    expect(stateOf(world)).toBe('CLOSED');
  });

  it('is not tried any more when most of the newest twenty failed', async () => {
    const behaviours = Array.from({ length: 40 }, (_, call) => (call % 3 === 1 ? says('new') : fails(down)));
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(says('new'), ...behaviours) };
    const world = route(services);
    for (let call = 0; call < 40; call += 1) await hear(world);
    expect(services.NEW.calls).toBe(20);
    expect(stateOf(world)).toBe('OPEN');
  });

  it('is not blamed for callers who leave', async () => {
    const services = { LEGACY: legacy(), NEW: new ScriptedChat(says('a', 'b')) };
    const world = route(services);
    for (let call = 0; call < 30; call += 1)
      for await (const event of world.router.reply('CHAT', request, new AbortController().signal))
        if ('text' in event) break;
    await settled();
    expect(stateOf(world)).toBe('CLOSED');
    expect(services.NEW.calls).toBe(30);
  });
});
