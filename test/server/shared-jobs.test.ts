import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { Listener } from './feed.ts';

const everything = `
  __typename seq at jobId
  ... on JobStatusChanged { status }
  ... on JobProgressed { progress { message step total fraction } }
  ... on JobStepCompleted { durationMs step }
  ... on JobTextAppended { stream offset text }
  ... on JobLogged { level message }
  ... on JobFinished { job { id status progress { fraction } elapsedSeconds } }
`;

describe('the log of a real job, followed by many over WebSockets', () => {
  it('is the one that an event stream tells, live and from any place', async () => {
    await using gateway = await startGateway({ listens: true });
    const sessionId = await gateway.openSession();
    const file = new File([`n\n${Array.from({ length: 200 }, (_, i) => i).join('\n')}`], 'n.csv');
    await gateway.upload(sessionId, file);
    const jobId = await gateway.analyse(sessionId, 'Profile the table, and chart it.');
    const follow = (after: number) =>
      `subscription { jobProgress(jobId: "${jobId}", after: ${after}) {${everything}} }`;

    const url = gateway.url.replace('http', 'ws');
    const listeners = await Promise.all(Array.from({ length: 10 }, () => Listener.open(url, {})));
    for (const [i, listener] of listeners.entries()) listener.subscribe('1', follow(i % 4));
    for (const listener of listeners)
      await expect.poll(() => listener.heard.at(-1), { timeout: 60_000 }).toContain('"complete"');

    const told = await Array.fromAsync(gateway.follow(follow(0)));
    expect(told.length).toBeGreaterThan(10);
    const results = (listener: Listener) =>
      listener.heard.slice(0, -1).map((text) => JSON.parse(text).payload as unknown);
    for (const [i, listener] of listeners.entries()) expect(results(listener)).toEqual(told.slice(i % 4));
    expect(gateway.gateway.services.jobs.subscribers).toBe(0);
    for (const { socket } of listeners) socket.terminate();
  });

  it('is nobody else’s, and one that is not there is not found', async () => {
    await using gateway = await startGateway({
      listens: true,
      environment: { AUTH_TOKENS: 'ann=token-of-ann-123456,bob=token-of-bob-123456' },
    });
    const token = { ann: 'token-of-ann-123456', bob: 'token-of-bob-123456' };
    const { data } = await gateway.ask(
      'mutation { createSession { ... on Session { id } } }',
      {},
      { token: token.ann },
    );
    const started = await gateway.ask(
      `mutation($input: StartAnalysisInput!) { startAnalysis(input: $input) { ... on Node { id } } }`,
      { input: { sessionId: data.createSession.id, message: 'Hello?' } },
      { token: token.ann },
    );
    const follow = `subscription($id: ID!) { jobProgress(jobId: $id) { seq } }`;
    const url = gateway.url.replace('http', 'ws');
    const [ann, bob] = await Promise.all(
      [token.ann, token.bob].map((mine) => Listener.open(url, { authorization: `Bearer ${mine}` })),
    );
    const id = started.data.startAnalysis.id as string;
    ann!.subscribe('1', follow, { id });
    await expect.poll(() => ann!.heard.length).toBeGreaterThan(0);
    bob!.subscribe('1', follow, { id });
    bob!.subscribe('2', follow, { id: 'job_that_is_not_there' });
    await expect.poll(() => bob!.heard.filter((text) => text.includes('NOT_FOUND')).length).toBe(2);
    expect(bob!.heard.join()).not.toContain('"seq"');
    for (const { socket } of [ann!, bob!]) socket.terminate();
  });
});
