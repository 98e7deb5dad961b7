import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { type Ask, conversationsOf } from '../services/conversations/client.ts';
import { seed } from '../support/data-dir.ts';
import { type Answer, startGateway } from '../support/gateway.ts';
import { silent } from '../support/stores.ts';

describe('a message of a role play that is sent again', () => {
  it('is the turn that it was, whatever scenario the session has now', async () => {
    await using gateway = await startGateway();
    const { send, choose, history } = conversationsOf(gateway.ask);
    const sessionId = await gateway.openSession({ currentScenario: 'delayed-project' });
    const more = { conversation: 'SCENARIO', idempotencyKey: 'key-1' };
    const { id } = await send(sessionId, 'Hello', more);

    for (const currentScenario of ['difficult-feedback', 'no-such-scenario', null]) {
      await choose(sessionId, { currentScenario });
      expect(await send(sessionId, 'Hello', more)).toMatchObject({ id, status: 'COMPLETED' });
    }
    expect(await history(sessionId, 'SCENARIO')).toHaveLength(2);
  });

  it('needs a scenario where it is another one, and leaves its key free', async () => {
    await using gateway = await startGateway();
    const { send, choose } = conversationsOf(gateway.ask);
    const sessionId = await gateway.openSession();
    const more = { conversation: 'SCENARIO', idempotencyKey: 'key-2' };
    expect(await send(sessionId, 'Hello', more)).toMatchObject({ __typename: 'InvalidInputError' });
    const { data } = await gateway.ask('{ jobs { totalCount } }');
    expect(data.jobs.totalCount).toBe(0);

    await choose(sessionId, { currentScenario: 'delayed-project' });
    expect(await send(sessionId, 'Hello', more)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('a watch that is asked for again', () => {
  it('is the one that it was, though the file of its scenario is gone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
    const scenarios = join(directory, 'scenarios');
    try {
      await seed(directory);
      mkdirSync(scenarios);
      const library = new URL('../../src/services/scenarios/library/delayed-project.yaml', import.meta.url);
      const ours = join(scenarios, 'ours.yaml');
      cpSync(library, ours);
      writeFileSync(ours, readFileSync(ours, 'utf8').replace('id: delayed-project', 'id: ours'));

      const input = { idempotencyKey: 'key-1' };
      let sessionId: string;
      let first: { id: string };
      {
        await using before = await startOn(directory, scenarios);
        ({ sessionId } = before);
        first = await before.watch(sessionId, 'ours', 1, input);
        await expect.poll(() => before.job(first.id)).toMatchObject({ status: 'COMPLETED' });
      }
      rmSync(ours);
      await using after = await startOn(directory, scenarios);
      expect(await after.watch(sessionId, 'ours', 1, input)).toMatchObject({ id: first.id });
      expect(await after.watch(sessionId, 'ours', 1)).toMatchObject({ __typename: 'NotFoundError' });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

/** A gateway that can be closed and started again with the same data, and a session in it. */
async function startOn(directory: string, scenarios: string) {
  const environment = { DATA_DIR: directory, SCENARIOS_DIR: scenarios, PORT: '0', LOG_LEVEL: 'silent' };
  const gateway = await createGateway(readConfig(environment), { log: silent, listens: false });
  const ask: Ask = async (query, variables = {}) => {
    const request = new Request('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await (await gateway.fetch(request)).json()) as Answer;
  };
  const { data } = await ask('mutation { createSession { ... on Session { id } } }');
  return {
    ...conversationsOf(ask),
    sessionId: data.createSession.id as string,
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
