import { expect, vi } from 'vitest';
import { newId } from '../../src/ids.ts';
import { json } from '../../src/store/index.ts';
import type { CountedGateway } from './counted.ts';

/** Of each kind of thing, each in a session of its own. */
export const EACH = 20;

const PERSONAS = 'difficult-feedback';
const MORE = [...Array(EACH).keys()];

/** One of everything that can wait, in each of some sessions; the analyses are over. @returns Graphs that are never run. */
export async function startAll(waiting: CountedGateway): Promise<string[]> {
  const unrun: string[] = [];
  for (const _ of MORE) {
    const sessionId = await waiting.openSession();
    const graphId = await waiting.start('defineDependencies', { sessionId, ...graphOf('TRANSFORM') });
    await waiting.start('startWorkflow', { graphId });
    unrun.push(await waiting.start('defineDependencies', { sessionId, ...graphOf('TRANSFORM') }));
    await waiting.start('startWatch', { sessionId, scenarioId: PERSONAS });
    await waiting.start('sendMessage', { sessionId, message: 'Hello.', wait: false });
    const datasetId = await keepDataset(waiting, sessionId);
    await waiting.start('startAnalysis', { sessionId, datasetId, message: 'count' });
    const rollout = await waiting.start('startRollout', { feature: 'CHAT', reason: 'test' });
    await waiting.ask('mutation($id: ID!) { cancelJob(id: $id) { __typename } }', { id: rollout });
  }
  // Twenty programs in twenty processes would say no more of how their results are read.
  await waiting.db
    .updateTable('jobs')
    .set({ status: 'COMPLETED', finished_at: new Date(), output: json({ code: 'print(1)' }) })
    .where('kind', '=', 'ANALYSIS')
    .execute();
  return unrun;
}

/** The same, and whoever asks finds it done. */
export async function workAll(worked: CountedGateway): Promise<void> {
  const recorded = { name: 'suite', patterns: [{ name: 'greeting', messages: ['Hello.'] }] };
  await worked.ask('mutation($input: RecordGoldenInput!) { recordGolden(input: $input) { __typename } }', {
    input: recorded,
  });
  for (const i of MORE) {
    const sessionId = await worked.openSession();
    await worked.start('updateSession', { id: sessionId, currentScenario: PERSONAS });
    for (const conversation of ['CHAT', 'SCENARIO'])
      await worked.start('sendMessage', { sessionId, message: 'Hello.', conversation });
    await worked.start('shadowTest', { sessionId, message: 'Hello.' });
    await worked.start('verifyGolden', { name: 'suite' });
    const graphId = await worked.start('defineDependencies', { sessionId, ...graphOf('BACKGROUND_TASK') });
    await worked.start('startWorkflow', { graphId });
    // No more than ten golden runs of one caller may wait.
    if (i % 5 === 4) await finished(worked);
  }
}

/** Two threads; the second takes what the first gave. */
const graphOf = (kind: 'TRANSFORM' | 'BACKGROUND_TASK') => ({
  threads: [
    { name: 'first', kind, input: kind === 'TRANSFORM' ? { expression: '"why"' } : { question: 'Why?' } },
    { name: 'second', kind: 'TRANSFORM', input: { expression: '1' } },
  ],
  dependencies: [{ source: 'first', target: 'second', type: 'DATA_FLOW' }],
});

const finished = (worked: CountedGateway) =>
  vi.waitFor(
    async () => {
      const { jobs } = await worked.ask(
        '{ jobs(filter: { statuses: [STARTED, RUNNING, WAITING] }) { totalCount } }',
      );
      expect(jobs.totalCount).toBe(0);
    },
    { timeout: 60_000, interval: 100 },
  );

/** As an upload leaves it; what is in its file does not matter here. */
async function keepDataset({ db }: CountedGateway, sessionId: string): Promise<string> {
  const id = newId('dataset');
  await db
    .insertInto('datasets')
    .values({
      id,
      owner: 'local',
      session_id: sessionId,
      name: 'table',
      format: 'CSV',
      bytes: 1,
      row_count: 1,
      columns: json([]),
      storage_key: id,
      created_at: new Date(),
    })
    .execute();
  return id;
}
