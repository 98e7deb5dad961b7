import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CountedGateway, startCounted } from './counted.ts';
import { EACH, startAll, workAll } from './filling.ts';

let waiting: CountedGateway;
let worked: CountedGateway;
/** Graphs that nobody has run. */
let unrun: string[];
beforeAll(async () => {
  [waiting, worked] = await Promise.all([startCounted('gateway'), startCounted('all')]);
  [unrun] = await Promise.all([startAll(waiting), workAll(worked)]);
}, 240_000);
afterAll(() => Promise.all([waiting, worked].map((gateway) => gateway[Symbol.asyncDispose]())));

const pageOf = (kind: string, fields: string) =>
  `query($first: Int!) { jobs(first: $first, filter: { kinds: [${kind}] }) { edges { node { id ${fields} } } } }`;

/** Of two, then of all: what one process keeps of the first two must not hide what the others cost. */
async function statementsOf(gateway: CountedGateway, query: string, count: (data: never) => number) {
  const few = await gateway.counted(query, { first: 2 });
  const many = await gateway.counted(query, { first: EACH });
  expect([few, many].map(({ data }) => count(data as never))).toEqual([2, EACH]);
  return [few.statements, many.statements];
}

const edges = ({ jobs }: { jobs: { edges: object[] } }) => jobs.edges.length;

const HISTORIES = 'chat: history { content } scene: history(kind: SCENARIO, last: 1) { content }';

describe('a page of jobs that nobody works on', () => {
  it.each([
    ['conversation turns and who replied', 'CHAT_TURN', '... on ChatTurn { reply servedBy fellBack }', 3],
    [
      'analyses, their datasets and results',
      'ANALYSIS',
      '... on AnalysisJob { dataset { name } result { code } }',
      3,
    ],
    ['watches and their scenarios', 'WATCH', '... on WatchJob { turns scenario { title } }', 1],
    ['rollouts', 'ROLLOUT', '... on RolloutJob { feature steps currentPercentage reason }', 1],
    [
      'the threads of runs that have not begun',
      'WORKFLOW',
      '... on WorkflowJob { threads { name status input output } summary { totalExecuted } }',
      3,
    ],
    [
      'graphs',
      'WORKFLOW',
      '... on WorkflowJob { graph { executionOrder threads { name } session { id } } }',
      3,
    ],
    [
      'the other runs of their graphs',
      'WORKFLOW',
      '... on WorkflowJob { graph { runs(first: 2) { totalCount edges { node { status } } } } }',
      4,
    ],
    ['histories without a word', 'WATCH', `session { ${HISTORIES} }`, 4],
  ])('takes as many statements for twenty as for two: %s', async (_, kind, fields, count) => {
    expect(await statementsOf(waiting, pageOf(kind, fields), edges)).toEqual([count, count]);
  });
});

describe('a page of jobs that are over', () => {
  it.each([
    ['replies and who gave them', 'CHAT_TURN', '... on ChatTurn { reply servedBy fellBack }', 3],
    ['what they ended with', 'CHAT_TURN', 'events(first: 100) { ... on JobFinished { job { status } } }', 3],
    [
      'answers, and what asked for them',
      'BACKGROUND_TASK',
      '... on BackgroundTask { response } parent { status }',
      3,
    ],
    [
      'golden runs and what they found',
      'GOLDEN_RUN',
      '... on GoldenRunJob { suite { name } regressions { path } }',
      2,
    ],
    [
      'threads, what they got and gave',
      'WORKFLOW',
      '... on WorkflowJob { threads { name input output } }',
      4,
    ],
    [
      'threads and their jobs',
      'WORKFLOW',
      '... on WorkflowJob { threads { job { attempt } } summary { successRate } }',
      4,
    ],
    ['what was said in their sessions', 'WORKFLOW', `session { ${HISTORIES} }`, 4],
    ['their sessions, whole', 'WORKFLOW', 'session { export }', 9],
  ])('takes as many statements for twenty as for two: %s', async (_, kind, fields, count) => {
    expect(await statementsOf(worked, pageOf(kind, fields), edges)).toEqual([count, count]);
  });
});

describe('other lists', () => {
  it('pages of jobs neither repeat nor miss any, whatever comes in between', async () => {
    const page = async (first: number, after?: string): Promise<{ ids: string[]; last: string }> => {
      const { jobs } = await waiting.ask(
        `query($first: Int!, $after: String) {
          jobs(first: $first, after: $after) { edges { node { id } } pageInfo { endCursor } }
        }`,
        { first, after },
      );
      return { ids: jobs.edges.map(({ node }: { node: Found }) => node.id), last: jobs.pageInfo.endCursor };
    };
    const { ids } = await page(15);
    const pages: string[] = [];
    for (let after: string | undefined; pages.length < ids.length; ) {
      const next = await page(4, after);
      pages.push(...next.ids);
      after = next.last;
      await waiting.start('startBackgroundTask', { question: 'And now?' });
    }
    expect(pages.slice(0, ids.length)).toEqual(ids);
  });

  it('shadow comparisons and their sessions', async () => {
    const query =
      'query($first: Int!) { shadowComparisons(first: $first) { totalCount edges { node { session { id } legacy { reply } differences { path } } } } }';
    const count = (data: { shadowComparisons: { edges: object[] } }) => data.shadowComparisons.edges.length;
    expect(await statementsOf(worked, query, count)).toEqual([3, 3]);
  });

  it('graphs that were never run, and the order of their threads', async () => {
    const asked = async (ids: string[]) => {
      const graphs = ids.map((id, place) => `_${place}: dependencyGraph(id: "${id}") { id executionOrder }`);
      const { data, statements } = await waiting.counted(`{ ${graphs.join(' ')} }`);
      expect(Object.values(data).map((graph) => (graph as Found).id)).toEqual(ids);
      return statements;
    };
    expect([await asked(unrun.slice(0, 2)), await asked(unrun)]).toEqual([1, 1]);
  });

  it.each([
    ['sessions', 'WORKFLOW', 2, (node: Found) => node.session.id],
    ['graphs', 'WORKFLOW', 1, (node: Found) => node.graph.id],
    // No other test asks for these one by one: what is asked for often is not read again.
    ['jobs', 'GOLDEN_RUN', 1, (node: Found) => node.id],
  ])('things by their ids: %s', async (_, kind, count, idOf) => {
    const { jobs } = await worked.ask(pageOf(kind, 'session { id } ... on WorkflowJob { graph { id } }'), {
      first: EACH,
    });
    const ids: string[] = jobs.edges.map(({ node }: { node: Found }) => idOf(node));
    const asked = async (some: string[]) => {
      const nodes = some.map((id, place) => `_${place}: node(id: "${id}") { id __typename }`);
      const { data, statements } = await worked.counted(`{ ${nodes.join(' ')} }`);
      expect(Object.values(data).map((node) => (node as Found).id)).toEqual(some);
      return statements;
    };
    // Sessions that were looked at just now are not touched again.
    worked.pass(5);
    expect([await asked(ids.slice(0, 2)), await asked(ids)]).toEqual([count, count]);
  });

  it.each([
    ['the tasks of the migration', '{ migrationStatus { tasks { key } blockedTasks { key } } }', 1],
    ['features', '{ features { name lastChange { by } } }', 0],
    ['their history', '{ featureHistory(feature: CHAT) { reason } }', 1],
    ['golden suites', '{ goldenSuites { name cases } }', 1],
    ['failures that nobody heard of', '{ undeliveredErrors { message } }', 1],
    ['queues', '{ diagnostics { queues { name waiting } } }', 1],
    ['scenarios', '{ scenarios { title userPersona { name } } }', 0],
  ])('%s', async (_, query, count) => {
    expect((await worked.counted(query)).statements).toBe(count);
  });
});

interface Found {
  id: string;
  session: { id: string };
  graph: { id: string };
}
