import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { json, startProvider } from '../support/provider.ts';

const FEATURE = 'name enabled rolloutPercentage source lastChange { by reason enabled rolloutPercentage }';
const SET = `mutation($input: SetFeatureInput!) {
  setFeature(input: $input) {
    __typename
    ... on Feature { ${FEATURE} }
    ... on InvalidInputError { issues { path message } }
    ... on UpstreamError { service retryable }
    ... on Error { message }
  }
}`;
const ROLLBACK = `mutation($input: RollbackInput!) {
  rollback(input: $input) {
    __typename
    ... on RollbackReport { reason healthy at features { ${FEATURE} } }
    ... on InvalidInputError { issues { path } }
  }
}`;
const ROUTING =
  'query($feature: FeatureName!, $sessionId: ID!) { routing(feature: $feature, sessionId: $sessionId) { feature version reason } }';
const SEND = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ... on ChatTurn { servedBy fellBack reply } ... on Error { message } }
}`;

const set = async (gateway: TestGateway, input: object, token?: string) => {
  const { data, errors } = await gateway.ask(
    SET,
    { input: { reason: 'a test', ...input } },
    token ? { token } : {},
  );
  expect(errors).toBeUndefined();
  return data.setFeature;
};

const served = async (gateway: TestGateway, sessionId: string) =>
  (await gateway.ask(SEND, { input: { sessionId, message: 'hello' } })).data.sendMessage;

describe('a feature', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ environment: { USE_NEW_WATCH: 'false' } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('begins as the legacy system’s plan has it', async () => {
    const { data } = await gateway.ask(`{ features { ${FEATURE} } }`);
    expect(data.features).toEqual([
      { name: 'UTILS', enabled: true, rolloutPercentage: 100, source: 'LOCAL', lastChange: null },
      { name: 'LLM', enabled: true, rolloutPercentage: 100, source: 'LOCAL', lastChange: null },
      { name: 'SESSION', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
      { name: 'CHAT', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
      { name: 'SCENARIO', enabled: false, rolloutPercentage: 0, source: 'LOCAL', lastChange: null },
      { name: 'WATCH', enabled: false, rolloutPercentage: 0, source: 'ENVIRONMENT', lastChange: null },
    ]);
  });

  it('sends sessions to the new service when it is set on, and back at a rollback', async () => {
    const sessionId = await gateway.openSession();
    expect(await served(gateway, sessionId)).toMatchObject({ servedBy: 'LEGACY', fellBack: false });

    const changed = await set(gateway, { feature: 'CHAT', enabled: true, rolloutPercentage: 100 });
    expect(changed).toEqual({
      __typename: 'Feature',
      name: 'CHAT',
      enabled: true,
      rolloutPercentage: 100,
      source: 'LOCAL',
      lastChange: { by: 'local', reason: 'a test', enabled: true, rolloutPercentage: 100 },
    });
    expect(await served(gateway, sessionId)).toMatchObject({ servedBy: 'NEW' });

    const { data } = await gateway.ask(ROLLBACK, { input: { feature: 'CHAT', reason: 'replies are odd' } });
    expect(data.rollback).toMatchObject({
      __typename: 'RollbackReport',
      healthy: true,
      reason: 'replies are odd',
      features: [
        { name: 'CHAT', enabled: false, rolloutPercentage: 0, lastChange: { reason: 'replies are odd' } },
      ],
    });
    expect(await served(gateway, sessionId)).toMatchObject({ servedBy: 'LEGACY' });
    const routing = await gateway.ask(ROUTING, { feature: 'CHAT', sessionId });
    expect(routing.data.routing).toMatchObject({
      feature: 'CHAT',
      version: 'LEGACY',
      reason: expect.stringContaining('replies are odd'),
    });
  });

  it('explains why a session gets which service', async () => {
    await set(gateway, { feature: 'SCENARIO', enabled: true, rolloutPercentage: 40 });
    const versions = new Set<string>();
    for (let session = 0; session < 40; session += 1) {
      const { data } = await gateway.ask(ROUTING, { feature: 'SCENARIO', sessionId: `session_${session}` });
      versions.add(data.routing.version);
      expect(data.routing.reason).toContain('40 % of sessions');
    }
    expect(versions).toEqual(new Set(['LEGACY', 'NEW']));
    const held = await gateway.ask(ROUTING, { feature: 'WATCH', sessionId: 'session_1' });
    expect(held.data.routing).toMatchObject({
      version: 'LEGACY',
      reason: expect.stringContaining('USE_NEW_WATCH'),
    });
  });

  it('refuses shares that are none, and changes without a reason', async () => {
    for (const input of [
      { feature: 'CHAT', rolloutPercentage: 101 },
      { feature: 'CHAT', rolloutPercentage: -1 },
      { feature: 'CHAT' },
      { feature: 'CHAT', enabled: true, reason: ' ' },
    ])
      expect(await set(gateway, input)).toMatchObject({ __typename: 'InvalidInputError' });
    const { data } = await gateway.ask(ROLLBACK, { input: { reason: '' } });
    expect(data.rollback).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.reason' }],
    });
  });

  it('tells those who watch of each change, and keeps its history', async () => {
    const leaving = new AbortController();
    const seen: object[] = [];
    const watching = (async () => {
      const changes = gateway.follow(`subscription { featureChanges { ${FEATURE} } }`, {
        signal: leaving.signal,
      });
      for await (const { data } of changes) seen.push(data.featureChanges);
    })().catch(() => {});
    await expect.poll(() => gateway.gateway.migration.flags.watchers).toBe(1);

    await set(gateway, { feature: 'SESSION', enabled: true, rolloutPercentage: 5, reason: 'first' });
    await set(gateway, { feature: 'SESSION', rolloutPercentage: 6, reason: 'second' });
    await expect.poll(() => seen.at(-1)).toMatchObject({ name: 'SESSION', rolloutPercentage: 6 });
    leaving.abort();
    await watching;

    const { data } = await gateway.ask(
      '{ featureHistory(feature: SESSION) { by reason rolloutPercentage } }',
    );
    expect(data.featureHistory).toEqual([
      { by: 'local', reason: 'second', rolloutPercentage: 6 },
      { by: 'local', reason: 'first', rolloutPercentage: 5 },
    ]);
  });

  it('goes back with all others where none is named', async () => {
    await set(gateway, { feature: 'CHAT', enabled: true, rolloutPercentage: 50 });
    const { data } = await gateway.ask(ROLLBACK, { input: { reason: 'everything' } });
    expect(data.rollback.features).toHaveLength(6);
    const { data: after } = await gateway.ask('{ features { enabled rolloutPercentage } }');
    expect(after.features).toEqual(Array(6).fill({ enabled: false, rolloutPercentage: 0 }));
  });
});

describe('a feature on a flag server', () => {
  it('stays as it is where the server refuses the change, and says who failed', async () => {
    await using server = await startProvider(json(503, { message: 'closed for today' }));
    await using gateway = await startGateway({
      environment: {
        UNLEASH_URL: server.url,
        UNLEASH_API_TOKEN: 'default:development.secret',
        UNLEASH_ADMIN_TOKEN: 'admin-secret',
      },
    });
    expect(await set(gateway, { feature: 'CHAT', enabled: true, rolloutPercentage: 10 })).toMatchObject({
      __typename: 'UpstreamError',
      service: 'Unleash',
      retryable: true,
    });
    const { data } = await gateway.ask(`{ features { ${FEATURE} } }`);
    expect(data.features[3]).toMatchObject({
      name: 'CHAT',
      enabled: false,
      source: 'UNLEASH',
      lastChange: null,
    });
  });
});
