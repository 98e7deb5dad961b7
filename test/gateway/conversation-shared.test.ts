import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { type Ask, conversationsOf, texts } from '../services/conversations/client.ts';
import { describeBesideFlask } from '../services/conversations/flask.ts';
import { answering, configured, heardOf } from '../services/conversations/services.ts';
import { seed } from '../support/data-dir.ts';
import type { Answer } from '../support/gateway.ts';
import { startProvider } from '../support/provider.ts';
import { silent } from '../support/stores.ts';

/** A gateway that can be closed and started again with the same data. */
async function startOn(directory: string, environment: Record<string, string>) {
  const config = readConfig({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'silent', ...environment });
  const gateway = await createGateway(config, { log: silent, listens: false });
  const ask: Ask = async (query, variables = {}) => {
    const request = new Request('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await (await gateway.fetch(request)).json()) as Answer;
  };
  return {
    ...conversationsOf(ask),
    ask,
    /** Where the truth of the session's conversations is. */
    async place(sessionId: string): Promise<string | undefined> {
      const row = await gateway.store.db
        .selectFrom('session_memory')
        .select('memory')
        .where('session_id', '=', sessionId)
        .executeTakeFirst();
      return row?.memory;
    },
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

const joinSession = async (ask: Ask, legacyId: string) =>
  (
    await ask(
      'mutation($id: String!) { createSession(input: { legacyId: $id }) { __typename ... on Session { id } ... on Error { message } } }',
      { id: legacyId },
    )
  ).data.createSession;

const LEGACY_ID = 'flask-session-0123456789';
const MINUTE = 60_000;

const pair = (message: string, reply: string) => [
  { role: 'user', content: message },
  { role: 'assistant', content: reply },
];

describeBesideFlask('a session of the legacy application', (startFlask) => {
  it(
    'goes on in the gateway, is moved to the new memory, and back',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'signalbox-shared-'));
      await seed(directory);
      await using flask = await startFlask();
      await using provider = await startProvider(answering());
      const environment = { ...configured(provider), ...flask.environment };
      const asked = () => heardOf(provider.exchanges.at(-1)!);
      const theirs = async () => {
        const { chat_history } = (await flask.session(LEGACY_ID)) ?? {};
        return (chat_history as { content: string }[]).map(({ content }) => content);
      };
      const said = ['こんにちは', 'こんにちは！'];
      await flask.request(LEGACY_ID, (session) => {
        session.chat_history = pair(said[0]!, said[1]!);
        session.chat_model = 'model-of-flask';
        session._user = 'stays';
      });

      try {
        let sessionId = '';
        {
          await using gateway = await startOn(directory, { ...environment, USE_NEW_SESSION: 'false' });
          const { ask, send, history, session } = gateway;
          ({ id: sessionId } = await joinSession(ask, LEGACY_ID));
          expect(await joinSession(ask, LEGACY_ID)).toMatchObject({ __typename: 'InvalidStateError' });
          expect(texts(await history(sessionId))).toEqual(said);
          expect(await session(sessionId)).toMatchObject({ chatModel: 'model-of-flask' });

          expect(await send(sessionId, 'one')).toMatchObject({
            status: 'COMPLETED',
            model: 'model-of-flask',
          });
          expect(asked()).toEqual([...said, 'one']);
          said.push('one', 'You said: one');
          await expect.poll(theirs).toEqual(said);

          await flask.request(LEGACY_ID, ({ chat_history }) => {
            (chat_history as object[]).push(...pair('between', 'Said by Flask.'));
          });
          await send(sessionId, 'two');
          expect(asked()).toEqual([...said, 'between', 'Said by Flask.', 'two']);
          said.push('between', 'Said by Flask.', 'two', 'You said: two');
          await expect.poll(theirs).toEqual(said);
          expect(await flask.session(LEGACY_ID)).toMatchObject({ _user: 'stays' });
        }
        {
          await using gateway = await startOn(directory, { ...environment, USE_NEW_SESSION: 'true' });
          await gateway.send(sessionId, 'three');
          expect(asked()).toEqual([...said, 'three']);
          // Its truth is ours now, and the document is left alone.
          expect(await theirs()).toEqual(said);
          said.push('three', 'You said: three');
          expect(texts(await gateway.history(sessionId))).toEqual(said);
          expect(await gateway.place(sessionId)).toBe('NEW');
        }
        {
          await using gateway = await startOn(directory, { ...environment, USE_NEW_SESSION: 'false' });
          expect(texts(await gateway.history(sessionId))).toEqual(said);
          expect(await theirs()).toEqual(said);
          await gateway.send(sessionId, 'four');
          expect(asked()).toEqual([...said, 'four']);
          said.push('four', 'You said: four');
          await expect.poll(theirs).toEqual(said);
          expect(await gateway.place(sessionId)).toBe('LEGACY');
        }
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    3 * MINUTE,
  );
});

it('a legacy store that is away makes a turn fail with its reason; in the new memory the session goes on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-shared-'));
  await seed(directory);
  await using provider = await startProvider(answering());
  // Nobody listens there.
  const environment = { ...configured(provider), LEGACY_SESSION_URL: 'redis://127.0.0.1:1' };
  try {
    let sessionId: string;
    {
      await using gateway = await startOn(directory, { ...environment, USE_NEW_SESSION: 'false' });
      ({ id: sessionId } = (
        await gateway.ask('mutation { createSession { ... on Session { id } } }')
      ).data.createSession);
      expect(await gateway.send(sessionId, 'one')).toMatchObject({
        __typename: 'UpstreamError',
        retryable: true,
      });
      const { data } = await gateway.ask('{ jobs(first: 1) { edges { node { status error { code } } } } }');
      expect(data.jobs.edges[0].node).toEqual({
        status: 'FAILED',
        error: { code: 'LEGACY_SESSIONS_UNAVAILABLE' },
      });
      expect(provider.exchanges).toHaveLength(0);
    }
    await using gateway = await startOn(directory, { ...environment, USE_NEW_SESSION: 'true' });
    expect(await gateway.send(sessionId, 'two')).toMatchObject({ status: 'COMPLETED' });
    expect(texts(await gateway.history(sessionId))).toEqual(['two', 'You said: two']);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);
