import { describe, expect, it } from 'vitest';
import { builtinAnalyst } from '../../../../src/services/analysis/builtin/index.ts';
import { Sandbox } from '../../../../src/services/sandbox/index.ts';
import { csv, given } from './asking.ts';

const signal = AbortSignal.timeout(600_000);
const thinking = { sessionId: 'session_1', signal, used: async () => {} };
const shops = csv(
  ['shop', 'revenue', 'day'],
  [
    ['a', 10, '2024-01-01'],
    ['b', 20, '2024-02-01'],
    ['a', 30, '2024-03-01'],
  ],
);

describe('what the analyst does not know', { timeout: 120_000 }, () => {
  it('says which words it could not place, and that the answer is not limited to them', async () => {
    await using data = await given(shops);
    const { report } = await data.ask('average revenue in Atlantis');
    expect(report).toContain('“Atlantis” was not found in the data, so this answer is not limited to it.');
    expect(report).toContain('## Not understood');
  });

  it('says what it took a word for', async () => {
    await using data = await given(shops);
    const { report } = await data.ask('total sales by shop');
    expect(report).toContain('“sales” was taken to mean the column `revenue`');
  });

  it.each([
    ['predict revenue for next month', 'I cannot forecast'],
    ['why did revenue rise?', 'I cannot say what causes what'],
    ['is the difference in revenue between shops significant?', 'I do not run significance tests'],
    ['write a poem about revenue', 'I cannot write texts'],
    ['売上を予測して', '予測はできません'],
  ])('does not pretend: %s', async (message, expected) => {
    const column = { nullCount: 0, distinctCount: 2, examples: [] };
    const profile = {
      rowCount: 3,
      columns: [
        { ...column, name: 'shop', type: 'VARCHAR', min: 'a', max: 'b' },
        { ...column, name: 'revenue', type: 'BIGINT', min: '10', max: '30' },
        { ...column, name: 'day', type: 'DATE', min: '2024-01-01', max: '2024-03-01' },
      ],
    };
    const language = /[ぁ-ん]/.test(message) ? 'ja' : 'en';
    const plan = await builtinAnalyst.plan(
      { message, language, dataset: { name: 'shops.csv', profile } },
      thinking,
    );
    expect(plan.steps[0]).toContain(expected);
  });

  it('gives an overview where it understood nothing, and says so', async () => {
    await using data = await given(shops);
    const { report } = await data.ask('blorp');
    expect(report).toContain('Nothing in the request names a column');
    expect(report).toContain('**3** rows');
  });

  it('signs its reports', async () => {
    await using data = await given(shops);
    expect((await data.ask('total revenue')).report).toContain('uses no language model');
    expect((await data.ask('売上の合計', 'ja')).report).toContain('言語モデルは使っていません');
  });
});

describe('a program that failed', { timeout: 120_000 }, () => {
  it('is followed by simpler ones, and the report does not pretend', async () => {
    await using data = await given(shops);
    const question = {
      message: 'total revenue by shop',
      language: 'en' as const,
      dataset: { name: 'shops.csv', profile: data.profile },
    };
    const plan = await builtinAnalyst.plan(question, thinking);
    const first = await builtinAnalyst.code(question, plan, undefined, thinking);
    const second = await builtinAnalyst.code(
      question,
      plan,
      { code: first, error: 'no `such` thing' },
      thinking,
    );
    const third = await builtinAnalyst.code(question, plan, { code: second, error: 'again' }, thinking);
    expect(new Set([first, second, third]).size).toBe(3);

    const execution = {
      output: 'The previous program failed: no `such` thing\n',
      tables: [],
      charts: [],
      durationMs: 1,
    };
    const report = (await Array.fromAsync(builtinAnalyst.report(question, plan, execution, thinking))).join(
      '',
    );
    expect(report).toContain('the question is not answered');
  });
});

describe('a question without data', { timeout: 120_000 }, () => {
  const ask = async (message: string, language: 'en' | 'ja' = 'en') => {
    const question = { message, language };
    const plan = await builtinAnalyst.plan(question, thinking);
    const execution = await new Sandbox({}).run(
      await builtinAnalyst.code(question, plan, undefined, thinking),
      undefined,
      signal,
    );
    return {
      output: execution.output.trim(),
      report: (await Array.fromAsync(builtinAnalyst.report(question, plan, execution, thinking))).join(''),
    };
  };

  it('does sums', async () => {
    expect(await ask('what is 17% of 230?')).toMatchObject({
      output: expect.stringContaining('39.1'),
      report: expect.stringContaining('**39.1**'),
    });
    expect((await ask('(3 + 4) * 2')).report).toContain('**14**');
  });

  it('says that there is nothing to analyse otherwise', async () => {
    expect((await ask('average price by city')).report).toContain('There is no data to analyse');
    expect((await ask('都市別の平均価格', 'ja')).report).toContain('分析するデータがありません');
  });
});
