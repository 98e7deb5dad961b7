import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { events, startWorld } from './world.ts';

describe('shutting down', () => {
  it('lets a running request finish', async () => {
    await using world = await startWorld();
    const answer = world.post({ query: '{ waits }' });
    await expect.poll(() => world.traces.signals.length).toBe(1);
    const asked = performance.now();
    const closed = world.close({ drainMs: 5_000 });
    await expect(fetch(world.origin)).rejects.toThrow();
    world.traces.release.resolve();

    expect(await (await answer).json()).toEqual({ data: { waits: 'done' } });
    await closed;
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(world.traces.signals[0]!.aborted).toBe(false);
  });

  it('cuts what does not end in time', async () => {
    await using world = await startWorld();
    const answer = world.post({ query: '{ waits }' }).catch(() => 'cut');
    await expect.poll(() => world.traces.signals.length).toBe(1);
    await world.close({ drainMs: 50 });
    expect(await answer).toBe('cut');
    await expect.poll(() => world.traces.signals[0]!.aborted).toBe(true);
  });

  it('says so to health checks on connections that are still open', async () => {
    const asked = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    await using world = await startWorld({
      health: async () => {
        asked.resolve();
        await mayAnswer.promise;
        return { ready: true, checks: {} };
      },
    });
    const response = fetch(`${world.origin}/health`);
    await asked.promise;
    const closed = world.close();
    mayAnswer.resolve();
    expect((await response).status).toBe(503);
    expect(await (await response).json()).toEqual({ status: 'draining', checks: {} });
    await closed;
  });

  it('sends WebSocket clients elsewhere: they connect again and go on', async () => {
    await using first = await startWorld();
    await using second = await startWorld();
    let url = first.wsUrl;
    const codes: number[] = [];
    const client = createClient({
      url: () => url,
      webSocketImpl: WebSocket,
      retryAttempts: 3,
      retryWait: () => Promise.resolve(),
      on: { closed: (event) => void codes.push((event as { code: number }).code) },
    });
    const results = client.iterate({ query: 'subscription { never }' });
    await results.next();
    url = second.wsUrl;
    await first.close({ drainMs: 2_000 });

    expect((await results.next()).value).toEqual({ data: { never: 0 } });
    expect(codes).toEqual([1001]);
    expect([first.traces.released, second.traces.released]).toEqual([1, 0]);
    await client.dispose();
  });

  it('ends event streams without `complete`, so that clients resume', async () => {
    await using world = await startWorld();
    const response = await world.post({ query: 'subscription { never }' }, { accept: 'text/event-stream' });
    const seen: string[] = [];
    for await (const { event } of events(response)) {
      seen.push(event);
      world.close({ drainMs: 2_000 });
    }
    expect(seen).toEqual(['next']);
    await expect.poll(() => world.traces.released).toBe(1);
  });

  it('may be asked for twice', async () => {
    await using world = await startWorld();
    await Promise.all([world.close(), world.close()]);
    await world.close();
  });
});
