import { describe, expect, it } from 'vitest';
import { conversationsOf, texts } from '../services/conversations/client.ts';
import { answering, askedOf, configured, Dictation, heardOf } from '../services/conversations/services.ts';
import { startGateway } from '../support/gateway.ts';
import { after, silence, startProvider } from '../support/provider.ts';

async function open(settings: Parameters<typeof startGateway>[0] = {}) {
  const gateway = await startGateway(settings);
  return { gateway, sessionId: await gateway.openSession(), ...conversationsOf(gateway.ask) };
}

describe('messages that are sent at once to one session', () => {
  it('are answered one at a time, in the order in which they were accepted', async () => {
    await using provider = await startProvider(after(5, answering()));
    const { gateway, sessionId, send, history } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const messages = Array.from({ length: 20 }, (_, number) => `message ${number}`);
    const turns = await Promise.all(messages.map((message) => send(sessionId, message)));
    expect(turns.map(({ status }) => status)).toEqual(messages.map(() => 'COMPLETED'));

    const { data } = await gateway.ask(
      '{ jobs(first: 20) { edges { node { ... on ChatTurn { message } } } } }',
    );
    const accepted = data.jobs.edges.map(({ node }: { node: { message: string } }) => node.message).reverse();
    expect(accepted.toSorted()).toEqual(messages.toSorted());
    const said = accepted.flatMap((message: string) => [message, `You said: ${message}`]);
    expect(texts(await history(sessionId))).toEqual(said);
    expect(provider.mostAtOnce()).toBe(1);
    // Each was asked with all that came before it.
    expect(provider.exchanges.map(heardOf)).toEqual(
      accepted.map((_: string, turn: number) => said.slice(0, 2 * turn + 1)),
    );
  });

  it('wait behind the one that is answered, up to a hundred', async () => {
    await using provider = await startProvider(silence);
    const { gateway, sessionId, send, begin } = await open({ environment: configured(provider) });
    await using _ = gateway;

    for (let count = 0; count < 101; count += 1) await begin(sessionId, `message ${count}`);
    expect(await send(sessionId, 'one too many')).toMatchObject({
      __typename: 'RateLimitedError',
      retryAfterSeconds: expect.any(Number),
    });
    const { data } = await gateway.ask('{ jobs { totalCount } }');
    expect(data.jobs.totalCount).toBe(101);
  });

  it('are stopped one by one: the others keep their places', async () => {
    const first = new Dictation();
    await using provider = await startProvider(first.behaviour, answering());
    const { gateway, sessionId, begin, send, cancel, turn, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    await begin(sessionId, 'first');
    await first.asked;
    const second = await begin(sessionId, 'second');
    const last = send(sessionId, 'third');
    expect(await cancel(second)).toEqual({ status: 'CANCELLED' });
    first.say('Yes.');
    first.end();
    await last;

    expect(await turn(second)).toMatchObject({ status: 'CANCELLED', reply: null, servedBy: null });
    expect(texts(await history(sessionId))).toEqual(['first', 'Yes.', 'third', 'You said: third']);
  });

  it('keep nobody waiting in another session', async () => {
    await using provider = await startProvider(silence, answering());
    const { gateway, sessionId, begin, send } = await open({ environment: configured(provider) });
    await using _ = gateway;

    await begin(sessionId, 'first');
    await expect.poll(() => provider.exchanges.length).toBe(1);
    expect(await send(await gateway.openSession(), 'Hello')).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('the model of a conversation', () => {
  it('is the session’s, until a message names another one, which is the session’s from then on', async () => {
    await using provider = await startProvider(answering());
    const { gateway, send, session, choose } = await open({
      environment: { ...configured(provider), MODEL_CHAT: 'model-default' },
    });
    await using _ = gateway;
    const sessionId = await gateway.openSession();

    expect((await send(sessionId, 'one')).model).toBe('model-default');
    expect((await send(sessionId, 'two', { model: 'model-b' })).model).toBe('model-b');
    expect((await send(sessionId, 'three')).model).toBe('model-b');
    expect((await session(sessionId)).chatModel).toBe('model-b');
    await choose(sessionId, { chatModel: 'model-c' });
    expect((await send(sessionId, 'four')).model).toBe('model-c');

    expect(provider.exchanges.map(({ body }) => body.model)).toEqual([
      'model-default',
      'model-b',
      'model-b',
      'model-c',
    ]);
    expect(heardOf(provider.exchanges[3]!)).toHaveLength(7);
  });
});

describe('a message with an idempotency key', () => {
  it('is said once, however often it is sent', async () => {
    await using provider = await startProvider(after(10, answering()));
    const { gateway, sessionId, send, history } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const more = { idempotencyKey: 'key-1' };
    const turns = await Promise.all(Array.from({ length: 5 }, () => send(sessionId, 'Hello', more)));
    turns.push(await send(sessionId, 'Hello', more));
    expect(new Set(turns.map(({ id }) => id)).size).toBe(1);
    expect(turns.map(({ reply }) => reply)).toEqual(turns.map(() => 'You said: Hello'));
    expect(provider.exchanges).toHaveLength(1);
    expect(await history(sessionId)).toHaveLength(2);

    expect(await send(sessionId, 'Something else', more)).toMatchObject({
      __typename: 'IdempotencyConflictError',
    });
    expect(await send(sessionId, 'Hello', { ...more, model: 'other' })).toMatchObject({
      __typename: 'IdempotencyConflictError',
    });
  });

  it('does not give the session its model back when it comes again', async () => {
    await using provider = await startProvider(answering());
    const { gateway, sessionId, send, session } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const first = { idempotencyKey: 'key-1', model: 'model-a' };
    await send(sessionId, 'Hello', first);
    await send(sessionId, 'Hello again', { model: 'model-b' });
    expect(await send(sessionId, 'Hello', first)).toMatchObject({ model: 'model-a', status: 'COMPLETED' });
    expect((await session(sessionId)).chatModel).toBe('model-b');
  });
});

describe('sendMessage', () => {
  it('answers at once where nobody waits', async () => {
    const reply = new Dictation();
    await using provider = await startProvider(reply.behaviour);
    const { gateway, sessionId, send, turn } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const { id, status } = await send(sessionId, 'Hello', { wait: false });
    expect(['STARTED', 'RUNNING']).toContain(status);
    await reply.asked;
    reply.say('Hi');
    await expect.poll(() => turn(id)).toMatchObject({ status: 'RUNNING', reply: 'Hi', servedBy: 'NEW' });
    reply.end();
    await expect
      .poll(() => turn(id))
      .toMatchObject({
        status: 'COMPLETED',
        reply: 'Hi',
        usage: { inputTokens: 11, outputTokens: 7, modelCalls: 1 },
      });
  });

  it('refuses messages that are empty, too long, or not to be stored', async () => {
    const { gateway, sessionId, send, history } = await open();
    await using _ = gateway;
    for (const [message, complaint] of [
      ['', 'must not be empty'],
      [' \n ', 'must not be empty'],
      ['a\0b', 'must not contain NUL characters'],
      ['x'.repeat(32_001), 'must have at most 32000 characters; it has 32001'],
    ] as const)
      expect(await send(sessionId, message)).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: 'input.message', message: complaint }],
      });
    expect(await send(sessionId, 'Hello', { model: 'm'.repeat(201) })).toMatchObject({
      issues: [{ path: 'input.model' }],
    });
    expect(await history(sessionId)).toEqual([]);
  });

  it('takes the longest message, and what is hard to store', async () => {
    const { gateway, sessionId, send, history } = await open();
    await using _ = gateway;
    const long = '長'.repeat(32_000);
    expect(await send(sessionId, long)).toMatchObject({ status: 'COMPLETED' });
    expect(await send(sessionId, 'half a pair: \ud83d, a whole one: 🙂')).toMatchObject({
      status: 'COMPLETED',
    });
    expect((await history(sessionId))[0]?.content).toBe(long);
    expect((await history(sessionId))[2]?.content).toContain('a whole one: 🙂');
  });

  it('knows no sessions but the caller’s', async () => {
    const tokens = { ada: 'ada-0123456789abcdef', bob: 'bob-0123456789abcdef' };
    await using gateway = await startGateway({
      environment: { AUTH_TOKENS: `ada=${tokens.ada},bob=${tokens.bob}` },
    });
    const opened = await gateway.ask(
      'mutation { createSession { ... on Session { id } } }',
      {},
      { token: tokens.ada },
    );
    const sessionId = opened.data.createSession.id;
    const bob = conversationsOf(gateway.ask, tokens.bob);
    const notFound = { __typename: 'NotFoundError' };
    expect(await bob.send(sessionId, 'Hello')).toMatchObject(notFound);
    expect(await bob.watch(sessionId, 'delayed-project', 2)).toMatchObject(notFound);
    expect(await bob.send('session_00000000000000000000000000', 'Hello')).toMatchObject(notFound);

    const ada = conversationsOf(gateway.ask, tokens.ada);
    const turn = await ada.send(sessionId, 'Hello');
    expect(turn).toMatchObject({ status: 'COMPLETED' });
    expect(await bob.turn(turn.id)).toBeNull();
  });
});

describe('a role play', () => {
  it('needs a scenario that there is', async () => {
    const { gateway, sessionId, send, choose } = await open();
    await using _ = gateway;
    const play = () => send(sessionId, 'Hello', { conversation: 'SCENARIO' });
    const issues = [{ path: 'input.conversation', message: expect.any(String) }];
    expect(await play()).toMatchObject({ __typename: 'InvalidInputError', issues });
    await choose(sessionId, { currentScenario: 'no-such-scenario' });
    expect(await play()).toMatchObject({ __typename: 'InvalidInputError', issues });
    expect(await send(sessionId, 'Hello', { conversation: 'WATCH' })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.conversation', message: expect.stringContaining('startWatch') }],
    });
  });

  it('goes on from the partner’s first words, each scenario by itself and none in the chat', async () => {
    await using provider = await startProvider(answering());
    const { gateway, sessionId, send, choose, history } = await open({ environment: configured(provider) });
    await using _ = gateway;
    const { data } = await gateway.ask('{ scenarios { id opening partner situation } }');
    const [first, second] = data.scenarios;
    const play = async (scenario: { id: string }, message: string) => {
      await choose(sessionId, { currentScenario: scenario.id });
      expect(await send(sessionId, message, { conversation: 'SCENARIO' })).toMatchObject({
        status: 'COMPLETED',
        conversation: 'SCENARIO',
      });
      return askedOf(provider.exchanges.at(-1)!);
    };

    const [system, opening, message] = await play(first, 'one');
    expect(system).toMatchObject({ role: 'system', content: expect.stringContaining(first.situation) });
    expect(opening).toEqual({ role: 'assistant', content: first.opening });
    expect(message).toEqual({ role: 'user', content: 'one' });

    const other = await play(second, 'two');
    expect(other.slice(1).map(({ content }) => content)).toEqual([second.opening, 'two']);
    expect(other[0]?.content).toContain(second.situation);

    const again = await play(first, 'three');
    expect(again.slice(1).map(({ content }) => content)).toEqual([
      first.opening,
      'one',
      'You said: one',
      'three',
    ]);
    await send(sessionId, 'four');
    expect(heardOf(provider.exchanges.at(-1)!)).toEqual(['four']);
    expect(texts(await history(sessionId, 'SCENARIO'))).toEqual(
      ['one', 'two', 'three'].flatMap((text) => [text, `You said: ${text}`]),
    );
    expect(await history(sessionId)).toHaveLength(2);
  });
});

describe('watching', () => {
  it('is one at a time in a session, and beside its chat', async () => {
    await using provider = await startProvider(silence, answering());
    const { gateway, sessionId, watch, send } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const started = await watch(sessionId, 'delayed-project', 4);
    await expect.poll(() => provider.exchanges.length).toBe(1);
    expect(await watch(sessionId, 'delayed-project', 4)).toMatchObject({
      __typename: 'SessionBusyError',
      activeJob: { id: started.id },
    });
    expect(await send(sessionId, 'Hello')).toMatchObject({ status: 'COMPLETED' });
  });

  it('refuses fewer than one line, more than a hundred, and scenarios that there are not', async () => {
    const { gateway, sessionId, watch } = await open();
    await using _ = gateway;
    for (const turns of [0, 101])
      expect(await watch(sessionId, 'delayed-project', turns)).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: 'input.turns' }],
      });
    expect(await watch(sessionId, 'no-such-scenario', 3)).toMatchObject({ __typename: 'NotFoundError' });
  });

  it('that is cancelled in the middle keeps the lines that were said', async () => {
    const third = new Dictation();
    await using provider = await startProvider(
      answering(() => 'A line.'),
      third.behaviour,
      answering(),
    );
    const { gateway, sessionId, watch, cancel, job, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    const { id } = await watch(sessionId, 'delayed-project', 6);
    const exchange = await third.asked;
    third.say('Half a l');
    await cancel(id);
    await exchange.hungUp;
    await expect.poll(() => job(id)).toMatchObject({ status: 'CANCELLED' });

    const { data } = await gateway.ask('{ scenarios { id opening partner personas } }');
    const scenario = data.scenarios.find(({ id }: { id: string }) => id === 'delayed-project');
    const other = scenario.personas.find((name: string) => name !== scenario.partner);
    expect(texts(await history(sessionId, 'WATCH'))).toEqual([
      `${scenario.partner}: ${scenario.opening}`,
      `${other}: A line.`,
    ]);
    expect(await watch(sessionId, 'delayed-project', 2)).toMatchObject({ __typename: 'WatchJob' });
  });

  it('that fails in the middle keeps the lines that were said', async () => {
    await using provider = await startProvider(
      answering(() => 'A line.'),
      (_, response) => {
        response.writeHead(500).end();
      },
    );
    const { gateway, sessionId, watch, job, history } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const { id } = await watch(sessionId, 'delayed-project', 6);
    await expect
      .poll(() => job(id))
      .toMatchObject({ status: 'FAILED', error: { code: 'MODEL_UNAVAILABLE' } });
    expect(await history(sessionId, 'WATCH')).toHaveLength(2);
  });
});
