import { describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const SEND = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on ChatTurn { id status message reply model servedBy fellBack conversation }
    ... on InvalidInputError { issues { path message } }
    ... on UpstreamError { service retryable }
    ... on Error { message }
  }
}`;

const HISTORY = `query($id: ID!, $kind: ConversationKind! = CHAT, $last: Int! = 50) {
  session(id: $id) { chatModel history(kind: $kind, last: $last) { role content servedBy interrupted } }
}`;

const send = async (gateway: TestGateway, sessionId: string, message: string, more: object = {}) => {
  const { data, errors } = await gateway.ask(SEND, { input: { sessionId, message, ...more } });
  expect(errors).toBeUndefined();
  return data.sendMessage;
};

const historyOf = async (gateway: TestGateway, id: string, kind = 'CHAT') =>
  (await gateway.ask(HISTORY, { id, kind })).data.session.history;

describe('a conversation', () => {
  for (const version of ['LEGACY', 'NEW'] as const)
    it(`is answered and remembered by the ${version} service`, async () => {
      await using gateway = await startGateway();
      if (version === 'NEW')
        await gateway.ask(
          'mutation { setFeature(input: { feature: CHAT, enabled: true, rolloutPercentage: 100, reason: "test" }) { __typename } }',
        );
      const sessionId = await gateway.openSession();

      expect(await send(gateway, sessionId, 'こんにちは')).toMatchObject({
        __typename: 'ChatTurn',
        status: 'COMPLETED',
        reply: expect.stringContaining('こんにちは'),
        model: 'echo',
        servedBy: version,
        fellBack: false,
      });
      await send(gateway, sessionId, 'And you?');

      expect(await historyOf(gateway, sessionId)).toMatchObject([
        { role: 'USER', content: 'こんにちは', servedBy: null },
        { role: 'ASSISTANT', servedBy: version, interrupted: false },
        { role: 'USER', content: 'And you?' },
        { role: 'ASSISTANT', content: expect.stringContaining('And you?') },
      ]);
    });

  it('is watched, line by line', async () => {
    await using gateway = await startGateway();
    const sessionId = await gateway.openSession();
    const { data } = await gateway.ask('{ scenarios { id title personas language } }');
    const scenario = data.scenarios[0];
    const started = await gateway.ask(
      `mutation($input: StartWatchInput!) { startWatch(input: $input) { __typename ... on WatchJob { id turns scenario { title } } ... on Error { message } } }`,
      { input: { sessionId, scenarioId: scenario.id, turns: 4 } },
    );
    expect(started.data.startWatch).toMatchObject({ turns: 4, scenario: { title: scenario.title } });

    const lines: { stream: string; text: string }[] = [];
    for await (const { data } of gateway.follow(
      `subscription { jobProgress(jobId: "${started.data.startWatch.id}") { ... on JobTextAppended { stream text } } }`,
    ))
      if (data.jobProgress.text) lines.push(data.jobProgress);

    expect(lines).toHaveLength(4);
    expect(new Set(lines.map(({ stream }) => stream))).toEqual(new Set(scenario.personas));
    const history = await historyOf(gateway, sessionId, 'WATCH');
    expect(history).toHaveLength(4);
    expect(history[0].content).toBe(`${lines[0]!.stream}: ${lines[0]!.text.trim()}`);
  });
});
