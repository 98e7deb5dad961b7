import { describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const DEFINE = `mutation($input: DefineDependenciesInput!) {
  defineDependencies(input: $input) {
    __typename
    ... on DependencyGraph { id executionOrder policy maxParallelThreads threads { name timeoutSeconds maxRetries } }
    ... on DependencyGraphError { problems { code message threads } }
    ... on InvalidInputError { issues { path message } }
    ... on Error { message }
  }
}`;

const START = `mutation($input: StartWorkflowInput!) {
  startWorkflow(input: $input) { __typename ... on WorkflowJob { id status } ... on Error { message } }
}`;

const RUN = `query($id: ID!) {
  job(id: $id) {
    status
    error { code message step }
    progress { step total fraction }
    ... on WorkflowJob {
      input
      graph { id runs { totalCount } }
      threads { name status reason attempt input output job { id kind status parent { id } } }
      summary { successfulThreads failedThreads skippedThreads cancelledThreads totalExecuted successRate }
    }
  }
}`;

const transform = (name: string, expression: string, more: object = {}) => ({
  name,
  kind: 'TRANSFORM',
  input: { expression },
  ...more,
});

async function define(gateway: TestGateway, input: object): Promise<string> {
  const sessionId = await gateway.openSession();
  const { data } = await gateway.ask(DEFINE, { input: { sessionId, dependencies: [], ...input } });
  expect(data.defineDependencies.message).toBeUndefined();
  return data.defineDependencies.id as string;
}

async function run(gateway: TestGateway, graphId: string, input: object = {}) {
  const { data, errors } = await gateway.ask(START, { input: { graphId, input } });
  expect(errors).toBeUndefined();
  expect(data.startWorkflow.message).toBeUndefined();
  const { id } = data.startWorkflow;
  const story: string[] = [];
  const events = gateway.follow(
    `subscription { jobProgress(jobId: "${id}") { __typename ... on ThreadStatusChanged { thread threadStatus: status reason } } }`,
  );
  for await (const { data } of events) {
    const { thread, threadStatus } = data.jobProgress;
    if (thread) story.push(`${thread} ${threadStatus}`);
  }
  const answer = await gateway.ask(RUN, { id });
  expect(answer.errors).toBeUndefined();
  return { id, job: answer.data.job, story };
}

describe('a graph of threads', () => {
  it('runs level by level, and hands on what its threads gave', async () => {
    await using gateway = await startGateway();
    const graphId = await define(gateway, {
      threads: [
        transform('numbers', 'input.numbers.map(n, n * 2)'),
        transform('large', 'inputs.values.filter(n, n > 4)'),
        transform('small', 'inputs.values.filter(n, n <= 4)'),
        transform('report', "{'large': size(inputs.large), 'small': size(inputs.small)}"),
      ],
      dependencies: [
        { source: 'numbers', target: 'large', type: 'DATA_FLOW', transform: "{'values': output}" },
        { source: 'numbers', target: 'small', type: 'DATA_FLOW', transform: "{'values': output}" },
        { source: 'large', target: 'report', type: 'DATA_FLOW' },
        { source: 'small', target: 'report', type: 'DATA_FLOW' },
      ],
    });

    const { job, story } = await run(gateway, graphId, { numbers: [1, 2, 3] });

    expect(job).toMatchObject({
      status: 'COMPLETED',
      progress: { fraction: 1, total: 4 },
      threads: [
        { name: 'numbers', status: 'COMPLETED', output: [2, 4, 6], attempt: 1 },
        { name: 'large', input: { values: [2, 4, 6] }, output: [6] },
        { name: 'small', output: [2, 4] },
        { name: 'report', input: { large: [6], small: [2, 4] }, output: { large: 1, small: 2 } },
      ],
      summary: { totalExecuted: 4, successRate: 1, failedThreads: [] },
    });
    expect(story[0]).toBe('numbers READY');
    expect(story.at(-1)).toBe('report COMPLETED');
    expect(story.filter((line) => line.endsWith('COMPLETED'))).toHaveLength(4);

    const again = await run(gateway, graphId, { numbers: [100] });
    expect(again.job.threads[3].output).toEqual({ large: 1, small: 0 });
    expect(again.job.graph.runs.totalCount).toBe(2);
  });

  it('starts analyses and background tasks as jobs of their own', async () => {
    await using gateway = await startGateway();
    const graphId = await define(gateway, {
      threads: [
        { name: 'ask', kind: 'BACKGROUND_TASK', input: { question: 'What about ${input.topic}?' } },
        { name: 'analyse', kind: 'ANALYSIS', input: { message: 'What is 2 + 2?' } },
        transform('both', "{'answer': inputs.answer, 'summary': inputs.summary}"),
      ],
      dependencies: [
        {
          source: 'ask',
          target: 'both',
          type: 'DATA_FLOW',
          dataMapping: [{ from: 'response', to: 'answer' }],
        },
        {
          source: 'analyse',
          target: 'both',
          type: 'DATA_FLOW',
          dataMapping: [{ from: 'plan.summary', to: 'summary' }],
        },
      ],
    });

    const { id, job } = await run(gateway, graphId, { topic: 'tea' });

    expect(job).toMatchObject({ status: 'COMPLETED' });
    expect(job.threads[0]).toMatchObject({
      input: { question: 'What about tea?' },
      job: { kind: 'BACKGROUND_TASK', status: 'COMPLETED', parent: { id } },
    });
    expect(job.threads[0].output.response).toContain('What about tea?');
    expect(job.threads[1].job.kind).toBe('ANALYSIS');
    expect(job.threads[2].output.answer).toContain('tea');
    expect(job.threads[2].output.summary.length).toBeGreaterThan(3);
  });

  it('talks in the session’s own conversation, one turn after the other', async () => {
    await using gateway = await startGateway();
    const sessionId = await gateway.openSession();
    const graphId = await define(gateway, {
      sessionId,
      threads: [
        { name: 'first', kind: 'CHAT', input: { message: 'Hello, ${input.name}' } },
        { name: 'second', kind: 'CHAT', input: { message: 'And you?' } },
        { name: 'third', kind: 'CHAT' },
      ],
      dependencies: [
        {
          source: 'first',
          target: 'third',
          type: 'DATA_FLOW',
          dataMapping: [{ from: 'reply', to: 'message' }],
        },
      ],
    });

    const { job } = await run(gateway, graphId, { name: 'Ada' });

    expect(job).toMatchObject({
      status: 'COMPLETED',
      threads: [
        { output: { reply: expect.stringContaining('Hello, Ada') }, job: { kind: 'CHAT_TURN' } },
        { status: 'COMPLETED' },
        { input: { message: expect.stringContaining('Hello, Ada') }, status: 'COMPLETED' },
      ],
    });
    const { data } = await gateway.ask('query($id: ID!) { session(id: $id) { history { role content } } }', {
      id: sessionId,
    });
    const said = data.session.history.filter(({ role }: { role: string }) => role === 'USER');
    expect(said).toHaveLength(3);
    expect(data.session.history.map(({ role }: { role: string }) => role)).toEqual([
      'USER',
      'ASSISTANT',
      'USER',
      'ASSISTANT',
      'USER',
      'ASSISTANT',
    ]);
  });
});
