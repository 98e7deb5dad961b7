import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError, RateLimitedError } from '../../../src/errors.ts';
import { pathRegressions } from '../../../src/migration/golden/repeating.ts';
import { ChatServiceError } from '../../../src/services/chat/index.ts';
import { OWNER } from '../../jobs/engine.ts';
import { createEmbedded, describeOnStores } from '../../support/stores.ts';
import { fails, falls, ScriptedChat } from '../routing/services.ts';
import { Parrot, patient, repeat, startGolden, type TestGolden, verify, viewer } from './world.ts';

const patterns = [
  { name: 'greeting', messages: ['こんにちは'] },
  { name: 'three', messages: ['one', 'two', 'three'] },
];

const record = ({ golden }: TestGolden) =>
  golden.record({ name: 'suite', service: 'LEGACY', patterns }, patient());

describeOnStores('verifying a golden suite', (create) => {
  it('finds nothing where the service answers as recorded, case by case', async () => {
    await using world = await startGolden(await create());
    await record(world);
    const { job, regressions } = await verify(world, 'suite');
    expect(job).toMatchObject({
      kind: 'GOLDEN_RUN',
      status: 'COMPLETED',
      progress: { step: 2, total: 2, message: 'three' },
      usage: { inputTokens: 12, outputTokens: 8, modelCalls: 4 },
    });
    expect(regressions).toEqual([]);
    expect(world.golden.suiteOf(job)).toMatchObject({ name: 'suite', service: 'LEGACY', cases: 2 });
    expect(world.golden.serviceOf(job)).toBe('NEW');
    const log = await world.engine.log(job.id);
    expect(log.flatMap((event) => (event.type === 'JobStepCompleted' ? [event.step] : []))).toEqual([
      'suite',
      'case 1',
      'case 2',
    ]);
  });

  it('reports what differs by its path, and a reply that is not repeated in the rest of the history', async () => {
    const candidate = new Parrot((request) =>
      request.message === 'two' ? 'something else' : repeat(request),
    );
    await using world = await startGolden(await create(), { candidate });
    await record(world);
    const { job, regressions } = await verify(world, 'suite');
    expect(job.status).toBe('COMPLETED');
    expect(regressions).toEqual([
      { case: 'three', path: 'replies[1]', expected: '2 before: two', actual: 'something else' },
    ]);
    const log = await world.engine.log(job.id);
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'Regression detected in three: replies[1]' }),
    );
  });
});

describe('verifying copies of a suite', () => {
  const copy = (name: string, digit: string) => `${name}@${digit.repeat(32)}`;

  it('judges each run by its own cases, and leaves the suite as it is and nothing else behind', async () => {
    await using world = await startGolden(await createEmbedded());
    await record(world);
    const recorded = JSON.parse(await world.golden.toFile('suite'));
    const changed = structuredClone(recorded);
    changed.cases[0].result.replies[0] = 'Good morning.';
    await world.golden.fromFile(JSON.stringify({ ...changed, name: copy('suite', 'a') }));
    await world.golden.fromFile(JSON.stringify({ ...recorded, name: copy('suite', 'b') }));

    const runs = [];
    for (const digit of ['a', 'b'])
      runs.push(await world.golden.start(viewer, { name: copy('suite', digit), service: 'NEW' }));
    expect((await world.golden.suites()).map(({ name }) => name)).toEqual(['suite']);

    const ended = await Promise.all(runs.map(({ id }) => world.engine.finished(id)));
    expect(ended).toMatchObject([{ status: 'COMPLETED' }, { status: 'COMPLETED' }]);
    expect(ended.map((job) => world.golden.suiteOf(job).name)).toEqual(['suite', 'suite']);
    expect(await world.golden.regressions(ended)).toEqual([
      [{ case: 'greeting', path: 'replies[0]', expected: 'Good morning.', actual: '0 before: こんにちは' }],
      [],
    ]);
    expect(await world.golden.toFile('suite')).toBe(`${JSON.stringify(recorded, null, 2)}\n`);
  });

  it('takes the copy away where the run is refused as well', async () => {
    await using world = await startGolden(await createEmbedded(), { limits: { runsPerOwner: 0 } });
    await record(world);
    const name = copy('suite', 'c');
    await world.golden.fromFile(JSON.stringify({ ...JSON.parse(await world.golden.toFile('suite')), name }));
    await expect(world.golden.start(viewer, { name, service: 'NEW' })).rejects.toThrow(RateLimitedError);
    expect((await world.golden.suites()).map(({ name }) => name)).toEqual(['suite']);
  });
});

describe('a process that stops in the middle of a run', () => {
  it('is followed by one that asks for no case again', async () => {
    const candidate = new ScriptedChat(
      (request, signal) => new Parrot().reply(request, signal),
      falls('half'),
      (request, signal) => new Parrot().reply(request, signal),
    );
    await using first = await startGolden(await createEmbedded(), { candidate });
    await record(first);
    const { id } = await first.golden.start(viewer, { name: 'suite', service: 'NEW' });
    await expect.poll(() => candidate.calls).toBe(2);
    await first.engine.engine.stop();

    const { store } = first.engine;
    const same = { open: async () => ({ ...store, close: async () => {} }), drop: async () => {} };
    await using second = await startGolden(same, { candidate });
    const job = await second.engine.finished(id);
    expect(job).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect(await second.golden.regressions([job])).toEqual([[]]);
    // One of the first case, one that was given up, and the three of the second case.
    expect(candidate.calls).toBe(5);
  });
});

describe('what changes by itself', () => {
  it('is no regression: times, ids, and white space at the ends', async () => {
    const dated = (at: string, id: string) =>
      new Parrot(() => `It is ${at}, ticket ${crypto.randomUUID()} of session_${id}. \n`);
    await using world = await startGolden(await createEmbedded(), {
      legacy: dated('2026-03-01T12:00:00Z', '01m9x2k3v8e5tqf0h6w7c4b1zr'),
      candidate: dated('2027-11-30 08:15:59.250+09:00', '01n0000000e5tqf0h6w7c4b1zz'),
    });
    await record(world);
    expect((await verify(world, 'suite')).regressions).toEqual([]);
  });

  it('is one where something else than the time or the id has changed too', async () => {
    const said = (text: string) => new Parrot(() => `${text} 2026-03-01T12:00:00Z`);
    await using world = await startGolden(await createEmbedded(), {
      legacy: said('now:'),
      candidate: said('then:'),
    });
    await record(world);
    const { regressions } = await verify(world, 'suite');
    expect(regressions.map(({ path }) => path)).toEqual([
      'replies[0]',
      'replies[0]',
      'replies[1]',
      'replies[2]',
    ]);
    expect(regressions[0]).toMatchObject({ expected: 'now: 2026-03-01T12:00:00Z' });
  });
});

describe('a service that fails while a suite is verified', () => {
  it('is a regression of its case, and the others go on', async () => {
    const down = new ChatServiceError('new chat', 'CHAT_UNAVAILABLE', 'It is down.');
    const candidate = new ScriptedChat(fails(down), (request, signal) => new Parrot().reply(request, signal));
    await using world = await startGolden(await createEmbedded(), { candidate });
    await record(world);
    const { regressions } = await verify(world, 'suite');
    expect(regressions).toContainEqual({
      case: 'greeting',
      path: 'error',
      expected: null,
      actual: 'CHAT_UNAVAILABLE: It is down.',
    });
    expect(new Set(regressions.map((one) => one.case))).toEqual(new Set(['greeting']));
  });

  it('or is silent, is given up', async () => {
    await using world = await startGolden(await createEmbedded(), {
      candidate: new ScriptedChat(falls('half')),
      callMs: 50,
    });
    await record(world);
    const { regressions } = await verify(world, 'suite');
    expect(regressions.filter(({ path }) => path === 'error')).toHaveLength(2);
  });

  it('hears of it when the run is cancelled', async () => {
    const candidate = new ScriptedChat(falls('half'));
    await using world = await startGolden(await createEmbedded(), { candidate });
    await record(world);
    const job = await world.golden.start(viewer, { name: 'suite', service: 'NEW' });
    await expect.poll(() => candidate.calls).toBe(1);
    await world.engine.jobs.cancel(OWNER, job.id);
    expect(await world.engine.finished(job.id)).toMatchObject({ status: 'CANCELLED' });
    expect(candidate.signals[0]?.aborted).toBe(true);
    expect(await world.golden.regressions([job])).toEqual([[]]);
  });
});

describe('replies that vary by themselves, replayed several times', () => {
  /** Words that vary, around a form that does not. */
  const varying = (word: string, seed: number) => {
    let state = seed;
    return new Parrot(() => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return `${word} and a long common end of the sentence ${state}`;
    });
  };

  it('are no regression where the recorded service varies as much', async () => {
    await using world = await startGolden(await createEmbedded(), {
      legacy: varying('word', 1),
      candidate: varying('word', 2),
    });
    await record(world);
    expect((await verify(world, 'suite')).regressions).not.toEqual([]);
    const { job, regressions } = await verify(world, 'suite', 10);
    expect(regressions).toEqual([]);
    // Both services, ten times four messages.
    expect(job.usage.modelCalls).toBe(80);
  });

  it('are one where they are farther away than that', async () => {
    await using world = await startGolden(await createEmbedded(), {
      legacy: varying('word', 1),
      candidate: varying('quite another beginning of it', 2),
    });
    await record(world);
    const { regressions } = await verify(world, 'suite', 5);
    expect(regressions).toEqual([
      {
        case: '*',
        path: 'replies',
        expected: { farther: 10, of: 20, evidenceBelow: 20 },
        actual: { farther: 20, of: 20, evidence: expect.any(Number) },
      },
    ]);
  });

  it('are reported by path where the recorded service does not vary and the other one does', async () => {
    await using world = await startGolden(await createEmbedded(), { candidate: varying('word', 2) });
    await record(world);
    const { regressions } = await verify(world, 'suite', 5);
    expect(regressions).toContainEqual({
      case: 'greeting',
      path: 'replies[*]',
      expected: { differing: 0, of: 5 },
      actual: { differing: 5, of: 5 },
    });
  });

  it('alarm for nothing in fewer than one of twenty suites whose services toss coins', async () => {
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const result = (heads: number) => ({
      replies: [random() < heads ? 'heads' : 'tails'],
      history: [],
      sessionKeys: [],
      error: null,
      meta: { model: 'm', durationMs: 1 },
    });
    const pattern = {
      name: 'p',
      conversation: 'CHAT',
      messages: ['x'],
      model: null,
      scenarioId: null,
    } as const;
    let alarms = 0;
    const suites = 400;
    for (let suite = 0; suite < suites; suite += 1) {
      const heads = (suite % 9) / 10 + 0.1;
      const cases = Array.from({ length: 5 }, () => ({
        recorded: { pattern, result: result(heads) },
        controls: Array.from({ length: 5 }, () => result(heads)),
        candidates: Array.from({ length: 5 }, () => result(heads)),
      }));
      if (cases.some((one) => pathRegressions(one, cases.length).length > 0)) alarms += 1;
    }
    expect(alarms / suites).toBeLessThan(0.05);
  });

  it('say nothing where the recorded service itself fails', async () => {
    const legacy = new Parrot((request, call) => {
      if (call > 4) throw new ChatServiceError('legacy chat', 'CHAT_UNAVAILABLE', 'It is down.');
      return repeat(request);
    });
    await using world = await startGolden(await createEmbedded(), { legacy });
    await record(world);
    const { job, regressions } = await verify(world, 'suite', 5);
    expect(job).toMatchObject({ status: 'FAILED', error: { code: 'CONTROL_FAILED', retryable: true } });
    expect(regressions).toEqual([]);
  });
});

describe('a run that cannot be', () => {
  it('is refused', async () => {
    await using world = await startGolden(await createEmbedded(), {
      candidate: new ScriptedChat(falls()),
      limits: { calls: 30, runsPerOwner: 2 },
    });
    await record(world);
    const start = (more: object = {}) =>
      world.golden.start(viewer, { name: 'suite', service: 'NEW', ...more });
    await expect(start({ name: 'none' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(start({ name: 'no\0ne' })).rejects.toBeInstanceOf(InvalidInputError);
    for (const repeats of [0, 2, 21, 5.5]) await expect(start({ repeats })).rejects.toThrow('5 to 20');
    await expect(start({ repeats: 5 })).rejects.toThrow('40 replies');
    const runs = [await start(), await start()];
    await expect(start()).rejects.toBeInstanceOf(RateLimitedError);
    for (const { id } of runs) await world.engine.jobs.cancel(OWNER, id);
    for (const { id } of runs) await world.engine.finished(id);
  });

  it('has FAILED where its suite was recorded again before it began', async () => {
    await using world = await startGolden(await createEmbedded());
    await record(world);
    const stale = { name: 'suite', service: 'LEGACY', recordedAt: '2020-01-01T00:00:00.000Z', cases: 2 };
    const { id } = await world.engine.store.db.transaction().execute((trx) =>
      world.engine.jobs.start(trx, {
        kind: 'GOLDEN_RUN',
        owner: OWNER,
        input: { suite: stale, service: 'NEW', repeats: 1 },
      }),
    );
    expect(await world.engine.finished(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'SUITE_CHANGED', step: 'suite' },
    });
  });
});
