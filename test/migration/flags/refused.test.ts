import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createEmbedded } from '../../support/stores.ts';
import { startFlags, type TestFlags } from './world.ts';

const SOON = { timeout: 20_000, interval: 20 };

/** A server that speaks the client's side of Unleash, as far as one flag needs it. */
async function startServer() {
  const state = { on: true, status: 200, questions: 0, hold: false, held: [] as ServerResponse[] };
  const features = (response: ServerResponse) => {
    state.questions += 1;
    if (state.hold) return state.held.push(response);
    response.writeHead(state.status, { 'content-type': 'application/json' });
    if (state.status !== 200) return response.end(JSON.stringify({ message: 'no' }));
    return response.end(
      JSON.stringify({
        version: 2,
        features: [
          {
            name: 'use_new_chat',
            type: 'release',
            enabled: state.on,
            strategies: [
              {
                name: 'flexibleRollout',
                parameters: { rollout: '100', stickiness: 'sessionId', groupId: 'use_new_chat' },
                constraints: [],
              },
            ],
          },
        ],
      }),
    );
  };
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/api/client/features')) features(response);
    else response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    state,
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a flag server that refuses the token', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let world: TestFlags;
  let lines: { level: number; msg: string }[];
  beforeEach(async () => {
    server = await startServer();
    lines = [];
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    await server.close();
  });

  const start = async () => {
    const { url } = server;
    const unleash = { url, apiToken: 'token', environment: 'development', project: 'default', refreshMs: 20 };
    const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
    world = await startFlags(await createEmbedded(), { unleash, log });
  };
  const chosen = () => world.flags.decide('CHAT', 'session_1').version;
  const said = (part: string) => lines.filter(({ msg }) => msg.includes(part)).length;
  /** Until it was asked so many times more. */
  const asked = async (more: number) => {
    const before = server.state.questions;
    await expect.poll(() => server.state.questions, SOON).toBeGreaterThanOrEqual(before + more);
  };

  it.each([401, 403])('with %i keeps its last word, is said once, and is heard again', async (status) => {
    await start();
    expect(chosen()).toBe('NEW');
    expect(world.flags.health()).toEqual({ ok: true });

    server.state.status = status;
    await expect.poll(() => world.flags.health().ok, SOON).toBe(false);
    await asked(4);
    expect(world.flags.health().message).toContain('UNLEASH_API_TOKEN');
    expect(chosen()).toBe('NEW');
    expect(said('does not take')).toBe(1);

    server.state.on = false;
    server.state.status = 200;
    await expect.poll(chosen, SOON).toBe('LEGACY');
    expect(world.flags.health()).toEqual({ ok: true });
    expect(said('takes the token again')).toBe(1);

    server.state.status = status;
    await expect.poll(() => said('does not take'), SOON).toBe(2);
    server.state.on = true;
    server.state.status = 200;
    await expect.poll(chosen, SOON).toBe('NEW');
  });

  it('from the beginning leaves every session with the legacy service, until it takes it', async () => {
    server.state.status = 401;
    await start();
    expect(chosen()).toBe('LEGACY');
    expect(world.flags.health().ok).toBe(false);
    await asked(3);
    expect(said('does not take')).toBe(1);

    // It is up again, but not well, before it answers.
    server.state.status = 503;
    await asked(2);
    expect(chosen()).toBe('LEGACY');
    server.state.status = 200;
    await expect.poll(chosen, SOON).toBe('NEW');
    expect(world.flags.health()).toEqual({ ok: true });
  });

  it('may fail to answer what was asked before the process stopped', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => unheard.push(error);
    process.on('unhandledRejection', hear);
    onTestFinished(() => void process.off('unhandledRejection', hear));

    await start();
    server.state.hold = true;
    await expect.poll(() => server.state.held.length, SOON).toBe(1);
    await world[Symbol.asyncDispose]();
    server.state.hold = false;
    server.state.held[0]?.writeHead(418).end();
    // Whoever is told something now was told after that.
    await start();
    expect(chosen()).toBe('NEW');
    expect(unheard).toEqual([]);
  });

  it('is asked no more when the process stops', async () => {
    server.state.status = 401;
    await start();
    await asked(2);
    await world.flags.stop();
    const { questions } = server.state;
    // Another one is asked as often as takes longer than the first could have waited.
    const first = { server, world };
    server = await startServer();
    server.state.status = 401;
    await start();
    await asked(6);
    expect(first.server.state.questions - questions).toBeLessThanOrEqual(1);
    await first.world[Symbol.asyncDispose]();
    await first.server.close();
  });
});
