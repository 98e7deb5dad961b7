import { afterEach, describe, expect, it } from 'vitest';
import { type GatewaySettings, startGateway, type TestGateway } from '../support/gateway.ts';
import {
  type Behaviour,
  chunk,
  completed,
  delta,
  done,
  type FakeProvider,
  failing,
  said,
  startProvider,
  streaming,
} from '../support/provider.ts';

const ROWS = 'Shop,Units sold\nNorth,3\nSouth,10\nNorth,4\n';
const PLAN = { summary: 'Add up the units per shop.', steps: ['Group by Shop', 'Sum "Units sold"'] };
const CODE = `table('Units', 'SELECT "Shop", sum("Units sold")::INT AS units FROM data GROUP BY 1 ORDER BY 2 DESC')`;
const plan = said(JSON.stringify(PLAN));
const code = (text = CODE) => said(JSON.stringify({ code: text }));
const report: Behaviour = streaming([delta('# Units\n\n'), delta('South sold **10**.'), done]);

let provider: FakeProvider;
let gateway: TestGateway;
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function analyse(
  behaviours: [Behaviour, ...Behaviour[]],
  settings: GatewaySettings = {},
  session = {},
) {
  provider = await startProvider(...behaviours);
  gateway = await startGateway({
    ...settings,
    environment: {
      OPENAI_API_KEY: 'sk-test',
      OPENAI_BASE_URL: provider.url,
      OPENAI_API: 'responses',
      MODEL_ANALYSIS: 'thinker',
      ...settings.environment,
    },
  });
  const sessionId = await gateway.openSession(session);
  const { data } = await gateway.upload(sessionId, new File([ROWS], 'units.csv'));
  const id = await gateway.analyse(sessionId, 'Which shop sold most?', { datasetId: data.uploadDataset.id });
  const events = [];
  for await (const event of gateway.follow(`subscription { jobProgress(jobId: "${id}") {
    __typename ... on JobTextAppended { stream text } ... on JobLogged { level message } ... on JobStepCompleted { step }
    ... on JobFinished { job { status error { code message step retryable } usage { inputTokens outputTokens modelCalls }
      ... on AnalysisJob { model result { plan { summary steps } code execution { repairs tables { rows } } report { markdown html } } } } }
  } }`))
    events.push(event.data.jobProgress);
  return { events, job: events.at(-1).job };
}

/** What the provider was asked, as text. */
const asked = (index: number) => JSON.stringify(provider.exchanges[index]?.body);

describe('an analysis by a language model', () => {
  it('plans, writes code, runs it and reports, and counts what it used', async () => {
    const { events, job } = await analyse([plan, code(), report]);
    expect(job).toMatchObject({
      status: 'COMPLETED',
      model: 'thinker',
      usage: { inputTokens: 33, outputTokens: 21, modelCalls: 3 },
      result: {
        plan: PLAN,
        code: CODE,
        execution: {
          repairs: 0,
          tables: [
            {
              rows: [
                ['South', 10],
                ['North', 7],
              ],
            },
          ],
        },
        report: { markdown: '# Units\n\nSouth sold **10**.' },
      },
    });
    expect(job.result.report.html).toContain('<strong>10</strong>');
    expect(
      events
        .filter(({ stream }) => stream === 'report')
        .map(({ text }) => text)
        .join(''),
    ).toBe(job.result.report.markdown);
    expect(provider.exchanges.map(({ body }) => body.model)).toEqual(['thinker', 'thinker', 'thinker']);
    expect(asked(0)).toContain('Units sold');
    expect(asked(1)).toContain(PLAN.summary);
    expect(asked(2)).toContain('South');
  });

  it('never shows the provider a row, only the profile', async () => {
    await analyse([plan, code(), report]);
    expect(asked(0)).not.toContain('North,3');
    expect(asked(0)).toContain('rows');
  });

  it('asks in the language of the session', async () => {
    await analyse([plan, code(), report], {}, { preferences: { language: 'ja' } });
    expect(asked(0)).toContain('Japanese');
  });

  it('gives a failing program back with its error', async () => {
    const { events, job } = await analyse([plan, code(`sql('SELECT nothing FROM data')`), code(), report]);
    expect(job).toMatchObject({ status: 'COMPLETED', result: { code: CODE, execution: { repairs: 1 } } });
    expect(asked(2)).toContain('SELECT nothing FROM data');
    expect(asked(2)).toMatch(/nothing.*not found/i);
    expect(events.filter(({ level }) => level === 'WARN')).toHaveLength(1);
  });

  it('survives a provider that fails now and then', async () => {
    const { job } = await analyse([failing(500), plan, failing(429, { 'retry-after': '0' }), code(), report]);
    expect(job.status).toBe('COMPLETED');
    expect(provider.exchanges).toHaveLength(5);
  });

  it('ends FAILED with the provider’s reason where it does not get better', async () => {
    const { job } = await analyse([plan, failing(429, {}, { code: 'insufficient_quota' })]);
    expect(job).toMatchObject({
      status: 'FAILED',
      error: { code: 'MODEL_QUOTA_SPENT', step: 'code', retryable: false },
      usage: { modelCalls: 1 },
    });
    expect(provider.exchanges).toHaveLength(2);
  });

  it('leaves the built-in analyst there to be asked', async () => {
    await analyse([plan, code(), report]);
    const session = await gateway.openSession();
    await gateway.analyse(session, 'describe', { model: 'builtin' });
    expect(provider.exchanges).toHaveLength(3);
  });

  it('asks as it always did where the new way fails, and keeps account of each call', async () => {
    const written = streaming([chunk('# Units\n\nSouth sold 10.'), chunk('', 'stop')]);
    const answers = [completed(JSON.stringify(PLAN)), completed(JSON.stringify({ code: CODE })), written];
    const { job } = await analyse(
      [
        (exchange, response) =>
          exchange.path === '/v1/responses'
            ? failing(500)(exchange, response)
            : answers.shift()!(exchange, response),
      ],
      { environment: { OPENAI_MAX_RETRIES: '0' } },
    );
    expect(job).toMatchObject({ status: 'COMPLETED', result: { plan: PLAN, code: CODE } });
    const day = 86_400_000;
    const { calls } = gateway.gateway.migration;
    const kept = await calls.between('LLM', new Date(Date.now() - day), new Date(Date.now() + day));
    expect(kept).toMatchObject(
      Array(3).fill({ feature: 'LLM', version: 'NEW', outcome: 'error', fellBack: true, share: 1 }),
    );
  });

  it('asks as it always did where the feature LLM is off', async () => {
    const written = streaming([chunk('# Units\n\nSouth sold 10.'), chunk('', 'stop')]);
    const { job } = await analyse(
      [completed(JSON.stringify(PLAN)), completed(JSON.stringify({ code: CODE })), written],
      { environment: { USE_NEW_LLM: 'false' } },
    );
    expect(job).toMatchObject({ status: 'COMPLETED', result: { plan: PLAN, code: CODE } });
    expect(provider.exchanges.map(({ path }) => path)).toEqual(Array(3).fill('/v1/chat/completions'));
  });
});
