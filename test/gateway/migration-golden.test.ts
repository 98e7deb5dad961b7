import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { json, startProvider } from '../support/provider.ts';

const SUITE = '... on GoldenSuite { name service cases recordedAt }';
const RECORD = `mutation($input: RecordGoldenInput!) {
  recordGolden(input: $input) { __typename ${SUITE} ... on InvalidInputError { issues { path } } ... on UpstreamError { failed: service } }
}`;
const VERIFY = `mutation($input: VerifyGoldenInput!) {
  verifyGolden(input: $input) { __typename ... on GoldenRunJob { id kind } ... on InvalidInputError { issues { path } } ... on NotFoundError { id } }
}`;
const RUN = `query($id: ID!) {
  job(id: $id) { status ... on GoldenRunJob { service suite { name service cases } regressions { case path expected actual } } }
}`;

const patterns = [
  { name: 'greeting', messages: ['こんにちは'] },
  { name: 'turns', messages: ['hello', 'and again'] },
];

const verified = async (gateway: TestGateway, input: object) => {
  const { data } = await gateway.ask(VERIFY, { input });
  const { id } = data.verifyGolden;
  await expect.poll(async () => (await gateway.ask(RUN, { id })).data.job.status).toBe('COMPLETED');
  return (await gateway.ask(RUN, { id })).data.job;
};

describe('a golden suite', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('is recorded, listed, and verified without a difference', async () => {
    const { data } = await gateway.ask(RECORD, { input: { name: 'smoke', patterns } });
    expect(data.recordGolden).toMatchObject({
      __typename: 'GoldenSuite',
      name: 'smoke',
      service: 'LEGACY',
      cases: 2,
    });
    const listed = await gateway.ask('{ goldenSuites { name service cases } }');
    expect(listed.data.goldenSuites).toEqual([{ name: 'smoke', service: 'LEGACY', cases: 2 }]);
    expect(await verified(gateway, { name: 'smoke', service: 'LEGACY' })).toMatchObject({
      service: 'LEGACY',
      suite: { name: 'smoke', cases: 2 },
      regressions: [],
    });
  });

  it('goes through a file that can be reviewed, and finds what has changed since', async () => {
    const { data } = await gateway.ask(
      '{ goldenSuiteFile(name: "smoke") goldenTestFile(name: "smoke", suiteFile: "./smoke.json") nobody: goldenSuiteFile(name: "none") }',
    );
    expect(data.nobody).toBeNull();
    expect(data.goldenSuiteFile).toContain('こんにちは');
    expect(data.goldenTestFile).toContain("import { test } from 'node:test'");

    const file = JSON.parse(data.goldenSuiteFile);
    file.name = 'changed';
    file.cases[0].result.replies[0] = 'Good morning.';
    const imported = await gateway.ask(
      `mutation($file: String!) { importGolden(file: $file) { __typename ${SUITE} ... on InvalidInputError { issues { path } } } }`,
      { file: JSON.stringify(file) },
    );
    expect(imported.data.importGolden).toMatchObject({ name: 'changed', cases: 2 });
    const { regressions } = await verified(gateway, { name: 'changed', service: 'LEGACY' });
    expect(regressions).toContainEqual(
      expect.objectContaining({ case: 'greeting', path: 'replies[0]', expected: 'Good morning.' }),
    );
  });

  it('is refused where it is not well formed, or not there', async () => {
    const wrong = await gateway.ask(RECORD, { input: { name: ' ', patterns: [] } });
    expect(wrong.data.recordGolden.issues.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['input.name', 'input.patterns']),
    );
    const none = await gateway.ask(VERIFY, { input: { name: 'none' } });
    expect(none.data.verifyGolden).toMatchObject({ __typename: 'NotFoundError', id: 'none' });
    const often = await gateway.ask(VERIFY, { input: { name: 'smoke', repeats: 3 } });
    expect(often.data.verifyGolden).toMatchObject({ issues: [{ path: 'input.repeats' }] });
  });
});

describe('recording a service that fails', () => {
  it('keeps nothing, and says who failed', async () => {
    await using legacy = await startProvider(json(500, { error: 'no' }));
    await using gateway = await startGateway({ environment: { LEGACY_CHAT_URL: legacy.url } });
    const { data } = await gateway.ask(RECORD, { input: { name: 'smoke', patterns } });
    expect(data.recordGolden).toMatchObject({ __typename: 'UpstreamError', failed: 'chat' });
    expect((await gateway.ask('{ goldenSuites { name } }')).data.goldenSuites).toEqual([]);
  });
});
