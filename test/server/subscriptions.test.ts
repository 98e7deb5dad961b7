import type { Socket } from 'node:net';
import { type Client, createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { authenticateWith } from '../../src/server/index.ts';
import { events, startWorld } from './world.ts';

type World = Awaited<ReturnType<typeof startWorld>>;

/** The two ways to follow a subscription, as a client sees them. */
const transports = {
  WebSocket: (world: World, query: string) => {
    const client = connectTo(world);
    const results = client.iterate({ query });
    return { results, leave: () => void results.return?.(), vanish: () => client.terminate() };
  },
  'event stream': (world: World, query: string) => {
    const gone = new AbortController();
    const results = (async function* () {
      const init = { signal: gone.signal };
      const response = await world.post({ query }, { accept: 'text/event-stream' }, init);
      for await (const { event, data } of events(response)) {
        if (event === 'complete') return;
        yield data;
      }
    })();
    return { results, leave: () => gone.abort(), vanish: () => gone.abort() };
  },
};

function connectTo(world: World, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  return createClient({ url: world.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
}

describe.each(Object.entries(transports))('following over %s', (_, follow) => {
  it('gets every event, then the end', async () => {
    await using world = await startWorld();
    const { results } = follow(world, 'subscription { count(to: 3) }');
    expect(await Array.fromAsync(results)).toEqual([1, 2, 3].map((count) => ({ data: { count } })));
    await expect.poll(world.subscribers).toBe(0);
  });

  it.each(['leave', 'vanish'] as const)('frees the source at once on %s, though it waits', async (how) => {
    await using world = await startWorld();
    const following = follow(world, 'subscription { never }');
    await following.results.next();
    expect([world.subscribers(), world.traces.signals[0]!.aborted]).toEqual([1, false]);

    following.results.next().catch(() => {});
    following[how]();
    await expect.poll(() => world.traces.signals[0]!.aborted, { interval: 5, timeout: 500 }).toBe(true);
    await expect.poll(() => world.traces.released, { interval: 5, timeout: 500 }).toBe(1);
    expect(world.subscribers()).toBe(0);
  });

  it('leaves the signal alone where the end was reached', async () => {
    const signals: AbortSignal[] = [];
    await using world = await startWorld({
      contextFor: (caller) => {
        signals.push(caller.signal);
        return caller;
      },
    });
    await Array.fromAsync(follow(world, 'subscription { count(to: 1) }').results);
    await expect.poll(() => world.lines.length).toBeGreaterThan(0);
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
  });

  it('sees a failing event masked, and what comes after it', async () => {
    await using world = await startWorld();
    const results = await Array.fromAsync(follow(world, 'subscription Sub { brittle }').results);
    expect(results).toMatchObject([
      { errors: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
      { data: { brittle: 2 } },
    ]);
    expect(JSON.stringify(results)).not.toMatch(/hunter2|http/);
    expect(world.lines.filter((line) => line.level === 50)).toMatchObject([
      { operation: 'Sub', fault: { message: 'password=hunter2' } },
    ]);
  });

  it('sees a failing source masked, as its last result', async () => {
    await using world = await startWorld();
    const results = await Array.fromAsync(follow(world, 'subscription { broken }').results);
    expect(results).toMatchObject([
      { data: { broken: 1 } },
      { errors: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    ]);
  });

  it('reads the failures that are meant for it', async () => {
    await using world = await startWorld();
    expect(await Array.fromAsync(follow(world, 'subscription { secret }').results)).toMatchObject([
      { errors: [{ message: 'Nothing here.', extensions: { code: 'NOT_THERE' } }] },
    ]);
  });
});

describe('leaving a query that still runs', () => {
  it.each(['HTTP', 'WebSocket'])('aborts its signal over %s', async (transport) => {
    await using world = await startWorld();
    const gone = new AbortController();
    if (transport === 'HTTP') {
      world.post({ query: '{ waits }' }, {}, { signal: gone.signal }).catch(() => {});
    } else {
      const leave = connectTo(world).subscribe(
        { query: '{ waits }' },
        { next() {}, error() {}, complete() {} },
      );
      gone.signal.addEventListener('abort', leave);
    }
    await expect.poll(() => world.traces.signals.length).toBe(1);
    gone.abort();
    await expect.poll(() => world.traces.signals[0]!.aborted).toBe(true);
    world.traces.release.resolve();
  });
});

describe('an event stream', () => {
  it('asks proxies not to hold it back', async () => {
    await using world = await startWorld();
    const response = await world.post(
      { query: 'subscription { count(to: 1) }' },
      { accept: 'text/event-stream' },
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    await response.text();
  });

  it('is kept alive by comments', async () => {
    await using world = await startWorld();
    const response = await world.post({ query: 'subscription { never }' }, { accept: 'text/event-stream' });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.split(':\n\n').length > 3) break;
    }
    await expect.poll(world.subscribers).toBe(0);
  });

  it('is refused where its owner has too many', async () => {
    await using world = await startWorld({ limits: { connectionsPerOwner: 1 } });
    const ask = () => world.post({ query: 'subscription { never }' }, { accept: 'text/event-stream' });
    const first = await ask();
    const second = await ask();
    expect([first.status, second.status]).toEqual([200, 429]);
    expect(await second.text()).toContain('TOO_MANY_CONNECTIONS');

    await first.body!.cancel();
    await expect.poll(async () => (await ask()).status).toBe(200);
  });
});

describe('a WebSocket', () => {
  it('runs queries and mutations too, under the same limits and masks', async () => {
    await using world = await startWorld();
    const client = connectTo(world);
    const ask = async (query: string, variables = {}) => {
      const { value } = await client.iterate({ query, variables }).next();
      return value;
    };
    expect(await ask('{ hello }')).toEqual({ data: { hello: 'Hello world' } });
    expect(await ask('{ fail }')).toMatchObject({
      data: { fail: null },
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const refusals = {
      '{ nope }': 'GRAPHQL_VALIDATION_FAILED',
      '{ nope': 'GRAPHQL_PARSE_FAILED',
      '{ items(first: 100000) { id } }': 'QUERY_TOO_LARGE',
      'query A { hello } query B { hello }': 'OPERATION_RESOLUTION_FAILURE',
    };
    for (const [query, code] of Object.entries(refusals)) {
      await expect(ask(query)).rejects.toMatchObject([{ extensions: { code } }]);
    }
    expect(await ask('query($v: Small) { small(value: $v) }', { v: 'abcd' })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(await ask('{ hello }')).toEqual({ data: { hello: 'Hello world' } });
    client.dispose();
  });

  it('is opened for pages of this host, allowed origins, and clients that are no browsers', async () => {
    await using world = await startWorld({ allowedOrigins: ['https://app.example.com'] });
    const opened = (origin?: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(world.wsUrl, 'graphql-transport-ws', origin ? { origin } : {});
        socket.on('error', () => resolve(false));
        socket.on('open', () => {
          socket.terminate();
          resolve(true);
        });
      });
    expect(await Promise.all([opened(), opened(world.origin), opened('https://app.example.com')])).toEqual([
      true,
      true,
      true,
    ]);
    expect(await Promise.all([opened('https://evil.example.com'), opened('null')])).toEqual([false, false]);
  });

  it('knows its owner by connection parameters', async () => {
    await using world = await startWorld({ authenticate: authenticateWith(new Map([['token', 'ann']])) });
    const known = connectTo(world, { connectionParams: { authorization: 'Bearer token' } });
    expect((await known.iterate({ query: '{ viewer }' }).next()).value).toEqual({ data: { viewer: 'ann' } });
    known.dispose();

    expect(await closing(world, {})).toBe(4401);
  });

  it('is closed with 4408 where nobody introduces himself', async () => {
    await using world = await startWorld({ limits: { connectionInitMs: 50 } });
    expect(await closing(world)).toBe(4408);
  });

  it('is closed with 4429 where its owner has too many', async () => {
    await using world = await startWorld({ limits: { connectionsPerOwner: 1 } });
    const first = connectTo(world, { lazy: false });
    await (first.iterate({ query: '{ hello }' }) as AsyncIterableIterator<unknown>).next();
    expect(await closing(world, {})).toBe(4429);

    first.dispose();
    await expect.poll(() => closing(world, {}, 'connection_ack')).toBe(0);
  });

  it('refuses one operation too many, and keeps the others', async () => {
    await using world = await startWorld({ limits: { subscriptionsPerConnection: 2 } });
    const client = connectTo(world);
    const [first, second] = [1, 2].map(() => client.iterate({ query: 'subscription { never }' }));
    await first!.next();
    await second!.next();
    await expect(client.iterate({ query: '{ hello }' }).next()).rejects.toMatchObject([
      { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
    ]);
    await first!.return?.();
    await expect.poll(world.subscribers).toBe(1);
    expect((await client.iterate({ query: '{ hello }' }).next()).done).toBe(false);
    client.dispose();
  });

  it('is closed where a message is too large', async () => {
    await using world = await startWorld();
    expect(await closing(world, { text: 'x'.repeat(2_000_000) })).toBe(1009);
  });

  it('is dropped where its peer does not answer pings', async () => {
    await using world = await startWorld({ limits: { pingMs: 50 } });
    const socket = new WebSocket(world.wsUrl, 'graphql-transport-ws', { autoPong: false });
    const code = await new Promise((resolve) => socket.on('close', resolve));
    expect(code).toBe(1006);
  });

  it('keeps an operation apart from an earlier one of the same id that still stops', async () => {
    await using world = await startWorld();
    const { send, heard, socket } = await speaking(world);
    const ended = () => world.lines.filter(({ msg }) => msg === 'websocket operation').length;
    send({ id: 'a', type: 'subscribe', payload: { query: '{ waits }' } });
    await expect.poll(() => world.traces.signals.length).toBe(1);
    send({ id: 'a', type: 'complete' });
    send({ id: 'a', type: 'subscribe', payload: { query: 'subscription { never }' } });
    const first = { id: 'a', type: 'next', payload: { data: { never: 0 } } };
    await expect.poll(heard).toEqual([first]);
    world.traces.release.resolve();
    await expect.poll(ended).toBe(1);

    // Both are over at the end of the third; none has spoken for another.
    send({ id: 'a', type: 'complete' });
    send({ id: 'a', type: 'subscribe', payload: { query: '{ hello }' } });
    const third = { id: 'a', type: 'next', payload: { data: { hello: 'Hello world' } } };
    await expect.poll(heard).toEqual([first, third, { id: 'a', type: 'complete' }]);
    await expect.poll(world.subscribers).toBe(0);
    expect(world.traces.released).toBe(1);
    socket.terminate();
  });

  it('keeps apart what is left and asked again in one breath', async () => {
    await using world = await startWorld();
    const { say, heard, socket } = await speaking(world);
    const rounds = ['{ waits }', '{ waits }', '{ waits }', 'subscription { count(to: 2) }'];
    say(
      rounds
        .flatMap((query) => [
          { id: 'a', type: 'complete' },
          { id: 'a', type: 'subscribe', payload: { query } },
        ])
        .slice(1),
    );
    world.traces.release.resolve();
    const events = [1, 2].map((count) => ({ id: 'a', type: 'next', payload: { data: { count } } }));
    await expect.poll(() => heard().at(-1)).toEqual({ id: 'a', type: 'complete' });
    say([{ type: 'ping' }]);
    await expect.poll(() => heard()).toEqual([...events, { id: 'a', type: 'complete' }, { type: 'pong' }]);
    socket.terminate();
  });

  it('is closed where an id is used that is in use', async () => {
    await using world = await startWorld();
    const { say, socket } = await speaking(world);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const never = { id: 'a', type: 'subscribe', payload: { query: 'subscription { never }' } };
    say([never, { id: 'a', type: 'complete' }, never, never]);
    expect(await closed).toBe(4409);
    await expect.poll(world.subscribers).toBe(0);
  });

  it('refuses an operation where those that run are large already, and takes it when they are over', async () => {
    await using world = await startWorld();
    const { send, heard, socket } = await speaking(world);
    const large = (id: string, query: string) =>
      send({ id, type: 'subscribe', payload: { query, variables: { undeclared: 'x'.repeat(600_000) } } });
    large('a', 'subscription { never }');
    await expect.poll(() => heard().length).toBe(1);
    large('b', '{ hello }');
    await expect
      .poll(() => heard().at(-1))
      .toMatchObject({
        id: 'b',
        type: 'error',
        payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }],
      });
    send({ id: 'a', type: 'complete' });
    await expect.poll(world.subscribers).toBe(0);
    large('c', '{ hello }');
    await expect.poll(() => heard().at(-1)).toEqual({ id: 'c', type: 'complete' });
    socket.terminate();
  });
});

/** A socket that has introduced itself, and what it hears from then on. */
async function speaking(world: World) {
  const socket = new WebSocket(world.wsUrl, 'graphql-transport-ws');
  await new Promise((resolve) => socket.on('open', resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  send({ type: 'connection_init' });
  await new Promise((resolve) => socket.once('message', resolve));
  const messages: unknown[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const { _socket: wire } = socket as unknown as { _socket: Socket };
  return {
    socket,
    send,
    /** So that all of it arrives at once. */
    say(all: readonly object[]) {
      wire.cork();
      for (const message of all) send(message);
      wire.uncork();
    },
    heard: () => [...messages],
  };
}

/** The code with which a socket is closed after it introduced itself; 0 where it got the message `until` first. */
function closing(world: World, init?: object, until?: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(world.wsUrl, 'graphql-transport-ws');
    socket.on('open', () => init && socket.send(JSON.stringify({ type: 'connection_init', payload: init })));
    socket.on('message', (data) => {
      if (!until || !String(data).includes(until)) return;
      resolve(0);
      socket.terminate();
    });
    socket.on('error', () => {});
    socket.on('close', resolve);
  });
}
