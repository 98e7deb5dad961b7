import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  DomainFailure,
  JobDocument,
  type Signalbox,
  SignalboxError,
  unwrap,
} from '../../sdk/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { nobody } from './proxy.ts';

const token = 'a-token-of-sixteen';
let gateway: TestGateway;
let signalbox: Signalbox;
beforeAll(async () => {
  gateway = await startGateway({ listens: true, environment: { AUTH_TOKENS: `ada=${token}` } });
  signalbox = connect(gateway.url, { token });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** What stands between a client and a gateway, and answers in its place. */
async function inBetween(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const csv = (text: string, name = 'cities.csv') => new File([text], name, { type: 'text/csv' });

describe('asking a gateway', () => {
  it('opens a session, uploads a file, analyses it, and cleans up', async () => {
    const session = unwrap(await signalbox.createSession({ preferences: { language: 'ja' } }));
    expect(unwrap(await signalbox.updateSession({ id: session.id, selectedVoice: 'calm' }))).toMatchObject({
      preferences: { language: 'ja' },
      selectedVoice: 'calm',
    });
    expect((await signalbox.session(session.id))?.selectedVoice).toBe('calm');

    const file = csv('city,people\nKyoto,1460000\nOslo,700000\n');
    const dataset = unwrap(await signalbox.uploadDataset(session.id, file));
    expect(dataset).toMatchObject({ name: 'cities.csv', rowCount: 2, format: 'CSV' });
    const renamed = unwrap(await signalbox.uploadDataset(session.id, file, 'other.csv'));
    expect(renamed.name).toBe('other.csv');

    const job = unwrap(
      await signalbox.startAnalysis({
        sessionId: session.id,
        datasetId: dataset.id,
        message: 'total people',
      }),
    );
    for await (const event of signalbox.follow(job.id))
      if (event.__typename === 'JobFinished') expect(event.job.status).toBe('COMPLETED');

    const analysis = await signalbox.analysis(job.id);
    expect(analysis?.result?.report.markdown).toContain('2,160,000');
    expect(analysis?.result?.execution.tables.length).toBeGreaterThan(0);
    const { edges, totalCount } = await signalbox.jobs({ statuses: ['COMPLETED'] }, { first: 1 });
    expect([totalCount, edges[0]?.node.id]).toEqual([1, job.id]);
    expect(unwrap(await signalbox.cancel(job.id)).status).toBe('COMPLETED');

    expect(unwrap(await signalbox.deleteJob(job.id)).id).toBe(job.id);
    expect(await signalbox.job(job.id)).toBeNull();
    expect(unwrap(await signalbox.closeSession(session.id, { waitSeconds: 5 })).id).toBe(session.id);
  });

  it('takes documents of one’s own', async () => {
    expect(await signalbox.query('{ __typename }')).toEqual({ __typename: 'Query' });
    const { job } = await signalbox.query(JobDocument, { id: 'job_01m9x2k3v8e5tqf0h6w7c4b1zr' });
    expect(job).toBeNull();
  });
});

describe('a failure that the schema knows', () => {
  it('is data, and an exception for those who want one', async () => {
    const result = await signalbox.startAnalysis({ sessionId: 'nobody', message: 'Hello?' });
    expect(result.__typename).toBe('NotFoundError');
    expect(() => unwrap(result)).toThrow(DomainFailure);
    expect(() => unwrap(result)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ __typename: 'NotFoundError', id: 'nobody' }),
      }),
    );
  });

  it('says what is wrong with a file', async () => {
    const session = unwrap(await signalbox.createSession());
    const result = await signalbox.uploadDataset(session.id, csv('a,b\n1,2\n"open', 'bad.csv'));
    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: 'input.file' }] });
  });
});

describe('a request without an answer', () => {
  it.each(['sse', 'websocket'] as const)('tells a stranger so, over %s too', async (transport) => {
    const stranger = connect(gateway.url, { transport, token: 'not-the-right-token' });
    await expect(stranger.createSession()).rejects.toMatchObject({
      name: 'SignalboxError',
      code: 'UNAUTHENTICATED',
      status: 401,
      requestId: expect.any(String),
    });
    await expect(stranger.follow('job_1').next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('says where nobody listens', async () => {
    await expect(connect(await nobody()).diagnostics()).rejects.toMatchObject({
      code: 'NETWORK_ERROR',
      message: expect.stringContaining('ECONNREFUSED'),
      retryable: true,
    });
  });

  it('does not wait for ever', async () => {
    await using black = await inBetween(() => {});
    const waiting = connect(black.url, { timeoutMs: 30 }).diagnostics();
    await expect(waiting).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(connect(black.url).diagnostics({ signal })).rejects.toThrow('enough');
  });

  it('tells a proxy’s page from an answer', async () => {
    await using proxy = await inBetween((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
    await expect(connect(proxy.url).diagnostics()).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      status: 502,
      retryable: true,
    });
  });

  it('shows a refused query with its code', async () => {
    const error = await signalbox.query('{ nothing }').catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SignalboxError);
    expect(error).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED', retryable: false });
  });
});

describe('too many connections', () => {
  const refuse: RequestListener = (_, response) =>
    response
      .writeHead(429, { 'content-type': 'application/json' })
      .end('{"errors":[{"message":"Too many.","extensions":{"code":"TOO_MANY_CONNECTIONS"}}]}');

  it('are somebody else’s where nothing was followed yet', async () => {
    await using full = await inBetween(refuse);
    const refused = connect(full.url).follow('job_1').next();
    await expect(refused).rejects.toMatchObject({ code: 'TOO_MANY_CONNECTIONS', status: 429 });
  });

  it('are our own lost ones where something was: they pass', async () => {
    const next = (seq: number, type = 'JobLogged') =>
      `event: next\ndata: ${JSON.stringify({ data: { jobProgress: { __typename: type, seq, jobId: 'job_1' } } })}\n\n`;
    const stream = { 'content-type': 'text/event-stream' };
    const answers: RequestListener[] = [
      (_, response) => response.writeHead(200, stream).end(next(1)),
      refuse,
      (_, response) => response.writeHead(200, stream).end(`${next(1)}:\n\n${next(2, 'JobFinished')}`),
    ];
    await using full = await inBetween((...both) => answers.shift()?.(...both));
    const retrying = connect(full.url, { retry: { firstDelayMs: 1, longestDelayMs: 1 } });
    const seqs = (await Array.fromAsync(retrying.follow('job_1'))).map(({ seq }) => seq);
    expect(seqs).toEqual([1, 2]);
  });
});
