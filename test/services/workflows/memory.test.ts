import { describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

const transform = (name: string, expression: string, more: object = {}) => ({
  name,
  kind: 'TRANSFORM',
  input: { expression },
  ...more,
});
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

async function define(gateway: TestGateway, threads: object[], dependencies: object[] = []) {
  const sessionId = await gateway.openSession();
  const { data } = await gateway.ask(
    `mutation($input: DefineDependenciesInput!) {
      defineDependencies(input: $input) { ... on DependencyGraph { id } ... on Error { message } }
    }`,
    { input: { sessionId, threads, dependencies } },
  );
  expect(data.defineDependencies.message).toBeUndefined();
  return data.defineDependencies.id as string;
}

/** Runs it to its end. @returns Its id, and what it told of its progress. */
async function run(gateway: TestGateway, graphId: string, input: object) {
  const { data } = await gateway.ask(
    `mutation($input: StartWorkflowInput!) {
      startWorkflow(input: $input) { ... on WorkflowJob { id } ... on Error { message } }
    }`,
    { input: { graphId, input } },
  );
  const { id } = data.startWorkflow;
  const progress: string[] = [];
  const events = `subscription { jobProgress(jobId: "${id}") { ... on JobProgressed { progress { message } } } }`;
  for await (const { data } of gateway.follow(events))
    if (data.jobProgress.progress) progress.push(data.jobProgress.progress.message);
  return { id: id as string, progress };
}

const threadsOf = async (gateway: TestGateway, id: string, fields: string) => {
  const { data, errors } = await gateway.ask(
    `query($id: ID!) { job(id: $id) { ... on WorkflowJob { threads { name ${fields} } } } }`,
    { id },
  );
  return { threads: data.job.threads as Record<string, unknown>[], errors };
};

describe('a run whose outputs are large together', () => {
  const many = numbers(10).map((n) => `t${n}`);
  const threads = [
    ...many.map((name) => transform(name, "{'s': [input.s, input.s, input.s, input.s], 'n': 1}")),
    transform('behind', "'done'"),
    transform('fed', 'inputs.n'),
    transform('few', 'inputs.n'),
  ];
  const dependencies = [
    ...many.map((source) => ({ source, target: 'behind' })),
    ...many.map((source, n) => ({ source, target: 'fed', dataMapping: [{ from: 'n', to: `n[${n}]` }] })),
    ...many.map((source, n) => ({
      source,
      target: 'few',
      ...(n < 2 && { dataMapping: [{ from: 'n', to: `n[${n}]` }] }),
    })),
  ];

  it('reads no more of them than it may, and only where something asks for them', async () => {
    await using gateway = await startGateway();
    const graphId = await define(gateway, threads, dependencies);
    const { id } = await run(gateway, graphId, { s: 'x'.repeat(1_000_000) });

    const { threads: now } = await threadsOf(gateway, id, 'status reason');
    const named = (name: string) => now.find((thread) => thread.name === name);
    expect(named('behind')).toMatchObject({ status: 'COMPLETED' });
    expect(named('few')).toMatchObject({ status: 'COMPLETED' });
    expect(named('fed')).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('more than 33554432 bytes'),
    });

    const outputs = await threadsOf(gateway, id, 'output');
    expect(outputs.threads.filter(({ output }) => output).map(({ name }) => name)).toEqual(many.slice(0, 8));
    expect(outputs.errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_LARGE' });

    const inputs = await threadsOf(gateway, id, 'input');
    expect(inputs.errors).toBeUndefined();
    expect(inputs.threads.slice(-3)).toEqual([
      { name: 'behind', input: {} },
      { name: 'fed', input: null },
      { name: 'few', input: { n: [1, 1] } },
    ]);
  }, 240_000);
});

describe('inputs that are large together', () => {
  it('are read as far as one answer may carry them', async () => {
    await using gateway = await startGateway();
    const names = numbers(40).map((n) => `t${n}`);
    const threads = names.map((name) =>
      transform(name, '1', { input: { expression: '1', s: '${input.s}' } }),
    );
    const { id } = await run(gateway, await define(gateway, threads), { s: 'x'.repeat(1_000_000) });

    const { threads: read, errors } = await threadsOf(gateway, id, 'input');
    expect(read.filter(({ input }) => input).map(({ name }) => name)).toEqual(names.slice(0, 33));
    expect(errors).toHaveLength(7);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_LARGE' });
  }, 240_000);
});

describe('a run whose threads compute for long', () => {
  it('leaves the next of them to another turn', async () => {
    await using gateway = await startGateway();
    const slow = 'input.s.matches("([a-z]{1,30}){1,30}[0-9]")';
    const threads = numbers(3).map((n) => transform(`t${n}`, `[${slow}, ${n}]`));
    const { progress } = await run(gateway, await define(gateway, threads), { s: 'x'.repeat(900_000) });
    expect(progress).toEqual(numbers(3).map((n) => `${n + 1} of 3 threads are over`));
  }, 240_000);
});
