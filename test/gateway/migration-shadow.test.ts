import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { delta, done, type FakeProvider, json, startProvider, streaming } from '../support/provider.ts';

const ada = 'token-of-ada-0123456';
const bob = 'token-of-bob-0123456';
const FIELDS = `id feature message model live matches similarity session { id }
  legacy { reply error durationMs } candidate { reply error durationMs } control { reply error }
  differences { kind path legacy candidate }`;
const TEST = `mutation($input: ShadowTestInput!) {
  shadowTest(input: $input) {
    __typename
    ... on ShadowComparison { ${FIELDS} }
    ... on InvalidInputError { issues { path } }
    ... on NotFoundError { id }
    ... on Error { message }
  }
}`;
const LIST = `query($feature: FeatureName, $differingOnly: Boolean!, $first: Int!, $after: String) {
  shadowComparisons(feature: $feature, differingOnly: $differingOnly, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { id message matches } }
  }
}`;

describe('a shadow test', () => {
  let legacy: FakeProvider;
  let provider: FakeProvider;
  let gateway: TestGateway;
  let sessionId: string;
  const test = async (input: object, token = ada) => {
    const { data, errors } = await gateway.ask(TEST, { input: { sessionId, ...input } }, { token });
    expect(errors).toBeUndefined();
    return data.shadowTest;
  };
  beforeAll(async () => {
    legacy = await startProvider(json(200, { reply: 'The sky is blue.' }));
    provider = await startProvider(
      streaming([delta('The sky is blue.  '), done]),
      streaming([delta('The sea is green.'), done]),
    );
    gateway = await startGateway({
      environment: {
        AUTH_TOKENS: `ada=${ada},bob=${bob}`,
        LEGACY_CHAT_URL: legacy.url,
        OPENAI_BASE_URL: provider.url,
        OPENAI_API: 'responses',
        OPENAI_MAX_RETRIES: '0',
      },
    });
    const { data } = await gateway.ask(
      'mutation { createSession { ... on Session { id } } }',
      {},
      { token: ada },
    );
    sessionId = data.createSession.id;
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
    await legacy[Symbol.asyncDispose]();
  });

  it('compares both services, tells those who watch, and leaves no trace in the session', async () => {
    const leaving = new AbortController();
    const seen: { id: string }[] = [];
    const watching = (async () => {
      const subscription = 'subscription { shadowComparisons(feature: CHAT) { id matches } }';
      for await (const { data } of gateway.follow(subscription, { token: ada, signal: leaving.signal }))
        seen.push(data.shadowComparisons);
    })().catch(() => {});
    await expect.poll(() => gateway.gateway.migration.shadow.watchers).toBe(1);

    const same = await test({ message: 'What colour is the sky?', control: true });
    expect(same).toMatchObject({
      __typename: 'ShadowComparison',
      feature: 'CHAT',
      live: false,
      matches: true,
      differences: [],
      session: { id: sessionId },
      legacy: { reply: 'The sky is blue.', error: null },
      candidate: { error: null },
      control: { reply: 'The sky is blue.' },
    });
    const other = await test({ message: 'And the sea?' });
    expect(other).toMatchObject({
      matches: false,
      differences: [{ kind: 'CONTENT_MISMATCH', legacy: 'The sky is blue.', candidate: 'The sea is green.' }],
    });
    expect(other.similarity).toBeGreaterThan(0);
    expect(other.similarity).toBeLessThan(1);

    await expect.poll(() => seen.map(({ id }) => id)).toEqual([same.id, other.id]);
    leaving.abort();
    await watching;
    const history = await gateway.ask(
      'query($id: ID!) { session(id: $id) { history { content } } }',
      { id: sessionId },
      { token: ada },
    );
    expect(history.data.session.history).toEqual([]);
  });

  it('can be looked up by its owner, page by page, and by nobody else', async () => {
    const page = async (variables: object, token = ada) =>
      (await gateway.ask(LIST, { differingOnly: false, first: 1, ...variables }, { token })).data
        .shadowComparisons;
    const first = await page({});
    expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await page({ after: first.pageInfo.endCursor });
    expect(second).toMatchObject({ pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    expect([first, second].map(({ edges }) => edges[0].node.message)).toEqual([
      'And the sea?',
      'What colour is the sky?',
    ]);
    expect(await page({ differingOnly: true })).toMatchObject({ totalCount: 1 });
    expect(await page({ feature: 'WATCH' })).toMatchObject({ totalCount: 0, edges: [] });
    expect(await page({}, bob)).toMatchObject({ totalCount: 0, edges: [] });

    const { id } = first.edges[0].node;
    const node = 'query($id: ID!) { node(id: $id) { __typename id } }';
    expect((await gateway.ask(node, { id }, { token: ada })).data.node).toEqual({
      __typename: 'ShadowComparison',
      id,
    });
    expect((await gateway.ask(node, { id }, { token: bob })).data.node).toBeNull();
  });

  it('needs a message, a session of one’s own, and a feature that answers', async () => {
    expect(await test({ message: ' ' })).toMatchObject({ issues: [{ path: 'input.message' }] });
    expect(await test({ message: 'hello', feature: 'UTILS' })).toMatchObject({
      issues: [{ path: 'input.feature' }],
    });
    expect(await test({ message: 'hello', feature: 'SCENARIO' })).toMatchObject({
      __typename: 'InvalidInputError',
    });
    expect(await test({ message: 'hello' }, bob)).toMatchObject({
      __typename: 'NotFoundError',
      id: sessionId,
    });
  });

  it('measures the legacy service’s own noise where it was asked twice', async () => {
    const { data } = await gateway.ask(
      '{ shadowNoise(feature: CHAT) { triples differs threshold peak eValue } }',
      {},
      { token: bob },
    );
    expect(data.shadowNoise).toMatchObject({ triples: 1, differs: false, threshold: 20 });
    const { errors } = await gateway.ask('{ shadowNoise(feature: LLM) { triples } }', {}, { token: ada });
    expect(errors?.[0]?.message).toContain('feature');
  });
});
