import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { SESSION_TTL_SECONDS: '3600' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const SALES = 'Shop,Units sold\nNorth,3\nSouth,10\nNorth,4\n';

const STORY = `
  __typename seq
  ... on JobStatusChanged { status }
  ... on JobProgressed { progress { step total message fraction } }
  ... on JobStepCompleted { step }
  ... on JobTextAppended { stream offset text }
  ... on JobFinished { job {
    status attempt error { code message step }
    progress { fraction }
    ... on AnalysisJob {
      message model dataset { name }
      result { plan { summary steps } code execution { output repairs durationMs tables { title columns rows truncated } charts { title vegaLite svg } } report { markdown html } }
    }
  } }`;

async function story(jobId: string): Promise<Answer['data'][]> {
  const events: Answer['data'][] = [];
  for await (const { data } of gateway.follow(`subscription { jobProgress(jobId: "${jobId}") { ${STORY} } }`))
    events.push(data.jobProgress);
  return events;
}
const messages = (events: Answer['data'][]) =>
  events
    .filter(({ progress }) => progress)
    .map(({ progress: { step, total, message } }) => `${step}/${total} ${message}`);

describe('analysing a file', () => {
  it('tells five steps, streams the report and answers with all of it', async () => {
    const session = await gateway.openSession();
    const { data } = await gateway.upload(session, new File([SALES], 'sales.csv'));
    const job = await gateway.analyse(session, 'total units sold per shop', {
      datasetId: data.uploadDataset.id,
    });
    const events = await story(job);

    expect(messages(events)).toEqual([
      '1/5 Getting the data file’s information…',
      '2/5 Got the data file’s information',
      '2/5 Generating the plan…',
      '3/5 Generating the code…',
      '4/5 Executing the code…',
      '5/5 Generating the report…',
    ]);
    expect(events.flatMap(({ step }) => step ?? [])).toEqual([
      'profile',
      'plan',
      'code',
      'execute',
      'report',
    ]);

    const { job: done } = events.at(-1);
    expect(done).toMatchObject({
      status: 'COMPLETED',
      attempt: 1,
      error: null,
      progress: { fraction: 1 },
      message: 'total units sold per shop',
      model: 'builtin',
      dataset: { name: 'sales.csv' },
    });
    const { plan, code, execution, report } = done.result;
    expect(plan.steps.length).toBeGreaterThan(0);
    expect(code).toContain('sql(');
    expect(execution).toMatchObject({ repairs: 0 });
    expect(execution.tables[0].rows).toEqual(
      expect.arrayContaining(
        [
          ['South', 10, 1],
          ['North', 7, 2],
        ].map((row) => expect.arrayContaining(row.slice(0, 2))),
      ),
    );
    expect(execution.charts[0].svg).toMatch(/^<svg/);
    expect(report.markdown).toContain('South');
    expect(
      events
        .filter(({ stream }) => stream === 'report')
        .map(({ text }) => text)
        .join(''),
    ).toBe(report.markdown);
    expect(report.html).toMatch(/^<!doctype html>/);
    expect(report.html).toContain('data:image/svg+xml;base64,');
  });

  it('speaks Japanese where the session’s preferences ask for it', async () => {
    const session = await gateway.openSession({ preferences: { language: 'ja' } });
    const { data } = await gateway.upload(session, new File(['店舗,売上\n東京,3\n大阪,10\n'], '売上.csv'));
    const job = await gateway.analyse(session, '店舗ごとの売上の合計', { datasetId: data.uploadDataset.id });
    const events = await story(job);
    expect(messages(events)).toEqual([
      '1/5 データファイル情報を取得中...',
      '2/5 データファイル情報を取得しました',
      '2/5 計画生成中...',
      '3/5 コード生成中...',
      '4/5 コード実行中...',
      '5/5 レポート生成中...',
    ]);
    expect(events.at(-1).job.result.report.markdown).toContain('大阪');
  });
});

describe('analysing without a file', () => {
  it('tells four steps and stays honest', async () => {
    const session = await gateway.openSession();
    const events = await story(await gateway.analyse(session, 'average temperature per city'));
    expect(messages(events)).toEqual([
      '1/4 Generating the plan…',
      '2/4 Generating the code…',
      '3/4 Executing the code…',
      '4/4 Generating the report…',
    ]);
    expect(events.at(-1).job.status).toBe('COMPLETED');
    expect(events.at(-1).job.result.report.markdown).toMatch(/no data/i);
  });
});

describe('a report on hostile data', () => {
  it('runs nothing and loads nothing', async () => {
    const session = await gateway.openSession();
    const rows = [
      '<script>alert(1)</script>,1',
      '"<img src=x onerror=alert(1)>",2',
      '"[click](javascript:alert(1))",3',
      '"</style><iframe src=https://example.com>",4',
    ];
    const file = new File([`name,value\n${rows.join('\n')}\n`], 'x.csv');
    const { data } = await gateway.upload(session, file);
    const job = await gateway.analyse(session, 'total value per name', { datasetId: data.uploadDataset.id });
    const { html } = (await story(job)).at(-1).job.result.report;
    const tags = [...html.matchAll(/<([a-z0-9]+)([^>]*)>/gi)];
    expect(
      tags
        .map(([, name]) => name)
        .filter((name) => /^(script|iframe|object|embed|svg|link|base)$/i.test(name)),
    ).toEqual([]);
    expect(tags.filter(([, , attributes]) => /\son\w+\s*=|javascript:/i.test(attributes))).toEqual([]);
    expect(
      tags.filter(([tag]) => /^<img/i.test(tag) && !/ src="data:image\/svg\+xml;base64,/.test(tag)),
    ).toEqual([]);
    expect(html).toContain("default-src 'none'");
  });
});

describe('starting an analysis', () => {
  const START = `mutation($input: StartAnalysisInput!) {
    startAnalysis(input: $input) {
      __typename
      ... on AnalysisJob { id status }
      ... on SessionBusyError { activeJob { id } }
      ... on IdempotencyConflictError { existingJob { id } }
      ... on InvalidInputError { issues { path message } }
      ... on NotFoundError { id }
    }
  }`;
  const start = async (input: object) => (await gateway.ask(START, { input })).data.startAnalysis;

  it('accepts one of twenty at once, and tells the others which one runs', async () => {
    const sessionId = await gateway.openSession();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => start({ sessionId, message: 'describe' })),
    );
    const [accepted, ...others] = answers.sort((a) => (a.__typename === 'AnalysisJob' ? -1 : 1));
    expect(accepted.__typename).toBe('AnalysisJob');
    expect(others).toEqual(
      Array.from({ length: 19 }, () => ({ __typename: 'SessionBusyError', activeJob: { id: accepted.id } })),
    );
    await story(accepted.id);
  });

  it('gives the same job for the same key, and refuses other input under it', async () => {
    const sessionId = await gateway.openSession();
    const input = { sessionId, message: 'describe', idempotencyKey: 'k1' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(input)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);

    await story(answers[0].id);
    await gateway.ask(
      'mutation($input: UpdateSessionInput!) { updateSession(input: $input) { __typename } }',
      {
        input: { id: sessionId, preferences: { language: 'ja' } },
      },
    );
    expect(await start(input)).toMatchObject({ id: answers[0].id, status: 'COMPLETED' });
    expect(await start({ ...input, message: 'other' })).toEqual({
      __typename: 'IdempotencyConflictError',
      existingJob: { id: answers[0].id },
    });
  });

  it('says what is wrong with its input', async () => {
    const sessionId = await gateway.openSession();
    expect(await start({ sessionId, message: '  ', model: 'gpt-0', idempotencyKey: 'k' })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.message' }, { path: 'input.model', message: 'must be one of: builtin' }],
    });
    expect(await start({ sessionId, message: 'x', datasetId: 'dataset_0' })).toEqual({
      __typename: 'NotFoundError',
      id: 'dataset_0',
    });
    expect(await start({ sessionId, message: 'x', idempotencyKey: '' })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.idempotencyKey' }],
    });
  });

  it('does not take another session’s dataset', async () => {
    const [one, other] = [await gateway.openSession(), await gateway.openSession()];
    const { data } = await gateway.upload(one, new File(['a\n1\n'], 'a.csv'));
    const datasetId = data.uploadDataset.id;
    expect(await start({ sessionId: other, message: 'x', datasetId })).toEqual({
      __typename: 'NotFoundError',
      id: datasetId,
    });
  });
});
