import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type ObservedReply, type ServiceCall, ServiceCalls } from '../../../src/migration/routing/index.ts';
import { takeAway } from '../../support/away.ts';
import {
  createEmbedded,
  createOnServer,
  describeOnServer,
  describeOnStores,
  silent,
} from '../../support/stores.ts';
import { down, fails, hear, route, ScriptedChat, says } from './services.ts';

const noon = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-03-02T12:00:00Z');
const call: ServiceCall = {
  feature: 'CHAT',
  version: 'NEW',
  sessionId: 'session_1',
  at: noon,
  durationMs: 12.5,
  firstTextMs: 3.25,
  outcome: 'ok',
  fellBack: false,
  error: null,
  share: 0.1,
};

const facts = ({ waiting, lost, stored }: ServiceCalls) => ({ waiting, lost, stored });

describe('the time of a call', () => {
  it('runs from its beginning to its end, and a fallback’s whole time is the new service’s', async () => {
    const world = route({
      LEGACY: new ScriptedChat(async function* () {
        world.time.now += 300;
        yield { text: 'old' };
        world.time.now += 400;
        yield { text: ' words' };
      }),
      NEW: new ScriptedChat(async function* () {
        world.time.now += 100;
        yield { text: 'half' };
        world.time.now += 200;
        throw down;
      }),
    });
    await hear(world);
    expect(world.calls).toMatchObject([
      { version: 'NEW', durationMs: 1_000, firstTextMs: 600, outcome: 'error', fellBack: true },
    ]);
  });

  it('is warned of where the new service takes more than a second', async () => {
    const taking = (ms: number) =>
      async function* () {
        world.time.now += ms;
        yield { text: 'new' };
      };
    const NEW = new ScriptedChat(taking(1_000), taking(1_001));
    const world = route({ LEGACY: new ScriptedChat(says('old')), NEW });
    await hear(world);
    expect(world.lines).toEqual([]);
    await hear(world);
    expect(world.lines).toEqual([expect.stringContaining('the new service was slow')]);
    expect(world.router.counts()).toEqual([
      { feature: 'CHAT', version: 'NEW', calls: 2, errors: 0, fallbacks: 0, cancelled: 0, slow: 1 },
    ]);
  });
});

describeOnStores('two hundred calls at once', (create) => {
  it('are all recorded, each once and as it was', async () => {
    const database = await create();
    const store = await database.open();
    const calls = new ServiceCalls({ db: store.db, now: () => noon, log: silent });
    calls.start();
    const NEW = new ScriptedChat(async function* ({ sessionId }) {
      await new Promise((next) => setImmediate(next));
      yield { text: 'n' };
      await new Promise((next) => setImmediate(next));
      if (Number(sessionId) % 5 === 0) throw down;
      yield { text: 'ew' };
    });
    const world = route(
      { LEGACY: new ScriptedChat(says('old')), NEW },
      {
        calls,
        flags: {
          decide: (_, sessionId) => ({
            version: Number(sessionId) < 50 ? 'LEGACY' : 'NEW',
            reason: 'so',
            source: 'LOCAL',
          }),
          // A rule picks the last of them out.
          shareOf: (_, sessionId) => (sessionId === '199' ? 1 : 0.75),
        },
        // All 200 are let in before the first fails.
        breaker: { failuresInARow: 1_000, window: 1_000 },
      },
    );
    const sessions = Array.from({ length: 200 }, (_, place) => String(place));
    const heard = await Promise.all(sessions.map((sessionId) => hear(world, { sessionId })));
    for (const [place, events] of heard.entries()) {
      const text = events.flatMap((event) => ('text' in event ? [event.text] : [])).join('');
      expect(text).toBe(place < 50 ? 'old' : place % 5 === 0 ? 'nold' : 'new');
    }

    const stored = await calls.between('CHAT', noon, later);
    expect(stored.map(({ sessionId }) => sessionId).toSorted()).toEqual(sessions.toSorted());
    const count = (of: Partial<ServiceCall>) =>
      stored.filter((it) =>
        Object.entries(of).every(([key, value]) => it[key as keyof ServiceCall] === value),
      ).length;
    expect(count({ share: 0.75 })).toBe(199);
    expect(count({ sessionId: '199', share: 1 })).toBe(1);
    expect(count({ version: 'LEGACY', outcome: 'ok', fellBack: false })).toBe(50);
    expect(count({ version: 'NEW', outcome: 'ok', fellBack: false })).toBe(120);
    expect(count({ version: 'NEW', outcome: 'error', fellBack: true })).toBe(30);
    expect(world.router.counts()).toEqual([
      { feature: 'CHAT', version: 'LEGACY', calls: 50, errors: 0, fallbacks: 0, cancelled: 0, slow: 0 },
      { feature: 'CHAT', version: 'NEW', calls: 150, errors: 30, fallbacks: 30, cancelled: 0, slow: 0 },
    ]);
    expect(facts(calls)).toEqual({ waiting: 0, lost: 0, stored: 200 });
    await calls.stop();
    await store.close();
    await database.drop();
  });

  it('are found by feature and time, as they were recorded', async () => {
    const database = await create();
    const store = await database.open();
    const calls = new ServiceCalls({ db: store.db, now: () => noon, log: silent });
    const strange: ServiceCall = {
      ...call,
      at: new Date(noon.getTime() + 1),
      sessionId: `a\0${'b'.repeat(500)}`,
      outcome: 'error',
      fellBack: true,
      error: `\0${'x'.repeat(1_000)}`,
      firstTextMs: null,
    };
    calls.record(strange);
    calls.record(call);
    calls.record({ ...call, feature: 'WATCH' });
    calls.record({ ...call, at: later });
    const found = await calls.between('CHAT', noon, later);
    expect(found[0]).toEqual(call);
    expect(found[1]).toMatchObject({ ...strange, sessionId: expect.any(String), error: expect.any(String) });
    expect(found[1]?.error).toHaveLength(500);
    expect(found).toHaveLength(2);
    expect(await calls.between('CHAT', noon, later, 1)).toHaveLength(1);
    await calls.stop();
    await store.close();
    await database.drop();
  });

  it('are forgotten when they are old', async () => {
    const database = await create();
    const store = await database.open();
    const calls = new ServiceCalls({ db: store.db, now: () => later, keptDays: 1, log: silent });
    for (const at of [new Date(noon.getTime() - 1), noon, later]) calls.record({ ...call, at });
    await calls.flush();
    expect(await calls.sweep()).toBe(1);
    expect(await calls.sweep()).toBe(0);
    expect(await calls.between('CHAT', new Date(0), new Date('2027-01-01'))).toHaveLength(2);
    await store.close();
    await database.drop();
  });
});

describe('a call that the database refuses', () => {
  it('is lost alone, and counted', async () => {
    const store = await (await createEmbedded()).open();
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => lines.push(line) });
    const calls = new ServiceCalls({ db: store.db, now: () => noon, log });
    for (let place = 0; place < 20; place += 1)
      calls.record({ ...call, at: place === 7 ? new Date(Number.NaN) : noon });
    await calls.flush();
    expect(facts(calls)).toEqual({ waiting: 0, lost: 1, stored: 19 });
    expect(lines).toEqual([expect.stringContaining('cannot be stored')]);
    await store.close();
  });
});

describeOnServer('a database that is away', () => {
  it('costs callers nothing; what waits is bounded, counted and stored later', async () => {
    const database = await createOnServer();
    const store = await database.open();
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    const calls = new ServiceCalls({ db: store.db, now: () => noon, log });
    const world = route(
      { LEGACY: new ScriptedChat(says('old')), NEW: new ScriptedChat(says('new')) },
      { calls },
    );
    const outage = await takeAway(database);

    expect(await hear(world)).toContainEqual({ text: 'new' });
    await calls.flush();
    expect(facts(calls)).toEqual({ waiting: 1, lost: 0, stored: 0 });
    for (let place = 0; place < 10_100; place += 1) calls.record(call);
    await calls.flush();
    expect(facts(calls)).toEqual({ waiting: 10_000, lost: 101, stored: 0 });
    expect(lines.filter((line) => line.includes('wait for the database'))).toHaveLength(2);

    await outage.restore();
    calls.start();
    await expect.poll(() => facts(calls)).toEqual({ waiting: 0, lost: 101, stored: 10_000 });
    expect(lines.at(-1)).toContain('stored again');
    await calls.stop();
    expect(lines.at(-1)).toContain('lost to the statistics');
    await store.close();
    await database.drop();
  });
});

describe('whoever observes replies', () => {
  const services = () => ({
    LEGACY: new ScriptedChat(says('old')),
    NEW: new ScriptedChat(says('n', 'ew'), fails(down, 'half')),
  });

  it('sees each whole reply with the service that gave it', async () => {
    const world = route(services());
    const seen: ObservedReply[] = [];
    const stop = world.router.onReply((observed) => {
      seen.push(observed);
    });
    await hear(world, { message: 'first' });
    await hear(world, { message: 'second' });
    stop();
    await hear(world, { message: 'third' });
    expect(seen).toMatchObject([
      { feature: 'CHAT', request: { message: 'first' }, reply: 'new', version: 'NEW', fellBack: false },
      { feature: 'CHAT', request: { message: 'second' }, reply: 'old', version: 'LEGACY', fellBack: true },
    ]);
  });

  it('keeps nobody waiting, and its failures are its own', async () => {
    const world = route(services());
    world.router.onReply(() => new Promise(() => {}));
    world.router.onReply(() => {
      throw new Error('cannot look');
    });
    world.router.onReply(() => Promise.reject(new Error('cannot look either')));
    expect(await hear(world)).toContainEqual({ text: 'ew' });
    await expect.poll(() => world.lines).toHaveLength(2);
  });

  it('sees nothing of replies that were left or failed', async () => {
    const world = route({ LEGACY: new ScriptedChat(fails(down)), NEW: new ScriptedChat(fails(down)) });
    const seen: ObservedReply[] = [];
    world.router.onReply((observed) => void seen.push(observed));
    await hear(world);
    expect(seen).toEqual([]);
  });

  it('is not shown a reply beyond what anybody could want', async () => {
    const world = route({
      LEGACY: new ScriptedChat(says('old')),
      NEW: new ScriptedChat(says('x'.repeat(200_001)), says('short')),
    });
    const seen: string[] = [];
    world.router.onReply(({ reply }) => void seen.push(reply));
    await hear(world);
    await hear(world);
    expect(seen).toEqual(['short']);
  });
});
