import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Signalbox, unwrap } from '../../sdk/index.ts';
import { configured } from '../support/background.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { failing as refusing } from '../support/provider.ts';
import { type ResponsesProvider, startResponsesProvider } from '../support/responses-provider.ts';
import {
  begin,
  edge,
  expectSound,
  failing,
  question,
  stateOf,
  statusesOf,
  story,
  transform,
  until,
} from './workflow-world.ts';

let provider: ResponsesProvider;
let gateway: TestGateway;
let signalbox: Signalbox;

beforeAll(async () => {
  // What begins with `hold` is thought about until the end of time.
  provider = await startResponsesProvider({
    answers: (text) => (text.startsWith('hold') ? undefined : `On ${text}: yes.`),
  });
  gateway = await startGateway({ listens: true, environment: configured(provider) });
  signalbox = connect(gateway.url);
});
beforeEach(() => {
  provider.instead = () => undefined;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const resolve = async (workflowId: string, thread: string, resolution: 'RETRY' | 'SKIP' | 'ABORT') =>
  signalbox.resolveThreadFailure({ workflowId, thread, resolution });

/** The provider refuses what is asked about `text`, until it is told otherwise. */
function refuse(text: string, status: number, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  provider.instead = ({ method, body }) => {
    if (method !== 'POST' || body?.input !== text || left <= 0) return undefined;
    left -= 1;
    return refusing(status);
  };
}

describe('cancelling a run in the middle', () => {
  it('stops what runs, at the provider too, and starts nothing more', async () => {
    const definition = {
      threads: [
        question('first', 'hold the first'),
        question('second', 'hold the second'),
        question('third', 'hold the third'),
      ],
      dependencies: [edge('second', 'third')],
      maxParallelThreads: 2,
    };
    const { id } = await begin(signalbox, definition);
    const told = story(signalbox, id);
    await expect
      .poll(() => provider.about('hold the first').length + provider.about('hold the second').length)
      .toBe(2);
    unwrap(await signalbox.cancel(id));

    const changes = await told;
    const run = await stateOf(signalbox, id);
    expect(run.status).toBe('CANCELLED');
    expect(statusesOf(run)).toEqual({ first: 'CANCELLED', second: 'CANCELLED', third: 'CANCELLED' });
    expectSound(definition, changes, run);
    for (const text of ['hold the first', 'hold the second'])
      await expect.poll(() => provider.about(text)[0]?.status).toBe('cancelled');
    expect(provider.about('hold the third')).toEqual([]);
  });

  it('cancelling one thread’s job skips what depends on it, and the rest goes on', async () => {
    const definition = {
      threads: [question('slow', 'hold on'), transform('after', '1'), transform('beside', '2')],
      dependencies: [edge('slow', 'after')],
    };
    const { id } = await begin(signalbox, definition);
    const told = story(signalbox, id);
    await until(signalbox, id, 'slow', 'RUNNING');
    const job = (await stateOf(signalbox, id)).threads[0]?.job;
    unwrap(await signalbox.cancel(job!.id));

    expectSound(definition, await told, await stateOf(signalbox, id));
    const run = await stateOf(signalbox, id);
    expect(run.status).toBe('COMPLETED');
    expect(statusesOf(run)).toEqual({ slow: 'CANCELLED', after: 'SKIPPED', beside: 'COMPLETED' });
  });
});

describe('a run whose session is closed', () => {
  it('ends, and is gone with all that it was', async () => {
    const { id, sessionId, graphId } = await begin(signalbox, {
      threads: [question('slow', 'hold for the session'), transform('after', '1')],
      dependencies: [edge('slow', 'after')],
    });
    await expect.poll(() => provider.about('hold for the session').length).toBe(1);
    const child = (await stateOf(signalbox, id)).threads[0]?.job?.id;

    unwrap(await signalbox.closeSession(sessionId, { waitSeconds: 10 }));

    expect(await signalbox.job(id)).toBeNull();
    expect(await signalbox.job(child!)).toBeNull();
    expect(await signalbox.dependencyGraph(graphId)).toBeNull();
    await expect.poll(() => provider.about('hold for the session')[0]?.status).toBe('cancelled');
  });
});

describe('STRICT', () => {
  it('stops what runs when a thread fails, and names the failure', async () => {
    const definition = {
      policy: 'STRICT' as const,
      threads: [
        question('slow', 'hold strictly'),
        question('quick'),
        failing('bad'),
        transform('never', '1'),
      ],
      dependencies: [edge('quick', 'bad'), edge('slow', 'never')],
    };
    const { id } = await begin(signalbox, definition);
    const changes = await story(signalbox, id);
    const run = await stateOf(signalbox, id);

    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'TRANSFORM_FAILED', step: 'bad' } });
    expect(statusesOf(run)).toEqual({
      slow: 'CANCELLED',
      quick: 'COMPLETED',
      bad: 'FAILED',
      never: 'SKIPPED',
    });
    expectSound(definition, changes, run);
  });
});

describe('ADAPTIVE', () => {
  const definition = (text: string) => ({
    policy: 'ADAPTIVE' as const,
    retryDelayMs: 0,
    threads: [question('think', text), transform('tell', 'inputs.said'), transform('beside', '2')],
    dependencies: [
      edge('think', 'tell', { type: 'DATA_FLOW', dataMapping: [{ from: 'response', to: 'said' }] }),
    ],
  });

  it('waits for a person where data was to flow, and goes on when the retry succeeds', async () => {
    refuse('adaptive retry', 400);
    const { id } = await begin(signalbox, definition('adaptive retry'));
    await until(signalbox, id, 'think', 'WAITING');
    await expect.poll(async () => (await stateOf(signalbox, id)).status).toBe('WAITING');
    expect(statusesOf(await stateOf(signalbox, id))).toEqual({
      think: 'WAITING',
      tell: 'PENDING',
      beside: 'COMPLETED',
    });

    provider.instead = () => undefined;
    expect(unwrap(await resolve(id, 'think', 'RETRY')).status).toBe('RUNNING');
    const changes = await story(signalbox, id);
    const run = await stateOf(signalbox, id);
    expect(run.status).toBe('COMPLETED');
    expect(run.threads).toMatchObject([
      { status: 'COMPLETED', attempt: 2 },
      { status: 'COMPLETED', output: 'On adaptive retry: yes.' },
      { status: 'COMPLETED' },
    ]);
    expectSound(definition('adaptive retry'), changes, run);
  });

  it.each([
    ['SKIP', 'COMPLETED', { think: 'SKIPPED', tell: 'SKIPPED', beside: 'COMPLETED' }],
    ['ABORT', 'FAILED', { think: 'FAILED', tell: 'SKIPPED', beside: 'COMPLETED' }],
  ] as const)('goes on as it is told: %s', async (resolution, status, threads) => {
    const text = `adaptive ${resolution}`;
    refuse(text, 400);
    const { id } = await begin(signalbox, definition(text));
    await until(signalbox, id, 'think', 'WAITING');
    await until(signalbox, id, 'beside', 'COMPLETED');
    unwrap(await resolve(id, 'think', resolution));

    const changes = await story(signalbox, id);
    const run = await stateOf(signalbox, id);
    expect(run.status).toBe(status);
    expect(statusesOf(run)).toEqual(threads);
    expectSound(definition(text), changes, run);
  });

  it('lets one of two decisions at once count, and says so to the other', async () => {
    refuse('adaptive twice', 400);
    const { id } = await begin(signalbox, definition('adaptive twice'));
    await until(signalbox, id, 'think', 'WAITING');
    const answers = await Promise.all([resolve(id, 'think', 'SKIP'), resolve(id, 'think', 'ABORT')]);
    const types = answers.map(({ __typename }) => __typename).sort();
    expect(types).toEqual(['InvalidStateError', 'WorkflowJob']);

    expectSound(definition('adaptive twice'), await story(signalbox, id), await stateOf(signalbox, id));
    expect((await resolve(id, 'think', 'SKIP')).__typename).toBe('InvalidStateError');
    expect((await resolve(id, 'nobody', 'SKIP')).__typename).toBe('InvalidStateError');
  });

  it('tells who asks about a thread that the run does not have', async () => {
    refuse('adaptive nobody', 400);
    const { id } = await begin(signalbox, definition('adaptive nobody'));
    await until(signalbox, id, 'think', 'WAITING');

    for (const nobody of ['nobody', '__proto__', '', 'no\0body'])
      expect((await resolve(id, nobody, 'SKIP')).__typename).toBe('NotFoundError');
    unwrap(await resolve(id, 'think', 'SKIP'));
  });

  it('tries again by itself what may pass, and a leaf that cannot is skipped', async () => {
    refuse('adaptive passing', 503, 2);
    const passing = {
      ...definition('adaptive passing'),
      threads: [...definition('adaptive passing').threads, failing('leaf')],
    };
    const { id } = await begin(signalbox, passing);
    const changes = await story(signalbox, id);
    const run = await stateOf(signalbox, id);
    expect(run.status).toBe('COMPLETED');
    expect(statusesOf(run)).toEqual({
      think: 'COMPLETED',
      tell: 'COMPLETED',
      beside: 'COMPLETED',
      leaf: 'SKIPPED',
    });
    expectSound(passing, changes, run);
  });
});

describe('a graph that is refused', () => {
  it('hears of its numbers and its dependencies at once', async () => {
    const session = unwrap(await signalbox.createSession());
    const answer = await signalbox.defineDependencies({
      sessionId: session.id,
      maxParallelThreads: 0,
      threads: [transform('a', '1', { timeoutSeconds: 0 }), transform('b', '1 +')],
      dependencies: [edge('b', 'a', { condition: 'output.' }), edge('a', 'b'), edge('a', 'nobody')],
    });
    expect(answer.__typename).toBe('InvalidInputError');
    expect('issues' in answer && answer.issues.map(({ path }) => path).sort()).toEqual([
      'input.dependencies.0',
      'input.dependencies.1',
      'input.dependencies.2',
      'input.maxParallelThreads',
      'input.threads.0.timeoutSeconds',
      'input.threads.1',
    ]);
  });

  it('is one without threads', async () => {
    const session = unwrap(await signalbox.createSession());
    const empty = { sessionId: session.id, threads: [], dependencies: [] };
    expect(await signalbox.defineDependencies(empty)).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.threads' }],
    });
  });
});

describe('starting a run', () => {
  it('refuses an input that nests deeper than anything looks into it', async () => {
    const { graphId, id } = await begin(signalbox, { threads: [transform('one', '1')] });
    await story(signalbox, id);
    const start = async (depth: number) => {
      const input = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as object;
      const { data } = await gateway.ask(
        `mutation($input: StartWorkflowInput!) {
          startWorkflow(input: $input) { __typename ... on InvalidInputError { issues { path } } }
        }`,
        { input: { graphId, input, idempotencyKey: `${depth}` } },
      );
      return data?.startWorkflow;
    };
    for (const depth of [201, 2_000, 4_000])
      expect(await start(depth)).toEqual({
        __typename: 'InvalidInputError',
        issues: [{ path: 'input.input' }],
      });
    expect(await start(200)).toMatchObject({ __typename: 'WorkflowJob' });
  });

  it('starts one for one key, however often and at once it is asked', async () => {
    const session = unwrap(await signalbox.createSession());
    const threads = [transform('double', 'input.n * 2')];
    const graph = unwrap(
      await signalbox.defineDependencies({ sessionId: session.id, threads, dependencies: [] }),
    );
    const start = (n: number) =>
      signalbox.startWorkflow({ graphId: graph.id, input: { n }, idempotencyKey: 'once' });
    const started = await Promise.all([start(2), start(2), start(2)]);
    const ids = new Set(started.map((answer) => unwrap(answer).id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    await story(signalbox, id);
    expect(unwrap(await start(2))).toMatchObject({ id, status: 'COMPLETED' });
    expect((await stateOf(signalbox, id)).threads[0]?.output).toBe(4);
    expect((await start(3)).__typename).toBe('IdempotencyConflictError');
    expect((await signalbox.jobs({ sessionId: session.id })).totalCount).toBe(1);
  });

  it('refuses a graph that is not there, a second run beside the first, and what is no input', async () => {
    const missing = await signalbox.startWorkflow({ graphId: 'graph_01m9x2k3v8e5tqf0h6w7c4b1zr' });
    expect(missing.__typename).toBe('NotFoundError');

    const { id, graphId } = await begin(signalbox, { threads: [question('slow', 'hold the session')] });
    await until(signalbox, id, 'slow', 'RUNNING');
    expect(await signalbox.startWorkflow({ graphId })).toMatchObject({
      __typename: 'SessionBusyError',
      activeJob: { id },
    });
    for (const input of [[1], 'text', 7, null])
      await expect(
        signalbox.startWorkflow({ graphId, input }).then(
          (answer) => answer.__typename,
          () => 'InvalidInputError',
        ),
      ).resolves.toBe('InvalidInputError');
    const long = await signalbox.startWorkflow({ graphId, input: { text: 'x'.repeat(1_000_000) } });
    expect(['InvalidInputError', 'SessionBusyError']).toContain(long.__typename);
    unwrap(await signalbox.cancel(id));
    await story(signalbox, id);
    expect(await resolve(id, 'slow', 'SKIP')).toMatchObject({
      __typename: 'InvalidStateError',
      message: 'The run is over.',
    });
    expect((await resolve('job_01m9x2k3v8e5tqf0h6w7c4b1zr', 'slow', 'SKIP')).__typename).toBe(
      'NotFoundError',
    );
  });
});
