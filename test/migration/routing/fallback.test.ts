import { describe, expect, it, vi } from 'vitest';
import { ChatServiceError } from '../../../src/services/chat/errors.ts';
import { ModelTimeoutError, ModelUnavailableError } from '../../../src/services/models/index.ts';
import { deaf, down, fails, falls, hear, request, route, ScriptedChat, says } from './services.ts';

const legacyUsage = { usage: { inputTokens: 11, outputTokens: 7 } };
const fromLegacy = [{ served: 'LEGACY', fellBack: true }, { text: 'old' }, legacyUsage];

describe('a session of the legacy service', () => {
  it('never meets the new one, and its failure is its own', async () => {
    const services = {
      LEGACY: new ScriptedChat(says('old'), fails(down)),
      NEW: new ScriptedChat(says('new')),
    };
    const world = route(services, { version: 'LEGACY' });
    expect(await hear(world)).toEqual([{ served: 'LEGACY', fellBack: false }, { text: 'old' }, legacyUsage]);
    expect(await hear(world)).toEqual([{ served: 'LEGACY', fellBack: false }, { thrown: down }]);
    expect(services.NEW.calls).toBe(0);
    expect(world.calls).toMatchObject([
      { version: 'LEGACY', outcome: 'ok', fellBack: false, error: null, share: 0.25 },
      { version: 'LEGACY', outcome: 'error', fellBack: false, error: 'Error: the connection was refused' },
    ]);
  });
});

describe('a request that the legacy service refuses', () => {
  it.each([
    [400, '', 'cancelled'],
    [413, '', 'cancelled'],
    [422, '', 'cancelled'],
    [404, 'There is no model nope.', 'cancelled'],
    [404, 'Not Found', 'error'],
    [401, '', 'error'],
  ])('with %i %s is recorded as %s', async (status, said, outcome) => {
    const refusal = new ChatServiceError('legacy', 'CHAT_REFUSED', 'no', { status, cause: new Error(said) });
    const services = { LEGACY: new ScriptedChat(fails(refusal)), NEW: new ScriptedChat(says('new')) };
    const world = route(services, { version: 'LEGACY' });
    expect((await hear(world)).at(-1)).toEqual({ thrown: refusal });
    expect(world.calls).toMatchObject([{ version: 'LEGACY', outcome, error: 'CHAT_REFUSED: no' }]);
  });
});

describe('a session of the new service', () => {
  it('hears it piece by piece', async () => {
    const services = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('n', '', 'ew')) };
    const world = route(services);
    expect(await hear(world)).toEqual([
      { served: 'NEW', fellBack: false },
      { text: 'n' },
      { text: '' },
      { text: 'ew' },
      legacyUsage,
    ]);
    expect(services.LEGACY.calls).toBe(0);
    expect(world.calls).toEqual([
      {
        feature: 'CHAT',
        version: 'NEW',
        sessionId: 'session_1',
        at: new Date('2026-03-01T12:00:00Z'),
        durationMs: 0,
        firstTextMs: 0,
        outcome: 'ok',
        fellBack: false,
        error: null,
        share: 0.25,
      },
    ]);
  });

  it.each([
    ['before it says anything', fails(down), []],
    ['in the middle of a reply', fails(down, 'half a'), [{ text: 'half a' }]],
    [
      'as soon as it is asked',
      () => {
        throw down;
      },
      [],
    ],
  ])('gets the legacy one where it fails %s', async (_, failing, heardBefore) => {
    const services = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(failing) };
    const world = route(services);
    expect(await hear(world)).toEqual([{ served: 'NEW', fellBack: false }, ...heardBefore, ...fromLegacy]);
    expect(world.calls).toMatchObject([{ version: 'NEW', outcome: 'error', fellBack: true }]);
    expect(world.lines.join()).toContain('the legacy one answers');
  });

  it('is told what the failed reply was paid for', async () => {
    const failed = new ModelUnavailableError('gone', { usage: { inputTokens: 5, outputTokens: 1 } });
    const world = route({ LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(fails(failed, 'h')) });
    expect(await hear(world)).toEqual([
      { served: 'NEW', fellBack: false },
      { text: 'h' },
      { usage: { inputTokens: 5, outputTokens: 1 } },
      ...fromLegacy,
    ]);
    expect(world.calls[0]?.error).toBe('MODEL_UNAVAILABLE: gone');
  });

  it.each([
    ['silent', falls('half')],
    ['silent and deaf', deaf('half')],
  ])('gets the legacy one where it falls %s', async (_, silent) => {
    const services = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(silent) };
    const world = route(services, { silenceMs: 20 });
    expect(await hear(world)).toEqual([{ served: 'NEW', fellBack: false }, { text: 'half' }, ...fromLegacy]);
    expect(services.NEW.signals[0]?.aborted).toBe(true);
    expect(world.calls[0]?.error).toBe('CHAT_TIMEOUT: the new service said nothing within 20 ms');
  });

  it('is given the time that the service has by its own settings', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answer = Promise.withResolvers<void>();
      const NEW = new ScriptedChat(async function* () {
        await answer.promise;
        yield { text: 'thought' };
      }, falls());
      NEW.deadlineMs = 600_000;
      const world = route({ LEGACY: new ScriptedChat(says('old')), NEW });
      const thinking = hear(world);
      await vi.waitFor(() => expect(NEW.calls).toBe(1));
      await vi.advanceTimersByTimeAsync(599_000);
      answer.resolve();
      expect(await thinking).toEqual([{ served: 'NEW', fellBack: false }, { text: 'thought' }]);

      const silent = hear(world);
      await vi.waitFor(() => expect(NEW.calls).toBe(2));
      await vi.advanceTimersByTimeAsync(610_000);
      expect(await silent).toEqual([{ served: 'NEW', fellBack: false }, ...fromLegacy]);
      expect(world.calls.map(({ outcome }) => outcome)).toEqual(['ok', 'error']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits for our own limits for as long as that takes, and it is nobody’s time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const turn = Promise.withResolvers<void>();
      const NEW = new ScriptedChat(async function* (_, __, time) {
        {
          using _ = time?.waits();
          await turn.promise;
        }
        world.time.now += 700;
        yield { text: 'new' };
      });
      const world = route({ LEGACY: new ScriptedChat(says('old')), NEW });
      const waiting = hear(world);
      await vi.waitFor(() => expect(NEW.calls).toBe(1));
      await vi.advanceTimersByTimeAsync(1_000_000);
      world.time.now += 1_000_000;
      turn.resolve();
      expect(await waiting).toEqual([{ served: 'NEW', fellBack: false }, { text: 'new' }]);
      expect(world.calls).toMatchObject([{ outcome: 'ok', durationMs: 700, firstTextMs: 700 }]);
      expect(world.lines).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('begins to count the silence when the call is made', async () => {
    const NEW = new ScriptedChat(async function* (_, signal, time) {
      {
        using _ = time?.waits();
        await new Promise((next) => setImmediate(next));
      }
      yield* falls()(request, signal);
    });
    const world = route({ LEGACY: new ScriptedChat(says('old')), NEW }, { silenceMs: 20 });
    expect(await hear(world)).toEqual([{ served: 'NEW', fellBack: false }, ...fromLegacy]);
    expect(world.calls).toMatchObject([{ outcome: 'error', error: expect.stringContaining('CHAT_TIMEOUT') }]);
  });

  it.each([
    ['most of its time it waited for our own limits', 900, 'cancelled', 'CLOSED'],
    ['the service had most of the time', 300, 'error', 'OPEN'],
  ])('gets the legacy one when its time is over: %s', async (_, waitMs, outcome, state) => {
    const NEW = new ScriptedChat(async function* (_, __, time) {
      {
        using _ = time?.waits();
        world.time.now += waitMs;
      }
      world.time.now += 600;
      yield { text: 'half' };
      throw new ModelTimeoutError('The model did not answer in time.');
    });
    const world = route({ LEGACY: new ScriptedChat(says('old')), NEW }, { breaker: { failuresInARow: 1 } });
    expect((await hear(world)).slice(2)).toEqual(fromLegacy);
    expect(world.calls).toMatchObject([{ outcome, fellBack: true, durationMs: 600 }]);
    await vi.waitFor(() => expect(world.router.breakers()[0]).toEqual({ feature: 'CHAT', state }));
  });

  it('keeps it where only the caller is slow', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const world = route({ LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('n', 'ew')) });
      const heard: string[] = [];
      for await (const event of world.router.reply('CHAT', request, new AbortController().signal)) {
        if ('text' in event) heard.push(event.text);
        vi.advanceTimersByTime(200_000);
      }
      expect(heard).toEqual(['n', 'ew']);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('hears of the legacy one’s failure where both fail', async () => {
    const both = new ChatServiceError('legacy', 'CHAT_UNAVAILABLE', 'it is down too');
    const world = route({ LEGACY: new ScriptedChat(fails(both)), NEW: new ScriptedChat(fails(down)) });
    expect((await hear(world)).at(-1)).toEqual({ thrown: both });
    expect(world.calls).toMatchObject([
      { version: 'NEW', outcome: 'error', fellBack: true, error: 'Error: the connection was refused' },
    ]);
  });

  it('keeps it for the whole reply, whatever its flag does meanwhile', async () => {
    const decisions = ['NEW', 'LEGACY'] as const;
    let asked = 0;
    const world = route(
      { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('a', 'b')) },
      {
        flags: {
          decide: () => ({ version: decisions[asked++] ?? 'LEGACY', reason: 'so', source: 'LOCAL' }),
          shareOf: () => 1,
        },
      },
    );
    const heard = await hear(world);
    expect(heard.filter((event) => 'text' in event)).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(await hear(world)).toContainEqual({ text: 'old' });
  });
});

describe('a caller who gives up', () => {
  it.each([
    ['a service that hears', falls('half')],
    ['a deaf one', deaf('half')],
  ])('hears the reason at once, and never another service: %s', async (_, silent) => {
    const services = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(silent) };
    const world = route(services);
    const leaving = new AbortController();
    const why = new Error('enough');
    const heard = [];
    try {
      for await (const event of world.router.reply('CHAT', request, leaving.signal)) {
        heard.push(event);
        if ('text' in event) queueMicrotask(() => leaving.abort(why));
      }
    } catch (thrown) {
      heard.push({ thrown });
    }
    expect(heard).toEqual([{ served: 'NEW', fellBack: false }, { text: 'half' }, { thrown: why }]);
    expect(services.LEGACY.calls).toBe(0);
    expect(services.NEW.signals[0]?.aborted).toBe(true);
    expect(world.calls).toMatchObject([{ outcome: 'cancelled', fellBack: false, error: null }]);
  });

  it('before it began is not even counted', async () => {
    const services = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('new')) };
    const world = route(services);
    const why = new Error('enough');
    expect(await hear(world, {}, AbortSignal.abort(why))).toEqual([{ thrown: why }]);
    expect(world.calls).toEqual([]);
  });

  it('by leaving the loop ends the call behind it', async () => {
    const services = { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('a', 'b', 'c')) };
    const world = route(services);
    for await (const event of world.router.reply('CHAT', request, new AbortController().signal))
      if ('text' in event) break;
    expect(services.NEW.signals[0]?.aborted).toBe(true);
    expect(world.calls).toMatchObject([{ outcome: 'cancelled', firstTextMs: 0 }]);
    expect(world.router.breakers()[0]).toEqual({ feature: 'CHAT', state: 'CLOSED' });
  });

  it('while the legacy service stands in leaves the new one’s failure what it is', async () => {
    const services = { LEGACY: new ScriptedChat(falls('old')), NEW: new ScriptedChat(fails(down)) };
    const world = route(services);
    const leaving = new AbortController();
    const reply = world.router.reply('CHAT', request, leaving.signal);
    for (let event = await reply.next(); !('text' in event.value); ) event = await reply.next();
    leaving.abort();
    await expect(reply.next()).rejects.toThrow('aborted');
    expect(world.calls).toMatchObject([{ version: 'NEW', outcome: 'error', fellBack: true }]);
  });
});
