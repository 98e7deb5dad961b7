import { readdirSync, readFileSync } from 'node:fs';
import * as generated from '../../../sdk/generated/graphql.ts';
import { type Everything, GRAPH, type Ids, SCENARIO, SUITE } from './everything.ts';

/** What the SDK sends, by its operation's name. */
export const sdkDocuments = new Map(
  Object.entries(generated).flatMap(([name, value]) =>
    name.endsWith('Document') ? [[name.replace(/Document$/, ''), String(value)] as const] : [],
  ),
);

type Variables = Record<string, unknown>;

/** Of the SDK's queries. */
export const queries: Record<string, (ids: Ids) => Variables> = {
  Analysis: ({ analysis }) => ({ id: analysis }),
  BackgroundTask: ({ task }) => ({ id: task }),
  ChatTurn: ({ turn }) => ({ id: turn }),
  ComparisonReport: () => ({ feature: 'CHAT', language: 'JA' }),
  DependencyGraph: ({ graph }) => ({ id: graph }),
  Diagnostics: () => ({}),
  FeatureHistory: () => ({ feature: 'UTILS', first: 5 }),
  Features: () => ({}),
  GoldenRun: ({ goldenRun }) => ({ id: goldenRun }),
  GoldenSuiteFile: () => ({ name: SUITE }),
  GoldenSuites: () => ({}),
  GoldenTestFile: () => ({ name: SUITE, suiteFile: './suite.json' }),
  History: ({ session }) => ({ id: session, kind: 'CHAT', last: 10 }),
  Job: ({ watch }) => ({ id: watch }),
  Jobs: () => ({ first: 3, filter: { kinds: ['CHAT_TURN', 'ANALYSIS', 'WORKFLOW'] } }),
  MigrationStatus: () => ({}),
  Rollout: ({ rollout }) => ({ id: rollout }),
  Routing: ({ session }) => ({ feature: 'CHAT', sessionId: session }),
  Scenarios: () => ({}),
  Session: ({ session }) => ({ id: session }),
  ShadowComparisons: () => ({ differingOnly: false, first: 5 }),
  Workflow: ({ workflow }) => ({ id: workflow }),
};

/** Of the SDK's mutations, for one execution: what an execution changes, the next one must not find. */
export const mutations: Record<string, (world: Everything, turn: number) => Promise<Variables>> = {
  AddMigrationTask: async (_, turn) => ({
    input: { key: `added-${turn}`, description: 'Do it.', phase: 'chat' },
  }),
  CancelJob: async ({ ids }) => ({ id: ids.turn }),
  ChangeMigrationTask: async ({ start }, turn) => {
    const id = await start('addMigrationTask', {
      key: `changed-${turn}`,
      description: 'Do it.',
      phase: 'chat',
    });
    return { input: { id, status: 'IN_PROGRESS' } };
  },
  CloseSession: async ({ start }) => ({ input: { id: await start('createSession', {}), waitSeconds: 1 } }),
  CreateSession: async () => ({ input: { preferences: { language: 'ja' } } }),
  DefineDependencies: async (world) => ({ input: { ...(await inSession(world)), ...GRAPH } }),
  DeleteJob: async (world) => ({
    id: await world.start('sendMessage', { ...(await inSession(world)), message: 'Bye.' }),
  }),
  ImportGolden: async ({ ask }) => {
    const { goldenSuiteFile } = await ask('query($name: String!) { goldenSuiteFile(name: $name) }', {
      name: SUITE,
    });
    return { file: goldenSuiteFile };
  },
  RecordGolden: async () => ({
    input: { name: 'again', patterns: [{ name: 'greeting', messages: ['Hello.'] }] },
  }),
  ResolveThreadFailure: async ({ ids }) => ({
    input: { workflowId: ids.workflow, thread: 'first', resolution: 'SKIP' },
  }),
  Rollback: async () => ({ input: { feature: 'LLM', reason: 'to see' } }),
  SendMessage: async (world) => ({ input: { ...(await inSession(world)), message: 'Hello.', wait: true } }),
  SetFeature: async () => ({ input: { feature: 'UTILS', rolloutPercentage: 10, reason: 'to see' } }),
  ShadowTest: async (world) => ({ input: { ...(await inSession(world)), message: 'Hello.' } }),
  StartAnalysis: async (world) => ({
    input: { ...(await inSession(world)), message: 'print(1)', model: 'verbatim' },
  }),
  StartBackgroundTask: async (world) => ({ input: { ...(await inSession(world)), question: 'Why?' } }),
  StartRollout: async ({ rest }) => {
    await rest();
    return { input: { feature: 'WATCH', reason: 'to see' } };
  },
  StartWatch: async (world) => ({ input: { ...(await inSession(world)), scenarioId: SCENARIO } }),
  StartWorkflow: async (world) => ({
    input: {
      graphId: await world.start('defineDependencies', { ...(await inSession(world)), ...GRAPH }),
      input: { much: 1 },
    },
  }),
  UpdateSession: async ({ start }) => ({
    input: { id: await start('createSession', {}), chatModel: 'other', preferences: { language: 'ja' } },
  }),
  UploadDataset: async (world) => ({ input: { ...(await inSession(world)), file: null } }),
  VerifyGolden: async () => ({ input: { name: SUITE } }),
};

/** Of the SDK's subscriptions. */
export const subscriptions: Record<string, (ids: Ids) => Variables> = {
  FeatureChanges: () => ({}),
  JobChanges: () => ({}),
  JobProgress: ({ turn }) => ({ jobId: turn, after: 0 }),
  NewComparisons: () => ({}),
};

const inSession = async ({ start }: Everything) => ({ sessionId: await start('createSession', {}) });

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The examples' requests, with what their comments say as variables. */
export const examples = readdirSync(new URL('examples', root))
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => ({ name, query: read(`examples/${name}`) }));

/** With ids of things that are there in place of `session_…`, `dataset_…` and `job_…`. */
export function exampleVariables(query: string, { session, dataset, turn }: Ids): Variables {
  const ids: Record<string, string> = { session, dataset, job: turn };
  const given = /^# Variables: (.+)$/m.exec(query)?.[1] ?? '{}';
  return JSON.parse(given.replace(/(\w+)_…/g, (_, kind: string) => ids[kind] ?? 'missing'));
}

/** The requests that the documentation shows and that change nothing: queries, and what is about ids that are none. */
export const shown = ['README.md', ...readdirSync(new URL('docs', root)).map((name) => `docs/${name}`)]
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) =>
    [...read(page).matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, query = ''], place) => ({
      name: `${page}, ${place + 1}`,
      query,
    })),
  )
  .filter(({ query }) => /^\s*(query|\{)/.test(query) || query.includes('_…'));
