import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Talker } from '../support/analysts.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
const talker = new Talker(60);
beforeAll(async () => {
  gateway = await startGateway({ listens: true, analysts: [talker] });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const progress = (jobId: string, after = 0) =>
  `subscription { jobProgress(jobId: "${jobId}", after: ${after}) { __typename seq } }`;
const subscribers = async () =>
  (await gateway.ask('{ diagnostics { subscribers } }')).data.diagnostics.subscribers;

/** seqs that a follower over WebSocket sees, until the end. */
async function followOverWebSocket(query: string): Promise<number[]> {
  const client = createClient({ url: gateway.url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const seqs: number[] = [];
  for await (const { data } of client.iterate<{ jobProgress: { seq: number } }>({ query }))
    if (data) seqs.push(data.jobProgress.seq);
  await client.dispose();
  return seqs;
}

async function followOverEvents(query: string, signal?: AbortSignal): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { data } of gateway.follow(query, signal ? { signal } : {}))
    seqs.push(data.jobProgress.seq);
  return seqs;
}

const upTo = (last: number, after = 0) =>
  Array.from({ length: last - after }, (_, index) => after + index + 1);

describe('following a job', () => {
  it('gives the same whole log over both transports, live or afterwards', async () => {
    const session = await gateway.openSession();
    const job = await gateway.analyse(session, 'describe');
    const [live, events] = await Promise.all([
      followOverWebSocket(progress(job)),
      followOverEvents(progress(job)),
    ]);
    expect(live).toEqual(upTo(live.length));
    expect(events).toEqual(live);
    expect(await followOverWebSocket(progress(job))).toEqual(live);
    expect(await followOverEvents(progress(job, 5))).toEqual(upTo(live.length, 5));
    expect(await followOverEvents(progress(job, live.length))).toEqual([]);
  });

  it('gives each of two thousand followers every event once and in order', async () => {
    const job = await gateway.analyse(await gateway.openSession(), 'talk', { model: 'talker' });
    const clients = Array.from({ length: 20 }, () =>
      createClient({ url: gateway.url.replace('http', 'ws'), webSocketImpl: WebSocket }),
    );
    const follow = async (client: (typeof clients)[number]) => {
      const seqs: number[] = [];
      for await (const { data } of client.iterate<{ jobProgress: { seq: number } }>({ query: progress(job) }))
        if (data) seqs.push(data.jobProgress.seq);
      return seqs;
    };
    const following = clients.flatMap((client) => Array.from({ length: 100 }, () => follow(client)));
    await expect.poll(subscribers, { timeout: 90_000 }).toBe(2_000);
    talker.begin();

    const all = await Promise.all(following);
    const [first = []] = all;
    expect(first.length).toBeGreaterThan(60);
    expect(first).toEqual(upTo(first.length));
    expect(all.filter((seqs) => seqs.join() !== first.join())).toEqual([]);
    await Promise.all(clients.map((client) => client.dispose()));
    await expect.poll(subscribers, { timeout: 20_000 }).toBe(0);
  }, 150_000);

  it('answers NOT_FOUND for a job that is not there', async () => {
    const answers = [];
    for await (const answer of gateway.follow(progress('job_0'))) answers.push(answer);
    expect(answers).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
  });

  it('frees everything when the follower leaves, over both transports', async () => {
    const session = await gateway.openSession();
    await gateway.analyse(session, 'describe');
    const waiting = await gateway.analyse(session, 'again', { onBusy: 'ENQUEUE' });
    const leave = new AbortController();
    const leaving = followOverEvents(progress(waiting), leave.signal).catch(() => []);
    const client = createClient({ url: gateway.url.replace('http', 'ws'), webSocketImpl: WebSocket });
    const iterator = client.iterate({ query: progress(waiting) });
    await iterator.next();
    await expect.poll(subscribers, { timeout: 20_000 }).toBe(2);

    leave.abort();
    await leaving;
    await iterator.return?.();
    await expect.poll(subscribers, { timeout: 20_000 }).toBe(0);
    await client.dispose();
  });
});

describe('watching jobs change', () => {
  it('tells what matches now, then each change in its newest state', async () => {
    const session = await gateway.openSession();
    const leave = new AbortController();
    const seen: string[] = [];
    const job = await gateway.analyse(session, 'describe');
    const query = `subscription { jobChanges(filter: { sessionId: "${session}" }) { id status lastSeq } }`;
    for await (const { data } of gateway.follow(query, { signal: leave.signal })) {
      expect(data.jobChanges.id).toBe(job);
      seen.push(data.jobChanges.status);
      if (data.jobChanges.status === 'COMPLETED') break;
    }
    leave.abort();
    expect(seen.at(-1)).toBe('COMPLETED');
    await expect.poll(subscribers, { timeout: 20_000 }).toBe(0);
  });
});
