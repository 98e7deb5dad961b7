import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError, UpstreamError } from '../../../src/errors.ts';
import { ChatServiceError } from '../../../src/services/chat/index.ts';
import { createEmbedded, describeOnStores } from '../../support/stores.ts';
import { down, fails, falls, ScriptedChat } from '../routing/services.ts';
import { noon, Parrot, patient, scenarios, startGolden } from './world.ts';

const greeting = { name: 'greeting', messages: ['こんにちは'] };

describeOnStores('recording a golden suite', (create) => {
  it('has the default conversations with the service, each growing with its replies', async () => {
    const legacy = new Parrot();
    await using world = await startGolden(await create(), { legacy });
    expect(await world.golden.record({ name: 'default', service: 'LEGACY' }, patient())).toEqual({
      name: 'default',
      service: 'LEGACY',
      recordedAt: noon,
      cases: 5,
    });
    const suite = await world.golden.find('default');
    const cases = new Map(suite?.cases.map(({ pattern, result }) => [pattern.name, { pattern, result }]));

    expect(cases.get('simple_greeting')?.result).toMatchObject({
      replies: ['0 before: こんにちは'],
      sessionKeys: ['chat_history'],
      error: null,
      meta: { model: 'model-a' },
    });
    expect(cases.get('multi_turn_conversation')?.result).toMatchObject({
      replies: ['0 before: こんにちは', '2 before: 今日の天気はどうですか？', '4 before: ありがとう'],
      history: [
        { role: 'user', content: 'こんにちは' },
        { role: 'assistant', content: '0 before: こんにちは' },
        { role: 'user', content: '今日の天気はどうですか？' },
        { role: 'assistant' },
        { role: 'user', content: 'ありがとう' },
        { role: 'assistant' },
      ],
    });
    expect(cases.get('model_switching')?.result).toMatchObject({
      sessionKeys: ['chat_history', 'chat_model'],
      meta: { model: 'model-b' },
    });

    const scenario = scenarios.find('ja-one-on-one')!;
    expect(cases.get('scenario_conversation')?.result).toMatchObject({
      // The partner's opening came before.
      replies: [expect.stringMatching(/^1 before/), expect.stringMatching(/^3 before/)],
      history: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }, { role: 'assistant' }],
      sessionKeys: ['current_scenario', 'scenario_history'],
    });
    const [partner, other] = [
      scenario.partner,
      scenario.personas.find(({ name }) => name !== scenario.partner)?.name,
    ];
    const watch = cases.get('watch_conversation')?.result;
    expect(watch?.replies).toHaveLength(3);
    expect(watch?.sessionKeys).toEqual(['watch_history']);
    expect(watch?.history.map(({ content }) => content.split(':')[0])).toEqual([
      partner,
      other,
      partner,
      other,
    ]);

    // No session is named to the service, and each conversation is another one.
    expect(new Set(legacy.asked.map(({ sessionId }) => sessionId)).size).toBe(5);
    for (const table of ['sessions', 'messages', 'jobs'] as const)
      expect(await world.engine.store.db.selectFrom(table).selectAll().execute()).toEqual([]);
  });

  it('replaces an earlier recording of the name, and lists them by name', async () => {
    await using world = await startGolden(await create());
    for (const name of ['b', 'a'])
      await world.golden.record({ name, service: 'NEW', patterns: [greeting] }, patient());
    world.time.now = new Date(noon.getTime() + 1_000);
    await world.golden.record({ name: 'b', service: 'LEGACY', patterns: [greeting] }, patient());
    expect(await world.golden.suites()).toEqual([
      { name: 'a', service: 'NEW', recordedAt: noon, cases: 1 },
      { name: 'b', service: 'LEGACY', recordedAt: world.time.now, cases: 1 },
    ]);
    await world.golden.forget('a');
    await expect(world.golden.forget('a')).rejects.toBeInstanceOf(NotFoundError);
    expect(await world.golden.find('a')).toBeNull();
  });
});

describe('a recording that cannot be', () => {
  it('is refused with everything that is wrong', async () => {
    await using world = await startGolden(await createEmbedded(), { limits: { calls: 10 } });
    const record = (patterns: object[], name = 'x') =>
      world.golden.record({ name, service: 'LEGACY', patterns: patterns as never }, patient());
    await expect(
      record(
        [
          { ...greeting, messages: [] },
          { ...greeting, messages: [' ', 'x'.repeat(4_001)] },
          { name: 's', conversation: 'SCENARIO', messages: ['x'], scenarioId: 'none' },
          { name: 'w', conversation: 'WATCH', messages: ['x'], scenarioId: 'ja-one-on-one' },
          { name: 'c', messages: ['x'], scenarioId: 'ja-one-on-one', model: '' },
        ],
        ' ',
      ),
    ).rejects.toMatchObject({
      issues: [
        { path: 'input.name' },
        { path: 'input.patterns[0].messages' },
        { path: 'input.patterns[1].name', message: expect.stringContaining('already') },
        { path: 'input.patterns[1].messages[0]' },
        { path: 'input.patterns[1].messages[1]' },
        { path: 'input.patterns[2].scenarioId' },
        { path: 'input.patterns[3].messages' },
        { path: 'input.patterns[4].model' },
        { path: 'input.patterns[4].scenarioId' },
      ],
    });
    await expect(record([])).rejects.toBeInstanceOf(InvalidInputError);
    await expect(record([{ name: 'long', messages: Array(11).fill('x') }])).rejects.toThrow('11 replies');
    await expect(
      record(Array.from({ length: 51 }, (_, place) => ({ name: `${place}`, messages: ['x'] }))),
    ).rejects.toThrow('1 to 50 patterns');
    expect(await world.golden.suites()).toEqual([]);
  });

  it('keeps nothing where the service fails', async () => {
    const legacy = new ScriptedChat(
      fails(new ChatServiceError('legacy chat', 'CHAT_UNAVAILABLE', 'It is down.')),
    );
    await using world = await startGolden(await createEmbedded(), {
      legacy,
      candidate: new ScriptedChat(fails(down)),
    });
    const record = (service: 'LEGACY' | 'NEW') =>
      world.golden.record({ name: 'x', service, patterns: [greeting] }, patient());
    const error = await record('LEGACY').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({
      retryable: true,
      message: 'greeting: CHAT_UNAVAILABLE: It is down.',
    });
    await expect(record('NEW')).rejects.toMatchObject({ retryable: false });
    expect(await world.golden.suites()).toEqual([]);
  });

  it('is given up when it takes too long, or its caller leaves', async () => {
    const legacy = new ScriptedChat(falls('half'));
    await using world = await startGolden(await createEmbedded(), { legacy, limits: { recordMs: 100 } });
    const record = (signal: AbortSignal) => world.golden.record({ name: 'x', service: 'LEGACY' }, signal);
    await expect(record(patient())).rejects.toThrow('not over within 100 ms');
    expect(legacy.signals.every(({ aborted }) => aborted)).toBe(true);
    await expect(record(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});

describe('a suite’s file', () => {
  it('is read back as it was written, letter by letter, into another database', async () => {
    await using world = await startGolden(await createEmbedded());
    await world.golden.record({ name: 'default', service: 'LEGACY' }, patient());
    const file = await world.golden.toFile('default');
    expect(file).toMatch(/^\{\n {2}"name": "default",\n {2}"service": "LEGACY",\n {2}"recordedAt"/);
    expect(file).toContain('今日の天気はどうですか？');
    expect(file.endsWith('}\n')).toBe(true);

    await using other = await startGolden(await createEmbedded());
    await other.golden.fromFile(file);
    expect(await other.golden.toFile('default')).toBe(file);
    expect(await other.golden.find('default')).toEqual(await world.golden.find('default'));
    await expect(other.golden.toFile('none')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('is refused where a recording could not have written it', async () => {
    await using world = await startGolden(await createEmbedded());
    await world.golden.record({ name: 'x', service: 'LEGACY', patterns: [greeting] }, patient());
    const file = await world.golden.toFile('x');
    // biome-ignore lint/suspicious/noExplicitAny: what is wrong is the point
    const changed = (change: (suite: any) => void) => {
      const suite = JSON.parse(file);
      change(suite);
      return world.golden.fromFile(JSON.stringify(suite)).catch((error: unknown) => error);
    };
    const issueAt = (path: string) => ({ code: 'INVALID_INPUT', issues: [{ path }] });
    expect(await world.golden.fromFile('{').catch((error: unknown) => error)).toMatchObject(issueAt('file'));
    expect(await changed((suite) => delete suite.service)).toMatchObject(issueAt('file.service'));
    expect(await changed((suite) => Object.assign(suite, { more: 1 }))).toMatchObject(issueAt('file'));
    expect(await changed((suite) => suite.cases.push(suite.cases[0]))).toMatchObject(issueAt('file.cases'));
    expect(
      await changed(({ cases }) => Object.assign(cases[0].pattern, { conversation: 'WATCH' })),
    ).toMatchObject({
      issues: [{ path: 'file.cases.0.pattern.scenarioId' }, { path: 'file.cases.0.pattern.messages' }],
    });
    expect(
      await changed(({ cases }) => Object.assign(cases[0].result, { replies: ['x'.repeat(20_001)] })),
    ).toMatchObject(issueAt('file.cases.0.result.replies.0'));
    expect(await changed((suite) => Object.assign(suite, { recordedAt: 'yesterday' }))).toMatchObject(
      issueAt('file.recordedAt'),
    );
    await expect(world.golden.fromFile(`"${'x'.repeat(8_000_000)}"`)).rejects.toThrow('8000000 characters');
  });
});
