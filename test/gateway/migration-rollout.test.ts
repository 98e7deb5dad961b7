import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';

const START = `mutation($input: StartRolloutInput!) {
  startRollout(input: $input) {
    __typename
    ... on RolloutJob { id kind status feature steps currentPercentage minRequestsPerStep stepSeconds reason }
    ... on InvalidStateError { state: status message }
    ... on InvalidInputError { issues { path } }
  }
}`;
const JOB = `query($id: ID!) {
  job(id: $id) { status ... on RolloutJob { currentPercentage } events { ... on JobLogged { message } } }
}`;
const CANCEL =
  'mutation($id: ID!) { cancelJob(id: $id) { __typename ... on RolloutJob { status currentPercentage } } }';

describe('a rollout over the API', () => {
  it('is started once, followed in its log, and cancelled where it is', async () => {
    await using gateway = await startGateway({ environment: { ROLLOUT_LOOK_SECONDS: '0.05' } });
    const input = { feature: 'CHAT', reason: 'the new service is ready' };
    const { data } = await gateway.ask(START, { input });
    expect(data.startRollout).toMatchObject({
      __typename: 'RolloutJob',
      kind: 'ROLLOUT',
      feature: 'CHAT',
      steps: [10, 50, 100],
      minRequestsPerStep: 300,
      stepSeconds: 3600,
      reason: 'the new service is ready',
    });
    const { id } = data.startRollout;
    const again = await gateway.ask(START, { input });
    expect(again.data.startRollout).toMatchObject({
      __typename: 'InvalidStateError',
      message: expect.stringContaining(id),
    });
    const wrong = await gateway.ask(START, { input: { ...input, steps: [50, 10] } });
    expect(wrong.data.startRollout).toMatchObject({ issues: [{ path: 'input.steps' }] });

    await expect
      .poll(async () => (await gateway.ask(JOB, { id })).data.job.events)
      .toContainEqual({ message: expect.stringContaining('Holding at 10 %') });
    const { data: running } = await gateway.ask(JOB, { id });
    expect(running.job).toMatchObject({ status: 'RUNNING', currentPercentage: 10 });
    await gateway.ask(CANCEL, { id });
    await expect.poll(async () => (await gateway.ask(JOB, { id })).data.job.status).toBe('CANCELLED');
    const { data: after } = await gateway.ask(
      '{ features { name rolloutPercentage lastChange { by reason } } }',
    );
    expect(after.features[3]).toMatchObject({
      rolloutPercentage: 10,
      lastChange: {
        by: 'local',
        reason: expect.stringContaining(`${id}, step 1 of 3: the new service is ready`),
      },
    });
    const { data: cancelled } = await gateway.ask(CANCEL, { id });
    expect(cancelled.cancelJob).toEqual({
      __typename: 'RolloutJob',
      status: 'CANCELLED',
      currentPercentage: 10,
    });
  });
});
