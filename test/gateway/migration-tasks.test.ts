import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const TASK = 'id key phase status startedAt completedAt notes';
const CHANGE = `mutation($input: ChangeMigrationTaskInput!) {
  changeMigrationTask(input: $input) {
    __typename
    ... on MigrationTask { ${TASK} }
    ... on InvalidStateError { state: status }
    ... on InvalidInputError { issues { path } }
    ... on NotFoundError { missing: id }
  }
}`;
const ADD = `mutation($input: AddMigrationTaskInput!) {
  addMigrationTask(input: $input) { __typename ... on MigrationTask { ${TASK} description } ... on InvalidInputError { issues { path message } } }
}`;
const STATUS = `{ migrationStatus {
  total completed inProgress blocked pending progressPercentage currentPhase tasks { id key phase status notes } blockedTasks { key notes }
} }`;

const noon = new Date('2026-03-01T12:00:00Z');

describe('the migration’s tasks', () => {
  let gateway: TestGateway;
  const status = async () => (await gateway.ask(STATUS)).data.migrationStatus;
  const change = async (key: string, to: string, notes?: string) => {
    const { id } = (await status()).tasks.find((task: { key: string }) => task.key === key);
    const { data, errors } = await gateway.ask(CHANGE, { input: { id, status: to, notes } });
    expect(errors).toBeUndefined();
    return data.changeMigrationTask;
  };
  beforeAll(async () => {
    gateway = await startGateway({ now: () => noon });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('begin as the legacy system’s plan', async () => {
    const { tasks, ...report } = await status();
    expect(report).toEqual({
      total: tasks.length,
      completed: 0,
      inProgress: 0,
      blocked: 0,
      pending: tasks.length,
      progressPercentage: 0,
      currentPhase: 'utils',
      blockedTasks: [],
    });
    expect(tasks.slice(0, 10).map(({ key }: { key: string }) => key)).toEqual(
      ['utils', 'llm'].flatMap((phase) => [1, 2, 3, 4, 5].map((number) => `${phase}_${number}`)),
    );
    expect([...new Set(tasks.map(({ phase }: { phase: string }) => phase))]).toEqual([
      'utils',
      'llm',
      'session',
      'chat',
      'scenario',
      'watch',
      'integration',
      'cleanup',
    ]);
  });

  it('are started, blocked for a reason, taken up again and completed', async () => {
    expect(await change('utils_1', 'IN_PROGRESS')).toMatchObject({
      status: 'IN_PROGRESS',
      startedAt: noon.toISOString(),
    });
    expect(await change('utils_1', 'BLOCKED', 'waits for a review')).toMatchObject({
      notes: 'Blocked: waits for a review',
    });
    expect(await status()).toMatchObject({
      blocked: 1,
      currentPhase: 'utils',
      blockedTasks: [{ key: 'utils_1', notes: 'Blocked: waits for a review' }],
    });
    expect(await change('utils_1', 'COMPLETED')).toMatchObject({
      __typename: 'InvalidStateError',
      state: 'BLOCKED',
    });
    expect(await change('utils_1', 'IN_PROGRESS')).toMatchObject({ notes: '' });
    expect(await change('utils_1', 'COMPLETED', 'done at last')).toMatchObject({
      status: 'COMPLETED',
      completedAt: noon.toISOString(),
      notes: 'done at last',
    });
    expect(await change('utils_1', 'IN_PROGRESS')).toMatchObject({
      __typename: 'InvalidStateError',
      state: 'COMPLETED',
    });
    const { completed, total, progressPercentage } = await status();
    expect(completed).toBe(1);
    expect(progressPercentage).toBeCloseTo(100 / total);
  });

  it('move the phase on when those of one are done', async () => {
    for (const number of [2, 3, 4, 5]) await change(`utils_${number}`, 'COMPLETED');
    expect((await status()).currentPhase).toBe('llm');
  });

  it('can be added to, each key once', async () => {
    const input = { key: 'launch_1', description: 'Tell the users', phase: 'launch' };
    const { data } = await gateway.ask(ADD, { input });
    expect(data.addMigrationTask).toMatchObject({
      key: 'launch_1',
      phase: 'launch',
      status: 'PENDING',
      notes: '',
    });
    expect((await status()).tasks.at(-1).key).toBe('launch_1');
    const again = await gateway.ask(ADD, { input });
    expect(again.data.addMigrationTask).toMatchObject({ issues: [{ path: 'input.key' }] });
    const node = await gateway.ask('query($id: ID!) { node(id: $id) { ... on MigrationTask { key } } }', {
      id: data.addMigrationTask.id,
    });
    expect(node.data.node).toEqual({ key: 'launch_1' });
  });

  it('are refused what makes no sense', async () => {
    expect(await change('llm_1', 'BLOCKED', ' ')).toMatchObject({ issues: [{ path: 'input.notes' }] });
    expect(await change('llm_1', 'COMPLETED', 'x'.repeat(2_001))).toMatchObject({
      issues: [{ path: 'input.notes' }],
    });
    const { data } = await gateway.ask(CHANGE, { input: { id: 'task_none', status: 'COMPLETED' } });
    expect(data.changeMigrationTask).toMatchObject({ __typename: 'NotFoundError', missing: 'task_none' });
  });
});
