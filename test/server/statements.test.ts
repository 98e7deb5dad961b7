import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CountedGateway, startCounted } from './counted.ts';

const SESSIONS = 5;
const JOBS = 50;

let gateway: CountedGateway;
let sessionId = '';

/** 50 jobs in 5 sessions; nobody works on them. */
beforeAll(async () => {
  gateway = await startCounted('gateway');
  for (let i = 0; i < SESSIONS; i++) {
    sessionId = await gateway.openSession();
    for (let job = 0; job < JOBS / SESSIONS; job++)
      await gateway.start('startAnalysis', { sessionId, message: 'count', onBusy: 'ENQUEUE' });
  }
}, 120_000);
afterAll(() => gateway[Symbol.asyncDispose]());

const page = (fields: string) =>
  `{ jobs(first: ${JOBS}) { edges { cursor node { ${fields} } } pageInfo { hasNextPage } } }`;

describe('a page of 50 jobs', () => {
  it.each([
    ['their own fields', 'id kind status createdAt progress { step } usage { modelCalls } error { code }', 1],
    ['their sessions', 'id session { id expiresAt preferences }', 2],
    ['their parents', 'id parent { id status }', 1],
    ['their logs', 'id events(first: 5) { seq at __typename }', 2],
    ['their logs, twice', 'id a: events(first: 5) { seq } b: events(after: 1, first: 2) { seq }', 2],
    [
      'the jobs of their sessions',
      'id session { id jobs(first: 5) { totalCount edges { node { id } } } activeJobs { id } }',
      4,
    ],
    ['their datasets', '... on AnalysisJob { dataset { id } }', 1],
    [
      'all of it',
      'id session { id } parent { id } events(first: 5) { seq } ... on AnalysisJob { dataset { id } }',
      3,
    ],
  ])('with %s', async (_, fields, count) => {
    const { data, statements } = await gateway.counted(page(fields));
    expect(data.jobs.edges).toHaveLength(JOBS);
    expect(statements).toBe(count);
  });

  it('and how many there are', async () => {
    const all = `{ jobs(first: ${JOBS}) { totalCount edges { node { id } } } }`;
    const { data, statements } = await gateway.counted(all);
    expect(data.jobs.totalCount).toBe(JOBS);
    expect(statements).toBe(2);
  });
});

describe('a session', () => {
  it('with its jobs, their logs and sessions', async () => {
    const { data, statements } = await gateway.counted(
      'query($id: ID!) { session(id: $id) { id jobs(first: 10) { edges { node { id session { id } events(first: 3) { seq } } } } activeJobs { id } } }',
      { id: sessionId },
    );
    expect(data.session.jobs.edges).toHaveLength(JOBS / SESSIONS);
    expect(statements).toBe(4);
  });
});

describe('a job', () => {
  const newest = async (): Promise<string> =>
    (await gateway.ask('{ jobs(first: 1) { edges { node { id } } } }')).jobs.edges[0].node.id;

  it('that is asked for over and over is read once', async () => {
    const id = await newest();
    const asked = [];
    for (let time = 0; time < 3; time++)
      asked.push(await gateway.counted('query($id: ID!) { job(id: $id) { id status } }', { id }));
    expect(asked.map(({ statements }) => statements)).toEqual([1, 0, 0]);
  });

  it('that is cancelled is so for whoever asks next', async () => {
    const id = await newest();
    const status = async () =>
      (await gateway.ask('query($id: ID!) { job(id: $id) { status } }', { id })).job.status;
    expect(await status()).toBe('STARTED');
    await gateway.ask('mutation($id: ID!) { cancelJob(id: $id) { __typename } }', { id });
    expect(await status()).toBe('CANCELLED');
  });
});
