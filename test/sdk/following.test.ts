import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type JobEvent, type Signalbox, SignalboxError, unwrap } from '../../sdk/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { nobody, scattered, startProxy } from './proxy.ts';
import { Storyteller } from './storyteller.ts';

const quick = { firstDelayMs: 1, longestDelayMs: 5 };
const storyteller = new Storyteller(80);
/** Writes one piece, and then waits until it is stopped. */
const patient = new Storyteller(2, 'patient');
/** Writes on when a client has seen what it wrote. */
const live = new Storyteller(60, 'live');
let gateway: TestGateway;
let direct: Signalbox;
/** A job that is over, and its log as it is stored. */
let over: string;
let log: JobEvent[];

beforeAll(async () => {
  gateway = await startGateway({ listens: true, analysts: [storyteller, patient, live] });
  direct = connect(gateway.url);
  over = await begin('storyteller');
  storyteller.tell();
  patient.tell(1);
  log = await Array.fromAsync(direct.follow(over));
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function begin(model: string): Promise<string> {
  const session = unwrap(await direct.createSession());
  return unwrap(await direct.startAnalysis({ sessionId: session.id, message: 'Tell me.', model })).id;
}

const subscribers = async () => (await direct.diagnostics()).subscribers;

describe.each(['sse', 'websocket'] as const)('following a job over %s', (transport) => {
  it('shows each event once and in order, though the connection is cut 50 times', async () => {
    await using proxy = await startProxy(gateway.url, scattered(50, 1_500));
    const signalbox = connect(proxy.url, { transport, retry: quick });
    expect(await Array.fromAsync(signalbox.follow(over))).toEqual(log);
    expect(proxy.cuts).toBe(50);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    expect(log.at(-1)?.__typename).toBe('JobFinished');
  });

  it('begins behind the event that was seen last', async () => {
    const signalbox = connect(gateway.url, { transport });
    expect(await Array.fromAsync(signalbox.follow(over, { after: 5 }))).toEqual(log.slice(5));
    expect(await Array.fromAsync(signalbox.follow(over, { after: log.length }))).toEqual([]);
  });

  it('puts a stream together', async () => {
    const signalbox = connect(gateway.url, { transport });
    let last = '';
    let pieces = '';
    for await (const { text, piece, offset } of signalbox.text(over, 'report')) {
      pieces = pieces.slice(0, offset) + piece;
      last = text;
      expect(text).toBe(pieces);
    }
    expect(last).toBe(storyteller.text);
  });

  it('misses nothing of a job that is being written while its connections are cut', async () => {
    await using proxy = await startProxy(gateway.url, scattered(30, 2_000));
    const signalbox = connect(proxy.url, { transport, retry: quick });
    const id = await begin('live');
    const events: JobEvent[] = [];
    for await (const event of signalbox.follow(id)) {
      events.push(event);
      live.tell(1);
    }
    expect(events).toEqual(await Array.fromAsync(direct.follow(id)));
    expect(proxy.cuts).toBeGreaterThan(5);
  });

  describe('of which the client has had enough', () => {
    it('frees the gateway at once, though the job goes on', async () => {
      const id = await begin('patient');
      for await (const event of connect(gateway.url, { transport }).follow(id))
        if (event.__typename === 'JobTextAppended') break;
      await isFree(id);
    });

    it.each(['abort', 'return'] as const)('does so on %s too, though it waits for an event', async (how) => {
      const id = await begin('patient');
      const gone = new AbortController();
      const events = connect(gateway.url, { transport }).follow(id, { signal: gone.signal });
      while ((await events.next()).value?.__typename !== 'JobTextAppended');
      const waiting = events.next();
      if (how === 'abort') {
        gone.abort(new Error('enough'));
        await expect(waiting).rejects.toThrow('enough');
      } else {
        await events.return?.();
        expect(await waiting).toEqual({ done: true, value: undefined });
      }
      await isFree(id);
    });

    async function isFree(id: string) {
      await expect.poll(subscribers, { interval: 10, timeout: 2_000 }).toBe(0);
      expect((await direct.job(id))?.status).toBe('RUNNING');
      unwrap(await direct.cancel(id));
    }
  });

  it('throws at once where there is no such job', async () => {
    const losses: unknown[] = [];
    const onLost = (loss: unknown) => losses.push(loss);
    const signalbox = connect(gateway.url, { transport, retry: { onLost } });
    const missing = 'job_01m9x2k3v8e5tqf0h6w7c4b1zr';
    await expect(signalbox.follow(missing).next()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      retryable: false,
    });
    expect(losses).toEqual([]);
  });

  it('gives up after as many tries as it was allowed', async () => {
    await using proxy = await startProxy(gateway.url, Array(10).fill(1));
    const losses: number[] = [];
    const retry = {
      ...quick,
      attempts: 3,
      onLost: ({ attempt }: { attempt: number }) => losses.push(attempt),
    };
    const events = connect(proxy.url, { transport, retry }).follow(over);
    await expect(events.next()).rejects.toBeInstanceOf(SignalboxError);
    expect(losses).toEqual([1, 2, 3]);
    expect(proxy.connections).toBe(4);
  });

  it('shows jobs as they change', async () => {
    const signalbox = connect(gateway.url, { transport });
    const id = await begin('patient');
    const seen = new Set<string>();
    for await (const job of signalbox.changes({ kinds: ['ANALYSIS'] })) {
      if (job.id !== id) continue;
      seen.add(job.status);
      if (job.status === 'RUNNING') void direct.cancel(id);
      if (job.status === 'CANCELLED') break;
    }
    expect([...seen]).toEqual(expect.arrayContaining(['RUNNING', 'CANCELLED']));
    await expect.poll(subscribers).toBe(0);
  });
});

it('comes back where an event stream falls silent', async () => {
  await using proxy = await startProxy(gateway.url, [600, 1_000], 'silence');
  const signalbox = connect(proxy.url, { retry: { ...quick, silenceMs: 100 } });
  expect(await Array.fromAsync(signalbox.follow(over))).toEqual(log);
  expect(proxy.connections).toBeGreaterThanOrEqual(3);
});

it('waits longer before each further try, and never the same time', async () => {
  const delays: number[] = [];
  const onLost = ({ delayMs }: { delayMs: number }) => delays.push(delayMs);
  const signalbox = connect(await nobody(), {
    retry: { attempts: 6, firstDelayMs: 4, longestDelayMs: 32, onLost },
  });
  await expect(signalbox.follow(over).next()).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  expect(delays).toHaveLength(6);
  for (const [index, ms] of delays.entries()) {
    const most = Math.min(4 * 2 ** index, 32);
    expect(ms).toBeGreaterThanOrEqual(most / 2);
    expect(ms).toBeLessThanOrEqual(most);
  }
});

it('can be left while it waits to try again', async () => {
  const gone = new AbortController();
  const retry = {
    firstDelayMs: 60_000,
    longestDelayMs: 60_000,
    onLost: () => gone.abort(new Error('enough')),
  };
  const events = connect(await nobody(), { retry }).follow(over, { signal: gone.signal });
  await expect(Promise.race([events.next(), delay(5_000, 'late', { ref: false })])).rejects.toThrow('enough');
});
