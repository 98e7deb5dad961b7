import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError, UpstreamError } from '../../../src/errors.ts';
import { ChatServiceError, LegacyHttpChat, NewChat } from '../../../src/services/chat/index.ts';
import type { ChatRequest } from '../../../src/services/chat/types.ts';
import { LegacySessionsUnavailableError } from '../../../src/services/memory/index.ts';
import { createModels } from '../../../src/services/models/index.ts';
import { partnerOf } from '../../../src/services/scenarios/index.ts';
import { json as answers, delta, done, startProvider, streaming } from '../../support/provider.ts';
import { createEmbedded, describeOnStores, silent } from '../../support/stores.ts';
import { deaf, fails, falls, ScriptedChat, says } from '../routing/services.ts';
import { patient, remember, scenarios, startShadow, viewer } from './world.ts';

/** Answers with what it was asked. */
class Mirror extends ScriptedChat {
  readonly asked: ChatRequest[] = [];

  constructor() {
    super(async function* (request) {
      mirror.asked.push(request);
      yield { text: 'so' };
    });
    const mirror = this;
  }
}

const hello = { message: 'Hello', feature: 'CHAT' } as const;

describeOnStores('a shadow test', (create) => {
  it('asks both services the same, and keeps what differs', async () => {
    await using world = await startShadow(await create(), {
      legacy: new ScriptedChat(says('It is ', 'sunny.')),
      candidate: new ScriptedChat(says('It is rainy.')),
    });
    const sessionId = await world.openSession({ chatModel: 'model-b' });
    const comparison = await world.shadow.test(viewer, { sessionId, ...hello }, patient());
    expect(comparison).toMatchObject({
      id: expect.stringMatching(/^comparison_/),
      feature: 'CHAT',
      message: 'Hello',
      model: 'model-b',
      live: false,
      legacy: { reply: 'It is sunny.', error: null, durationMs: expect.any(Number) },
      candidate: { reply: 'It is rainy.', error: null },
      control: null,
      matches: false,
      differences: [
        { kind: 'CONTENT_MISMATCH', path: 'reply', legacy: 'It is sunny.', candidate: 'It is rainy.' },
      ],
    });
    expect(comparison.similarity).toBeGreaterThan(0.5);
    expect(await world.shadow.find(viewer.owner, [comparison.id])).toEqual([comparison]);
    expect(await world.shadow.find('grace', [comparison.id])).toEqual([]);
  });

  it('matches where replies differ in white space at their ends alone, and asks legacy twice if told', async () => {
    const legacy = new ScriptedChat(says('same '), says('other'));
    await using world = await startShadow(await create(), {
      legacy,
      candidate: new ScriptedChat(says('\nsame')),
    });
    const sessionId = await world.openSession();
    const comparison = await world.shadow.test(viewer, { sessionId, ...hello, control: true }, patient());
    expect(comparison).toMatchObject({
      matches: true,
      differences: [],
      similarity: 1,
      control: { error: null },
    });
    expect([comparison.legacy.reply, comparison.control?.reply].toSorted()).toEqual(['other', 'same ']);
    expect(legacy.calls).toBe(2);
  });

  it('changes nothing in the session, not even how long it lives', async () => {
    const legacy = new Mirror();
    await using world = await startShadow(await create(), { legacy });
    const sessionId = await world.openSession();
    await remember(world, sessionId, 'CHAT', ['USER', 'こんにちは'], ['ASSISTANT', 'こんにちは！']);
    const state = async () => ({
      sessions: await world.store.db.selectFrom('sessions').selectAll().execute(),
      messages: await world.store.db.selectFrom('messages').selectAll().execute(),
      jobs: await world.store.db.selectFrom('jobs').selectAll().execute(),
      appends: await world.store.db.selectFrom('legacy_appends').selectAll().execute(),
    });
    const before = await state();
    world.time.now = new Date(world.time.now.getTime() + 60_000);
    await world.shadow.test(viewer, { sessionId, ...hello, model: 'model-z' }, patient());
    expect(await state()).toEqual(before);
    // A service with sessions of its own must not know whose message it is.
    expect(legacy.asked).toMatchObject([
      {
        sessionId: expect.stringMatching(/^shadow_/),
        history: [
          { role: 'user', content: 'こんにちは' },
          { role: 'assistant', content: 'こんにちは！' },
        ],
        message: 'Hello',
        model: 'model-z',
      },
    ]);
  });
});

describe('a shadow test of a role play', () => {
  const scenario = scenarios.find('ja-one-on-one')!;

  it('plays the session’s scenario as a turn would', async () => {
    const candidate = new Mirror();
    await using world = await startShadow(await createEmbedded(), { candidate });
    const sessionId = await world.openSession({ currentScenario: scenario.id });
    await remember(world, sessionId, `SCENARIO:${scenario.id}`, ['USER', 'one'], ['ASSISTANT', 'two']);
    await remember(world, sessionId, 'CHAT', ['USER', 'elsewhere']);
    await world.shadow.test(viewer, { sessionId, message: 'three', feature: 'SCENARIO' }, patient());
    expect(candidate.asked).toMatchObject([
      {
        instructions: expect.stringContaining(scenario.situation),
        history: [
          { role: 'assistant', content: scenario.opening },
          { role: 'user', content: 'one' },
          { role: 'assistant', content: 'two' },
        ],
        message: 'three',
      },
    ]);
  });

  it('lets the partner answer the other persona’s line in a watch', async () => {
    const candidate = new Mirror();
    await using world = await startShadow(await createEmbedded(), { candidate });
    const sessionId = await world.openSession({ currentScenario: scenario.id });
    const partner = partnerOf(scenario).name;
    const other = scenario.personas.find(({ name }) => name !== partner)?.name;
    const watch = { sessionId, message: 'もう少し聞かせて。', feature: 'WATCH' } as const;
    await world.shadow.test(viewer, watch, patient());
    await remember(world, sessionId, 'WATCH', ['ASSISTANT', `${partner}: a`], ['ASSISTANT', `${other}: b`]);
    await remember(world, sessionId, 'WATCH', ['ASSISTANT', 'Somebody else: c']);
    await world.shadow.test(viewer, watch, patient());
    expect(candidate.asked.map(({ history }) => history)).toEqual([
      [{ role: 'assistant', content: scenario.opening }],
      [
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'b' },
      ],
    ]);
  });

  it('needs a scenario', async () => {
    await using world = await startShadow(await createEmbedded());
    const sessionId = await world.openSession();
    const test = world.shadow.test(viewer, { sessionId, message: 'x', feature: 'SCENARIO' }, patient());
    await expect(test).rejects.toThrow('needs a scenario');
  });
});

describe('a service that fails in a shadow test', () => {
  it.each([
    [
      'fails',
      fails(new ChatServiceError('new chat', 'CHAT_CUT', 'It broke off.'), 'half'),
      'CHAT_CUT: It broke off.',
    ],
    ['is silent', falls('half'), 'CHAT_TIMEOUT: no whole reply within 100 ms'],
    ['is deaf', deaf('half'), 'CHAT_TIMEOUT: no whole reply within 100 ms'],
    ['has words that are not for everybody', fails(new Error('password=1')), 'INTERNAL: the service failed'],
    ['does not stop', says('x'.repeat(200_001)), 'CHAT_TOO_LARGE: the reply has more than 200000 characters'],
  ])('and %s has an error in its result', async (_, behaviour, error) => {
    await using world = await startShadow(await createEmbedded(), {
      candidate: new ScriptedChat(behaviour),
      limits: { callMs: 100 },
    });
    const sessionId = await world.openSession();
    expect(await world.shadow.test(viewer, { sessionId, ...hello }, patient())).toMatchObject({
      legacy: { reply: 'old', error: null },
      candidate: { reply: null, error },
      matches: false,
      differences: [{ kind: 'ERROR_MISMATCH', path: 'error', legacy: null, candidate: error }],
      similarity: null,
    });
  });

  it('leaves a comparison where both fail', async () => {
    const down = (service: string) =>
      new ScriptedChat(fails(new ChatServiceError(service, 'CHAT_UNAVAILABLE', `${service} is down.`)));
    await using world = await startShadow(await createEmbedded(), {
      legacy: down('old'),
      candidate: down('new'),
    });
    const sessionId = await world.openSession();
    const { legacy, candidate } = await world.shadow.test(viewer, { sessionId, ...hello }, patient());
    expect([legacy.error, candidate.error]).toEqual([
      'CHAT_UNAVAILABLE: old is down.',
      'CHAT_UNAVAILABLE: new is down.',
    ]);
  });
});

describe('a shadow test over HTTP', () => {
  it('asks the legacy endpoint and the model provider', async () => {
    await using endpoint = await startProvider(answers(200, { reply: 'こんにちは！' }));
    await using provider = await startProvider(streaming([delta('こんにち'), delta('は。'), done]));
    const database = await createEmbedded();
    const limits = await database.open();
    const models = createModels({
      settings: {
        apiKey: 'key',
        baseUrl: provider.url,
        api: 'responses',
        requestsPerSecond: 100,
        burst: 100,
        tokensPerMinute: null,
        concurrency: 4,
        maxRetries: 0,
        deadlineMs: 5_000,
        longestQueue: 10,
      },
      db: limits.db,
      exclusive: true,
      log: silent,
    });
    await using world = await startShadow(database, {
      legacy: new LegacyHttpChat({ url: endpoint.url, timeoutMs: 5_000 }),
      candidate: new NewChat({ model: models.languageModel() }),
    });
    const sessionId = await world.openSession();
    await remember(world, sessionId, 'CHAT', ['USER', 'もしもし'], ['ASSISTANT', 'はい']);
    const comparison = await world.shadow.test(
      viewer,
      { sessionId, message: 'こんにちは', feature: 'CHAT' },
      patient(),
    );
    expect(comparison).toMatchObject({
      legacy: { reply: 'こんにちは！', error: null },
      candidate: { reply: 'こんにちは。', error: null },
    });
    expect(endpoint.exchanges[0]?.body).toMatchObject({ message: 'こんにちは', history: [{}, {}] });
    expect(endpoint.exchanges[0]?.body.session_id).not.toBe(sessionId);
    expect(provider.exchanges).toHaveLength(1);
    await limits.close();
  });
});

describe('a shadow test that cannot be', () => {
  it('is refused with everything that is wrong', async () => {
    await using world = await startShadow(await createEmbedded());
    const sessionId = await world.openSession();
    const ask = (more: object) => world.shadow.test(viewer, { sessionId, ...hello, ...more }, patient());
    await expect(ask({ message: ' ', model: 'x'.repeat(201), feature: 'UTILS' })).rejects.toMatchObject({
      issues: [{ path: 'input.message' }, { path: 'input.model' }, { path: 'input.feature' }],
    });
    await expect(ask({ message: 'x'.repeat(32_001) })).rejects.toBeInstanceOf(InvalidInputError);
    await expect(ask({ sessionId: 'session_none' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(
      world.shadow.test({ owner: 'grace' }, { sessionId, ...hello }, patient()),
    ).rejects.toBeInstanceOf(NotFoundError);
  });

  it('says so where the conversation cannot be read', async () => {
    await using world = await startShadow(await createEmbedded(), {
      history: async () => {
        throw new LegacySessionsUnavailableError('sessions', 'it is away.');
      },
    });
    const sessionId = await world.openSession();
    const test = world.shadow.test(viewer, { sessionId, ...hello }, patient());
    await expect(test).rejects.toMatchObject({ code: 'UPSTREAM', service: 'sessions', retryable: true });
  });

  it('ends with its caller, and so do the calls', async () => {
    const candidate = new ScriptedChat(falls('half'));
    await using world = await startShadow(await createEmbedded(), { candidate });
    const sessionId = await world.openSession();
    const leaving = new AbortController();
    const test = world.shadow.test(viewer, { sessionId, ...hello }, leaving.signal);
    test.catch(() => {});
    await expect.poll(() => candidate.calls).toBe(1);
    leaving.abort(new Error('gone'));
    await expect(test).rejects.toThrow('gone');
    expect(candidate.signals[0]?.aborted).toBe(true);
    expect(await world.shadow.count(viewer.owner, {})).toBe(0);
  });

  it('waits for its turn, and not for ever', async () => {
    const candidate = new ScriptedChat(falls('half'));
    await using world = await startShadow(await createEmbedded(), {
      candidate,
      limits: { testsAtOnce: 1, waitMs: 50 },
    });
    const sessionId = await world.openSession();
    const leaving = new AbortController();
    const first = world.shadow.test(viewer, { sessionId, ...hello }, leaving.signal);
    first.catch(() => {});
    await expect.poll(() => candidate.calls).toBe(1);
    const second = world.shadow.test(viewer, { sessionId, ...hello }, patient());
    await expect(second).rejects.toBeInstanceOf(UpstreamError);
    leaving.abort();
    await expect(first).rejects.toThrow();
  });
});

describe('the log', () => {
  it('warns of differences with a little of the message, and says where replies match', async () => {
    const message = `${'あ'.repeat(50)}secret`;
    await using world = await startShadow(await createEmbedded(), {
      legacy: new ScriptedChat(says('x'.repeat(500))),
      candidate: new ScriptedChat(says('y'.repeat(500)), says('x'.repeat(500))),
    });
    const sessionId = await world.openSession();
    for (let turn = 0; turn < 2; turn += 1)
      await world.shadow.test(viewer, { sessionId, ...hello, message }, patient());
    expect(world.lines).toMatchObject([
      {
        level: 40,
        msg: 'Differences found',
        function: 'chat',
        message: `${'あ'.repeat(50)}…`,
        differences: [{ legacy: 'x'.repeat(100), candidate: 'y'.repeat(100) }],
      },
      { level: 30, msg: 'Shadow test passed - results match' },
    ]);
    const stored = await world.shadow.list(viewer.owner, {}, 1);
    expect(stored.comparisons[0]?.message).toBe(message);
  });
});
