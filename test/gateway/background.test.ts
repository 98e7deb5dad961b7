import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configured, ended, tasksOf, thinking } from '../support/background.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { failing, json, raw, resetting } from '../support/provider.ts';
import {
  answeredAfter,
  complete,
  gate,
  type ResponsesProvider,
  startResponsesProvider,
} from '../support/responses-provider.ts';

let provider: ResponsesProvider;
let gateway: TestGateway;
let tasks: ReturnType<typeof tasksOf>;
let clockAhead = 0;

beforeAll(async () => {
  provider = await startResponsesProvider({
    answers: (question) => (question.startsWith('quick') ? `Answer to ${question}` : undefined),
  });
  gateway = await startGateway({
    environment: configured(provider),
    listens: true,
    now: () => new Date(Date.now() + clockAhead),
  });
  tasks = tasksOf(gateway.ask, gateway.url);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

afterEach(() => {
  provider.instead = () => undefined;
});

describe('a background task', () => {
  it('thinks at the provider, and completes with the answer and what it cost', async () => {
    const started = await tasks.start({ question: 'Why is the sky blue?', effort: 'HIGH' });
    expect(started).toMatchObject({
      __typename: 'BackgroundTask',
      kind: 'BACKGROUND_TASK',
      question: 'Why is the sky blue?',
      effort: 'HIGH',
      model: 'o3-pro',
      response: null,
      error: null,
    });
    expect(started.status).toMatch(/^(STARTED|RUNNING)$/);

    const response = await thinking(provider, 'Why is the sky blue?');
    expect(await tasks.task(started.id)).toMatchObject({ status: 'RUNNING', response: null, usage: null });
    expect(response.metadata).toEqual({ job_id: started.id });
    const created = provider.asked('POST', '/responses').at(-1);
    expect(created?.headers['idempotency-key']).toBe(started.id);
    expect(created?.body).toMatchObject({ background: true, store: true, reasoning: { effort: 'high' } });

    complete(response, 'Rayleigh scattering.');
    expect(await tasks.ring(response.id)).toBe(204);
    const { events, ...task } = await ended(gateway, started.id);
    expect(task).toMatchObject({
      status: 'COMPLETED',
      response: 'Rayleigh scattering.',
      attempt: 1,
      error: null,
      usage: { inputTokens: 11, outputTokens: 7, modelCalls: 1 },
    });
    expect(task.elapsedSeconds).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === 'JobTextAppended')).toEqual([
      expect.objectContaining({ stream: 'response', offset: 0, text: 'Rayleigh scattering.' }),
    ]);
    expect(events.flatMap(({ status }) => status ?? [])).toEqual(['STARTED', 'RUNNING', 'COMPLETED']);
  });

  it('is listed among the jobs of its kind, can be deleted, and is forgotten with age', async () => {
    const [old, older] = [
      await tasks.start({ question: 'quick one' }),
      await tasks.start({ question: 'quick two' }),
    ];
    await Promise.all([ended(gateway, old.id), ended(gateway, older.id)]);
    const listed = async () =>
      (
        await gateway.ask('{ jobs(filter: { kinds: [BACKGROUND_TASK] }) { edges { node { id kind } } } }')
      ).data.jobs.edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(await listed()).toEqual(expect.arrayContaining([old.id, older.id]));

    expect(await tasks.remove(older.id)).toBe('DeletedJob');
    expect(await listed()).not.toContain(older.id);
    await gateway.gateway.services.housekeeping.turn();
    expect(await listed()).toContain(old.id);

    clockAhead = 31 * 86_400_000;
    await gateway.gateway.services.housekeeping.turn();
    clockAhead = 0;
    expect(await listed()).toEqual([]);
    expect(await tasks.task(old.id)).toBeNull();
    const { db } = gateway.gateway.store;
    await gateway.gateway.services.housekeeping.turn();
    expect(await db.selectFrom('background_responses').selectAll().execute()).toEqual([]);
  });

  it.each([
    [{ question: ' ' }, 'input.question'],
    [{ question: 'x'.repeat(100_001) }, 'input.question'],
    [{ question: 'Why?', model: '' }, 'input.model'],
    [{ question: 'Why?', timeoutSeconds: 0 }, 'input.timeoutSeconds'],
    [{ question: 'Why?', timeoutSeconds: 86_401 }, 'input.timeoutSeconds'],
    [{ question: 'Why?', idempotencyKey: '' }, 'input.idempotencyKey'],
  ])('is refused where its input is wrong: %#', async (input, path) => {
    expect(await tasks.start(input)).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path }] });
  });

  it('is refused in a session that does not exist', async () => {
    expect(await tasks.start({ question: 'Why?', sessionId: 'ses_nobody' })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  it('is started once for one idempotency key', async () => {
    const input = { question: 'quick and once', idempotencyKey: 'once' };
    const [first, second] = await Promise.all([
      tasks.start(input),
      tasks.start({ ...input, sessionId: null, model: null }),
    ]);
    expect(second.id).toBe(first.id);
    await ended(gateway, first.id);
    expect(await tasks.start(input)).toMatchObject({ id: first.id, status: 'COMPLETED' });
    expect(provider.about('quick and once')).toHaveLength(1);
    expect(await tasks.start({ ...input, question: 'quick but other' })).toMatchObject({
      __typename: 'IdempotencyConflictError',
    });
  });

  it('runs beside the others of its session', async () => {
    const sessionId = await gateway.openSession();
    const questions = ['Side by side 1', 'Side by side 2', 'Side by side 3'];
    const started = await Promise.all(questions.map((question) => tasks.start({ question, sessionId })));
    const responses = await Promise.all(questions.map((question) => thinking(provider, question)));
    expect(await Promise.all(started.map(({ id }) => tasks.task(id)))).toMatchObject(
      questions.map(() => ({ status: 'RUNNING' })),
    );
    for (const [index, response] of responses.entries()) {
      complete(response, `Answer ${index}`);
      await tasks.ring(response.id);
    }
    expect(await Promise.all(started.map(({ id }) => ended(gateway, id)))).toMatchObject(
      questions.map((_, index) => ({ status: 'COMPLETED', response: `Answer ${index}` })),
    );
  });
});

describe('a provider that fails', () => {
  const outcomes: [string, object, object][] = [
    [
      'failed',
      { error: { code: 'server_error', message: 'Sorry.' } },
      { code: 'SERVER_ERROR', message: 'Sorry.', retryable: true },
    ],
    [
      'failed',
      { error: { code: 'invalid_prompt', message: 'No.' } },
      { code: 'INVALID_PROMPT', message: 'No.', retryable: false },
    ],
    ['failed', {}, { code: 'MODEL_FAILED', retryable: true }],
    [
      'incomplete',
      {
        incomplete_details: { reason: 'max_output_tokens' },
        usage: { input_tokens: 5, output_tokens: 4 },
      },
      { code: 'MAX_OUTPUT_TOKENS', retryable: false },
    ],
    ['cancelled', {}, { code: 'CANCELLED_BY_PROVIDER', retryable: true }],
  ];
  it.each(outcomes)('fails the task with a true code: %s %j', async (status, facts, error) => {
    const question = `Fail ${status} ${JSON.stringify(facts)}`;
    const { id } = await tasks.start({ question });
    const response = await thinking(provider, question);
    Object.assign(response, facts, { status });
    await tasks.ring(response.id);
    const { usage, ...task } = await ended(gateway, id);
    expect(task).toMatchObject({ status: 'FAILED', response: null, error: { ...error, step: 'response' } });
    expect(usage).toEqual('usage' in facts ? { inputTokens: 5, outputTokens: 4, modelCalls: 1 } : null);
  });

  it('for a while is asked again', async () => {
    const troubles = [
      failing(429, { 'retry-after': '0' }),
      failing(500, { 'retry-after': '0' }),
      resetting,
      raw('application/json', '<html>Bad gateway'),
      json(200, {}),
    ];
    const { id } = await tasks.start({ question: 'Patience' });
    const response = await thinking(provider, 'Patience');
    complete(response, 'Here.');
    provider.instead = ({ method, path }) =>
      method === 'GET' && path.endsWith(response.id) ? troubles.shift() : undefined;
    for (let count = 1; troubles.length > 0; count += 1) {
      await tasks.ring(response.id);
      await provider.seen('GET', `/${response.id}`, count + 1);
    }
    await tasks.ring(response.id);
    expect(await ended(gateway, id)).toMatchObject({ status: 'COMPLETED', response: 'Here.' });
    expect(troubles).toEqual([]);
  });

  it('that lost the response fails the task', async () => {
    const { id } = await tasks.start({ question: 'Lost' });
    const response = await thinking(provider, 'Lost');
    provider.instead = ({ path }) => (path.includes(response.id) ? failing(404) : undefined);
    await tasks.ring(response.id);
    expect(await ended(gateway, id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'RESPONSE_GONE', retryable: false },
    });
    await gateway.gateway.services.housekeeping.turn();
    expect(provider.asked('POST', `/${response.id}/cancel`)).toHaveLength(1);
    await gateway.gateway.services.housekeeping.turn();
    expect(provider.asked('POST', `/${response.id}/cancel`)).toHaveLength(1);
  });

  it('to take the question fails the task', async () => {
    provider.instead = ({ method, path }) =>
      method === 'POST' && path.endsWith('/responses')
        ? failing(400, {}, { message: 'No such model.', code: 'model_not_found', param: 'model' })
        : undefined;
    const { id } = await tasks.start({ question: 'Anybody?', model: 'no-such-model' });
    expect(await ended(gateway, id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'MODEL_REFUSED', step: 'create', retryable: false },
    });
    provider.instead = () => undefined;
  });
});

describe('cancelling a background task', () => {
  it('cancels it at the provider', async () => {
    const { id } = await tasks.start({ question: 'Cancel me' });
    const response = await thinking(provider, 'Cancel me');
    expect((await tasks.cancel(id)).status).toMatch(/^CANCELL/);
    const { events, ...task } = await ended(gateway, id);
    expect(task).toMatchObject({ status: 'CANCELLED', response: null, error: null });
    expect(events.filter(({ type }) => type === 'JobTextAppended')).toEqual([]);
    expect(provider.asked('POST', `/${response.id}/cancel`)).toHaveLength(1);
    expect(response.status).toBe('cancelled');
  });

  it('ends as one of the two where it completes in the same moment', async () => {
    const { id } = await tasks.start({ question: 'Cancel or not' });
    const response = await thinking(provider, 'Cancel or not');
    complete(response, 'Too late.');
    await Promise.all([tasks.cancel(id), tasks.ring(response.id)]);
    const { events, ...task } = await ended(gateway, id);
    const [last] = events.flatMap(({ status }) => status ?? []).slice(-1);
    expect(task.status).toBe(last);
    expect(task).toMatchObject(
      task.status === 'COMPLETED' ? { response: 'Too late.' } : { status: 'CANCELLED', response: null },
    );
    // It was paid for in both cases.
    expect(task.usage).toEqual({ inputTokens: 11, outputTokens: 7, modelCalls: 1 });
  });

  it('cancels it also before the provider has named it', async () => {
    const named = Promise.withResolvers<void>();
    provider.instead = ({ path }, normally) =>
      path.endsWith('/responses') ? answeredAfter(named.promise, normally) : undefined;
    const { id } = await tasks.start({ question: 'Cancel me early' });
    await provider.seen('POST', '/responses', provider.asked('POST', '/responses').length + 1);
    await tasks.cancel(id);
    named.resolve();
    expect(await ended(gateway, id)).toMatchObject({ status: 'CANCELLED' });
    expect(provider.about('Cancel me early')).toMatchObject([{ status: 'cancelled' }]);
  });

  it('while the provider is down is made up for later', async () => {
    const { id } = await tasks.start({ question: 'Cancel me later' });
    const response = await thinking(provider, 'Cancel me later');
    provider.instead = () => failing(401);
    await tasks.cancel(id);
    expect(await ended(gateway, id)).toMatchObject({ status: 'CANCELLED' });
    await gateway.gateway.services.housekeeping.turn();
    expect(response.status).toBe('queued');

    provider.instead = () => undefined;
    await gateway.gateway.services.housekeeping.turn();
    expect(response.status).toBe('cancelled');
  });

  it('happens by itself when its time is over', async () => {
    const { id } = await tasks.start({ question: 'Too hard', timeoutSeconds: 1 });
    const response = await thinking(provider, 'Too hard');
    expect(await ended(gateway, id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'TIMEOUT', retryable: true, message: 'There was no answer within 1 s.' },
    });
    expect(response.status).toBe('cancelled');
  });
});

describe('too many background tasks', () => {
  it('are refused, and a replay is not', async () => {
    const never = gate();
    provider.instead = ({ path }) => (path.endsWith('/responses') ? never.behind(failing(503)) : undefined);
    const input = { question: 'One of many', idempotencyKey: 'many' };
    const started = [await tasks.start(input)];
    while (started.length < 100) started.push(await tasks.start({ question: 'One of many' }));
    expect(new Set(started.map(({ __typename }) => __typename))).toEqual(new Set(['BackgroundTask']));
    expect(await tasks.start({ question: 'One too many' })).toMatchObject({
      __typename: 'RateLimitedError',
      retryAfterSeconds: 30,
    });
    expect(await tasks.start(input)).toMatchObject({ id: started[0].id });

    never.open();
    await tasks.cancel(started[50].id);
    await ended(gateway, started[50].id);
    expect(await tasks.start({ question: 'One of many' })).toMatchObject({ __typename: 'BackgroundTask' });
    expect(provider.about('One too many')).toEqual([]);
  });
});
