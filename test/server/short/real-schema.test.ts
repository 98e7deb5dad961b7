import fc from 'fast-check';
import { execute, getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { VERSION } from '../../../src/gateway.ts';
import { contextsOver } from '../../../src/resolvers/index.ts';
import { schema } from '../../../src/schema/index.ts';
import { Operations } from '../../../src/server/short/operations.ts';
import { documents } from './documents.ts';
import { type Everything, startEverything, TOKENS } from './everything.ts';
import {
  examples,
  exampleVariables,
  mutations,
  queries,
  sdkDocuments,
  shown,
  subscriptions,
} from './requests.ts';
import { bothWays, oneWay, posted } from './wire.ts';

let world: Everything;
beforeAll(async () => {
  world = await startEverything();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Request {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

type Owner = keyof typeof TOKENS;

const ACCEPTED = ['application/json', 'application/graphql-response+json'];

const as = (owner: Owner, accept = 'application/json') => ({
  accept,
  authorization: `Bearer ${TOKENS[owner]}`,
});

/** Sends a request both ways, twice: when it is new and when it is prepared. */
async function same(request: Request, headers: Record<string, string>): Promise<string> {
  let answer = '';
  for (let time = 0; time < 2; time++) {
    const { short, long } = await bothWays(world.port, posted(request, headers));
    expect(settled(short)).toBe(settled(long));
    answer = short;
  }
  return answer;
}

/** Without this process's memory, which changes while one asks for it; its digits count in the length. */
function settled(answer: string): string {
  if (!answer.includes('"memoryBytes"')) return answer;
  return answer.replace(/"memoryBytes":\d+/, '"memoryBytes":…').replace(/^content-length: .*$/im, '');
}

const bodyOf = (answer: string): string =>
  Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString('utf8');

const dataOf = (answer: string): string => JSON.stringify(JSON.parse(bodyOf(answer)).data);

/** What graphql's own executor gives, over the same services. */
async function byGraphql({ query, variables = {} }: Request, owner: Owner): Promise<string> {
  const { services, migration, store } = world.gateway.gateway;
  const about = { version: VERSION, startedAt: world.now, now: () => world.now, store };
  const caller = { viewer: { owner }, signal: new AbortController().signal };
  const { data } = await execute({
    schema,
    document: parse(query),
    variableValues: variables,
    contextValue: contextsOver({ ...services, ...migration }, about)(caller),
  });
  return JSON.stringify(data);
}

/** Both ways, in each type that clients accept, and graphql's own executor. */
async function sameAsGraphql(request: Request, owner: Owner = 'ann'): Promise<string> {
  let answer = '';
  for (const accept of ACCEPTED) answer = await same(request, as(owner, accept));
  if (!answer.startsWith('HTTP/1.1 200')) return answer;
  expect(settled(dataOf(answer))).toBe(settled(await byGraphql(request, owner)));
  return answer;
}

describe('queries', () => {
  it.each(Object.keys(queries))('%s of the SDK are answered alike', async (name) => {
    const request = { query: sdkDocuments.get(name)!, variables: queries[name]!(world.ids) };
    const answer = JSON.parse(bodyOf(await sameAsGraphql(request)));
    expect(answer.errors).toBeUndefined();
    expect(Object.values(answer.data)).not.toContain(null);
  });

  it.each(Object.keys(queries))('%s of the SDK about what is somebody else’s too', async (name) => {
    await sameAsGraphql({ query: sdkDocuments.get(name)!, variables: queries[name]!(world.ids) }, 'bob');
  });

  it.each(examples.filter(({ query }) => /^query/m.test(query)))('of $name too', async ({ query }) => {
    const answer = await sameAsGraphql({ query, variables: exampleVariables(query, world.ids) });
    expect(JSON.parse(bodyOf(answer)).errors).toBeUndefined();
  });

  it.each(shown)('of $name too', async ({ query }) => {
    for (const owner of ['ann', 'bob'] as const) await same({ query }, as(owner));
  });

  it('all take the short way where they may', async () => {
    using prepared = vi.spyOn(Operations.prototype, 'find');
    for (const [name, variablesOf] of Object.entries(queries)) {
      const wire = posted({ query: sdkDocuments.get(name), variables: variablesOf(world.ids) }, as('ann'));
      await bothWays(world.port, wire);
    }
    expect(prepared.mock.results.map(({ value }) => value !== undefined)).toEqual(
      Object.keys(queries).map(() => true),
    );
  });

  it('whatever is asked too', async () => {
    const without = new Set(['Diagnostics.memoryBytes']);
    const ids = [...Object.values(world.ids), 'job_nobody', ''];
    await fc.assert(
      fc.asyncProperty(documents({ schema, depth: 4, ids, without }), async (request) => {
        const { short, long } = await bothWays(world.port, posted(request, as('ann')));
        expect(short).toBe(long);
        if (short.startsWith('HTTP/1.1 200') && dataOf(short) !== undefined)
          expect(dataOf(short)).toBe(await byGraphql(request, 'ann'));
      }),
      { numRuns: 60 },
    );
  });
});

/** A file does not come as JSON, and a run that is over waits for nobody. */
const REFUSED = new Set(['UploadDataset', 'ResolveThreadFailure']);

describe('mutations', () => {
  it.each(Object.keys(mutations))('%s of the SDK are answered alike', async (name) => {
    const query = sdkDocuments.get(name)!;
    const asked = async (turn: number) => ({ query, variables: await mutations[name]!(world, turn) });
    const short = await oneWay(world.port, 'short', posted(await asked(1), as('ann')));
    const long = await oneWay(world.port, 'long', posted(await asked(2), as('ann')));
    expect(anonymous(short)).toBe(anonymous(long));
    const { data } = JSON.parse(bodyOf(short));
    if (!REFUSED.has(name)) expect(bodyOf(short)).not.toMatch(/"errors"|"__typename":"\w+Error"/);
    if (data) expect(anonymous(JSON.stringify(data))).toBe(anonymous(await byGraphql(await asked(3), 'ann')));
    await world.rest();
  });

  it.each([
    'CancelJob',
    'DeleteJob',
    'ResolveThreadFailure',
    'CloseSession',
    'UpdateSession',
    'SendMessage',
    'StartWorkflow',
  ])('%s of the SDK about what is somebody else’s too', async (name) => {
    const variables = await mutations[name]!(world, 0);
    const answer = await sameAsGraphql({ query: sdkDocuments.get(name)!, variables }, 'bob');
    expect(answer).toContain('"NotFoundError"');
  });

  it.each(examples.filter(({ query }) => /^mutation/m.test(query)))('of $name too', async ({ query }) => {
    const request = { query, variables: exampleVariables(query, world.ids) };
    const answers = [];
    for (const way of ['short', 'long'] as const) {
      answers.push(anonymous(await oneWay(world.port, way, posted(request, as('ann')))));
      await world.rest();
    }
    expect(answers[0]).toBe(answers[1]);
  });
});

describe('subscriptions', () => {
  it.each(Object.keys(subscriptions))('%s of the SDK are refused alike as plain requests', async (name) => {
    await same({ query: sdkDocuments.get(name)!, variables: subscriptions[name]!(world.ids) }, as('ann'));
  });

  it('of a job that is over are streamed alike', async () => {
    const request = {
      query: sdkDocuments.get('JobProgress')!,
      variables: { jobId: world.ids.turn, after: 0 },
    };
    expect(await same(request, as('ann', 'text/event-stream'))).toContain('JobFinished');
  });
});

describe('requests that are wrong', () => {
  const names = [...sdkDocuments.keys()];

  it('cover all that the SDK sends', () => {
    expect([queries, mutations, subscriptions].flatMap(Object.keys).sort()).toEqual(names.sort());
  });

  it.each(names)('are refused alike: %s', async (name) => {
    const query = sdkDocuments.get(name)!;
    const { variableDefinitions = [], operation } = getOperationAST(parse(query))!;
    const wrong = Object.fromEntries(
      variableDefinitions.map(({ variable }) => [variable.name.value, { wrong: true }]),
    );
    for (const request of [
      { query, variables: wrong, operationName: name },
      { query, operationName: 'Nobody' },
      { query: query.replace('{', '{ nope '), variables: {} },
      ...(variableDefinitions.length > 0 || operation === 'query' ? [{ query, variables: {} }] : []),
    ])
      await same(request, as('ann'));
  });

  it.each([
    ['nobody', {}],
    ['a stranger', { authorization: 'Bearer token-of-eve-123456' }],
    ['another scheme', { authorization: `Basic ${TOKENS.ann}` }],
  ])('are refused alike: of %s', async (_, headers) => {
    for (const name of ['Jobs', 'CreateSession']) {
      const answer = await same(
        { query: sdkDocuments.get(name)!, variables: { first: 1, input: {} } },
        headers,
      );
      expect(answer).toContain('401');
    }
  });
});

/** Without what no two executions share: ids, instants, how long it took, and how a log was cut. */
const anonymous = (answer: string): string =>
  answer
    .replace(/(session|dataset|job|graph|comparison|task)_[0-9a-z]{26}/g, '$1_…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .replace(/"(elapsedSeconds|durationMs|lastSeq)":[\d.]+/g, '"$1":…')
    .replace(/(added|changed)-\d/g, '$1-…')
    .replace(/^content-length: .*$/im, '');
