import { expect, vi } from 'vitest';
import { verbatim } from '../../support/analysts.ts';
import { type Answer, startGateway, type TestGateway } from '../../support/gateway.ts';

export const TOKENS = { ann: 'token-of-ann-123456', bob: 'token-of-bob-123456' };
/** Of people whose jobs are played and watched. */
export const SCENARIO = 'difficult-feedback';
/** The golden suite that is there. */
export const SUITE = 'suite';

/** Ann's things, by what they are. */
export interface Ids {
  session: string;
  dataset: string;
  analysis: string;
  turn: string;
  watch: string;
  task: string;
  graph: string;
  workflow: string;
  goldenRun: string;
  rollout: string;
}

export interface Everything extends AsyncDisposable {
  gateway: TestGateway;
  port: number;
  ids: Ids;
  /** Of the gateway, which stands still, so that the same question has the same answer. */
  now: Date;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer['data']>;
  /** By a mutation that takes an `input`; gives the id of what came of it. */
  start(mutation: string, input: object): Promise<string>;
  /** Waits until none of Ann's jobs is under way; rollouts would be for hours, and are cancelled. */
  rest(): Promise<void>;
}

/** A gateway that listens, with one of everything that can be asked for, all of it done. It is all Ann's. */
export async function startEverything(): Promise<Everything> {
  const now = new Date();
  const gateway = await startGateway({
    listens: true,
    analysts: [verbatim],
    environment: { AUTH_TOKENS: `ann=${TOKENS.ann},bob=${TOKENS.bob}` },
    now: () => now,
  });
  const ask = async (query: string, variables: Record<string, unknown> = {}) => {
    const { data, errors } = await gateway.ask(query, variables, { token: TOKENS.ann });
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const start: Everything['start'] = async (mutation, input) => {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
    const fields = `${mutation}(input: $input) { ... on Node { id } ... on Error { message } }`;
    const { [mutation]: result } = await ask(`mutation($input: ${type}) { ${fields} }`, { input });
    if (!result.id) throw new Error(`${mutation} was answered with ${JSON.stringify(result)}`);
    return result.id;
  };
  const unfinished = '[STARTED, RUNNING, WAITING, CANCELLING]';
  const rest = async () => {
    const { jobs } = await ask(
      `{ jobs(filter: { kinds: [ROLLOUT], statuses: ${unfinished} }) { edges { node { id } } } }`,
    );
    for (const { node } of jobs.edges)
      await ask('mutation($id: ID!) { cancelJob(id: $id) { __typename } }', node);
    await vi.waitFor(
      async () => {
        const { jobs } = await ask(`{ jobs(filter: { statuses: ${unfinished} }) { totalCount } }`);
        expect(jobs.totalCount).toBe(0);
      },
      { timeout: 60_000, interval: 50 },
    );
  };

  const session = await start('createSession', { preferences: { language: 'en' } });
  await start('updateSession', { id: session, currentScenario: SCENARIO });
  const { data } = await gateway.upload(session, new File(['species,mass\nGentoo,5076\n'], 'birds.csv'), {
    token: TOKENS.ann,
  });
  const dataset = data.uploadDataset.id;
  const recorded = { name: SUITE, patterns: [{ name: 'greeting', messages: ['Hello.'] }] };
  await ask('mutation($input: RecordGoldenInput!) { recordGolden(input: $input) { __typename } }', {
    input: recorded,
  });
  await start('sendMessage', { sessionId: session, message: 'Good morning.', conversation: 'SCENARIO' });
  await start('shadowTest', { sessionId: session, message: 'Hello.', control: true });
  const rollout = await start('startRollout', { feature: 'WATCH', reason: 'to see' });
  await ask('mutation($id: ID!) { cancelJob(id: $id) { __typename } }', { id: rollout });
  await ask(
    'mutation { setFeature(input: { feature: UTILS, enabled: true, reason: "now" }) { __typename } }',
  );
  const graph = await start('defineDependencies', { sessionId: session, ...GRAPH });
  const ids: Ids = {
    session,
    dataset,
    analysis: await start('startAnalysis', {
      sessionId: session,
      datasetId: dataset,
      message: 'table("birds", await sql(`select * from data`))',
      model: 'verbatim',
    }),
    turn: await start('sendMessage', { sessionId: session, message: 'Hello, “Łukasz” 🚉.' }),
    watch: await start('startWatch', { sessionId: session, scenarioId: SCENARIO, turns: 3 }),
    task: await start('startBackgroundTask', { sessionId: session, question: 'Why?' }),
    graph,
    workflow: await start('startWorkflow', { graphId: graph, input: { much: 1 } }),
    goldenRun: await start('verifyGolden', { name: SUITE }),
    rollout,
  };
  await rest();
  return {
    gateway,
    port: Number(new URL(gateway.url).port),
    ids,
    now,
    ask,
    start,
    rest,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

export const GRAPH = {
  threads: [
    { name: 'first', kind: 'TRANSFORM', input: { expression: 'input' } },
    { name: 'second', kind: 'BACKGROUND_TASK', input: { question: 'Why?' } },
  ],
  dependencies: [{ source: 'first', target: 'second', type: 'DATA_FLOW' }],
};
