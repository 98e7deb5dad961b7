import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { conversationsOf, SEND, textOf } from '../services/conversations/client.ts';
import { answering, askedOf, configured, Dictation } from '../services/conversations/services.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { delta, failing, json, silence, startProvider, streaming } from '../support/provider.ts';

const PIECES = ['One ', 'two ', 'three'];
const cutAfterThree = streaming(PIECES.map(delta), 'cut');

/** A gateway, and a session in it. */
async function open(settings: Parameters<typeof startGateway>[0]) {
  const gateway = await startGateway(settings);
  return { gateway, sessionId: await gateway.openSession(), ...conversationsOf(gateway.ask) };
}

/** Resolves when the job is over. */
async function over(gateway: TestGateway, id: string): Promise<void> {
  for await (const _ of gateway.follow(`subscription { jobProgress(jobId: "${id}") { seq } }`));
}

/** The provider dies behind three pieces, once they have arrived. */
async function cutOff(story: Dictation, reply: () => Promise<string | null>): Promise<void> {
  await story.asked;
  story.say(...PIECES);
  await expect.poll(reply).toBe(PIECES.join(''));
  await story.cut();
}

describe('a turn that is cancelled in the middle of its reply', () => {
  it('keeps what was said, marks it, and the next reply knows of it', async () => {
    const story = new Dictation();
    await using provider = await startProvider(
      story.behaviour,
      answering(() => 'there was a queue.'),
    );
    const { gateway, sessionId, begin, send, turn, cancel, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'Tell me a story');
    const exchange = await story.asked;
    story.say('Once ', 'upon');
    await expect.poll(async () => (await turn(id)).reply).toBe('Once upon');
    await cancel(id);
    await exchange.hungUp;
    story.say(' a time');
    await over(gateway, id);

    expect(await turn(id)).toMatchObject({ status: 'CANCELLED', reply: 'Once upon', servedBy: 'NEW' });
    const said = [
      { role: 'USER', content: 'Tell me a story', servedBy: null, interrupted: false },
      { role: 'ASSISTANT', content: 'Once upon', servedBy: 'NEW', interrupted: true },
    ];
    expect(await history(sessionId)).toEqual(said);

    expect(await send(sessionId, 'Go on')).toMatchObject({
      status: 'COMPLETED',
      reply: 'there was a queue.',
    });
    expect(askedOf(provider.exchanges[1]!)).toEqual([
      { role: 'user', content: 'Tell me a story' },
      { role: 'assistant', content: 'Once upon' },
      { role: 'user', content: 'Go on' },
    ]);
    expect(await history(sessionId)).toEqual([
      ...said,
      { role: 'USER', content: 'Go on', servedBy: null, interrupted: false },
      { role: 'ASSISTANT', content: 'there was a queue.', servedBy: 'NEW', interrupted: false },
    ]);
  });

  it('leaves nothing behind where nothing was said yet', async () => {
    await using provider = await startProvider(silence, answering());
    const { gateway, sessionId, begin, send, turn, cancel, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'Tell me a story');
    await expect.poll(() => provider.exchanges.length).toBe(1);
    await cancel(id);
    await provider.exchanges[0]!.hungUp;
    await over(gateway, id);

    expect(await turn(id)).toMatchObject({ status: 'CANCELLED', reply: null });
    expect(await history(sessionId)).toEqual([]);
    await send(sessionId, 'Hello');
    expect(askedOf(provider.exchanges[1]!)).toEqual([{ role: 'user', content: 'Hello' }]);
  });

  it('hangs up on the legacy service too', async () => {
    await using legacy = await startProvider(silence, json(200, { reply: 'Here.' }));
    const { gateway, sessionId, begin, send, cancel } = await open({
      environment: { LEGACY_CHAT_URL: `${legacy.url}/chat` },
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'Are you there?');
    await expect.poll(() => legacy.exchanges.length).toBe(1);
    await cancel(id);
    await legacy.exchanges[0]!.hungUp;
    await over(gateway, id);
    expect(await send(sessionId, 'Are you there?')).toMatchObject({ reply: 'Here.', servedBy: 'LEGACY' });
  });

  it('answers a caller that waits for it as it stands', async () => {
    const story = new Dictation();
    await using provider = await startProvider(story.behaviour);
    const { gateway, sessionId, send, cancel } = await open({ environment: configured(provider) });
    await using _ = gateway;

    const waiting = send(sessionId, 'Tell me a story');
    await story.asked;
    const { data } = await gateway.ask('{ jobs(first: 1) { edges { node { id } } } }');
    await cancel(data.jobs.edges[0].node.id);
    expect(await waiting).toMatchObject({ __typename: 'ChatTurn', status: 'CANCELLED', reply: null });
  });
});

describe('a new service that dies after three pieces', () => {
  it.each([
    ['the legacy endpoint answers', true],
    ['the legacy behaviour answers in one piece', false],
  ])('is stood in for from the beginning: %s', async (_, hasEndpoint) => {
    const story = new Dictation();
    await using provider = await startProvider(
      story.behaviour,
      answering(() => 'All of it.'),
    );
    await using legacy = await startProvider(json(200, { reply: 'All of it.' }));
    const { gateway, sessionId, begin, turn, history, events } = await open({
      environment: configured(provider, hasEndpoint ? legacy : undefined),
    });
    await using __ = gateway;

    const id = await begin(sessionId, 'Count');
    await cutOff(story, async () => (await turn(id)).reply);
    await over(gateway, id);

    expect(await turn(id)).toMatchObject({
      status: 'COMPLETED',
      reply: 'All of it.',
      servedBy: 'LEGACY',
      fellBack: true,
    });
    expect(legacy.exchanges).toHaveLength(hasEndpoint ? 1 : 0);
    expect(await history(sessionId)).toEqual([
      { role: 'USER', content: 'Count', servedBy: null, interrupted: false },
      { role: 'ASSISTANT', content: 'All of it.', servedBy: 'LEGACY', interrupted: false },
    ]);

    const log = await events(id);
    const served = log.filter(({ type }) => type === 'ReplyServed');
    expect(served).toMatchObject([
      { servedBy: 'NEW', fellBack: false },
      { servedBy: 'LEGACY', fellBack: true },
    ]);
    const before = log.filter(({ seq }) => seq < served[1]!.seq);
    const behind = log.filter(({ seq, type }) => seq > served[1]!.seq && type === 'JobTextAppended');
    expect(textOf(before)).toBe(PIECES.join(''));
    expect(behind[0]).toMatchObject({ offset: 0 });
    expect(textOf(log)).toBe('All of it.');
  });

  it('where the legacy service dies too: what that one said is kept and marked, and the next turn works', async () => {
    await using provider = await startProvider(
      cutAfterThree,
      answering(() => 'Better.'),
    );
    const partial = new Dictation((reply) => ({ reply }));
    await using legacy = await startProvider(partial.behaviour);
    const { gateway, sessionId, send, turn, history } = await open({
      environment: configured(provider, legacy),
    });
    await using _ = gateway;

    const waiting = send(sessionId, 'Count');
    await partial.asked;
    partial.say('Well, ', 'I think');
    const { data } = await gateway.ask('{ jobs(first: 1) { edges { node { id } } } }');
    const { id } = data.jobs.edges[0].node;
    await expect.poll(async () => (await turn(id)).reply).toBe('Well, I think');
    await partial.cut();
    expect(await waiting).toMatchObject({ __typename: 'UpstreamError', service: 'chat', retryable: true });

    expect(await turn(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'CHAT_CUT', step: 'reply' },
      reply: 'Well, I think',
      servedBy: 'LEGACY',
      fellBack: true,
    });
    const kept = [
      { role: 'USER', content: 'Count', servedBy: null, interrupted: false },
      { role: 'ASSISTANT', content: 'Well, I think', servedBy: 'LEGACY', interrupted: true },
    ];
    expect(await history(sessionId)).toEqual(kept);

    expect(await send(sessionId, 'Try again')).toMatchObject({ status: 'COMPLETED', reply: 'Better.' });
    expect((await history(sessionId)).slice(0, 2)).toEqual(kept);
  });

  it('where the legacy service says nothing at all: what the new one said is kept and marked', async () => {
    const story = new Dictation();
    await using provider = await startProvider(
      story.behaviour,
      failing(500),
      answering(() => 'Better.'),
    );
    const { gateway, sessionId, begin, send, turn, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'Count');
    await cutOff(story, async () => (await turn(id)).reply);
    await over(gateway, id);

    expect(await turn(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'MODEL_UNAVAILABLE', retryable: true },
      reply: PIECES.join(''),
      servedBy: 'NEW',
      fellBack: false,
    });
    expect(await history(sessionId)).toEqual([
      { role: 'USER', content: 'Count', servedBy: null, interrupted: false },
      { role: 'ASSISTANT', content: PIECES.join(''), servedBy: 'NEW', interrupted: true },
    ]);
    expect(await send(sessionId, 'Count')).toMatchObject({ status: 'COMPLETED', reply: 'Better.' });
    expect(await history(sessionId)).toHaveLength(4);
  });

  it('where nobody says a word: the turn has FAILED, and can be sent again', async () => {
    await using provider = await startProvider(failing(500), failing(500), answering());
    const { gateway, sessionId, send, history } = await open({ environment: configured(provider) });
    await using _ = gateway;

    expect(await send(sessionId, 'Count')).toMatchObject({ __typename: 'UpstreamError', retryable: true });
    expect(await history(sessionId)).toEqual([]);
    expect(await send(sessionId, 'Count')).toMatchObject({ status: 'COMPLETED', reply: 'You said: Count' });
    expect(await history(sessionId)).toHaveLength(2);
  });
});

describe('a client that leaves while it waits for a reply', () => {
  it.each(['its request is aborted', 'its WebSocket is closed'])('%s: the turn completes', async (how) => {
    const story = new Dictation();
    await using provider = await startProvider(story.behaviour);
    const { gateway, sessionId, history } = await open({
      environment: configured(provider),
      listens: true,
    });
    await using _ = gateway;

    const variables = { input: { sessionId, message: 'Tell me a story' } };
    const leave = how.includes('WebSocket')
      ? await sendOverWebSocket(gateway.url, variables)
      : sendOverHttp(gateway.url, variables);
    await story.asked;
    story.say('Once ', 'upon');
    await leave();
    story.say(' a time.');
    story.end();

    await expect.poll(() => history(sessionId)).toHaveLength(2);
    expect(await history(sessionId)).toMatchObject([
      { content: 'Tell me a story' },
      { content: 'Once upon a time.', interrupted: false },
    ]);
  });
});

/** @returns Leaves, and resolves when it is gone. */
function sendOverHttp(url: string, variables: object): () => Promise<void> {
  const leaving = new AbortController();
  const response = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SEND, variables }),
    signal: leaving.signal,
  });
  return async () => {
    leaving.abort();
    await expect(response).rejects.toThrow();
  };
}

async function sendOverWebSocket(url: string, variables: object): Promise<() => Promise<void>> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), 'graphql-transport-ws');
  const greeted = new Promise((resolve) => socket.once('message', resolve));
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  await greeted;
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SEND, variables } }));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return async () => {
    socket.terminate();
    await closed;
  };
}
