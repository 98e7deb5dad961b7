import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(async () => {
  expect(await gateway.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
});

describe('ids that are nobody’s', () => {
  const ids = [
    '',
    'x',
    'job_0',
    'session_01m7z1ze42f25staqm2gz0e539',
    "'; drop table jobs; --",
    'j'.repeat(10_000),
    '\0',
  ];

  it.each(ids)('%j finds nothing', async (id) => {
    const { data, errors } = await gateway.ask(
      `query($id: ID!) { node(id: $id) { id } session(id: $id) { id } dataset(id: $id) { id } job(id: $id) { id } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ node: null, session: null, dataset: null, job: null });
  });

  it.each(ids)('%j cannot be changed', async (id) => {
    const { data, errors } = await gateway.ask(
      `mutation($id: ID!) {
        cancelJob(id: $id) { __typename }
        deleteJob(id: $id) { __typename }
        updateSession(input: { id: $id }) { __typename }
        clearSession(input: { id: $id }) { __typename }
        closeSession(input: { id: $id }) { __typename }
        startAnalysis(input: { sessionId: $id, message: "x" }) { __typename }
      }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(
      new Set(Object.values(data).map((result) => (result as { __typename: string }).__typename)),
    ).toEqual(new Set(['NotFoundError']));
  });
});

describe('arguments out of bounds', () => {
  it.each([
    '{ jobs(first: 101) { totalCount } }',
    '{ jobs(first: -1) { totalCount } }',
    '{ jobs(after: "x") { totalCount } }',
    '{ jobs(filter: { createdAfter: "yesterday" }) { totalCount } }',
    '{ undeliveredErrors(first: 1001) { id } }',
    '{ jobs(filter: { statuses: [DONE] }) { totalCount } }',
  ])('%s is refused with a code', async (query) => {
    const { errors } = await gateway.ask(query);
    expect(errors?.[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
  });
});

describe('hostile documents', () => {
  it.each([
    [
      '200 levels',
      `{ ${'node(id: 1) { ... on Session { jobs { edges { node { session '.repeat(40)} { id } ${'} } } } }'.repeat(40)} }`,
    ],
    [
      '5,000 aliases',
      `{ ${Array.from({ length: 5_000 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
    ],
    ['10 MB', `{ ${'__typename '.repeat(1_000_000)} }`],
    ['no GraphQL', '%$§'],
    ['nothing', ''],
  ])('%s: a clear error', async (_, query) => {
    const { data, errors } = await gateway.ask(query);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.message).toBeTruthy();
    expect(errors?.[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
  });
});
