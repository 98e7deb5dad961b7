import fc from 'fast-check';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticateWith, createHandler } from '../../../src/server/index.ts';
import { needsFor, startWorld, Traces } from '../world.ts';
import { documents } from './documents.ts';
import { bothWays, posted, type Wire } from './wire.ts';

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => {
  world = await startWorld({
    allowedOrigins: ['https://app.example.com'],
    limits: { jsonBytes: 100_000, bodyMs: 200 },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const greet = 'query Greet($name: String) { hello(name: $name) }';
const nested = `{ item ${'{ parent '.repeat(9)} { id } ${'}'.repeat(9)} }`;
const paged = 'query($n: Int!) { items(first: $n) { id children(first: $n) { id } } }';

const bodies: [string, unknown][] = [
  ['a query', { query: '{ hello }' }],
  [
    'a query with nulls beside it',
    { query: '{ hello }', variables: null, operationName: null, extensions: null },
  ],
  ['extensions', { query: '{ hello }', extensions: { any: 1 } }],
  ['variables', { query: greet, variables: { name: 'Ann' } }],
  ['variables that nobody asked for', { query: greet, variables: { other: 1 } }],
  [
    'variables with dangerous names',
    `{"query":${JSON.stringify(greet)},"variables":{"__proto__":{"name":"x"}}}`,
  ],
  ['text beyond ASCII', { query: greet, variables: { name: 'Łukasz 🚉 \u2028' } }],
  ['a lone surrogate', { query: greet, variables: { name: '\ud800' } }],
  ['one operation of several', { query: `${greet} query Other { viewer }`, operationName: 'Other' }],
  ['none of several', { query: `${greet} query Other { viewer }` }],
  ['an unknown operation', { query: greet, operationName: 'Nobody' }],
  ['an operation without a name', { query: greet, operationName: '' }],
  ['an operation whose name is no text', { query: greet, operationName: 7 }],
  [
    'aliases and __typename',
    { query: '{ a: hello b: hello(name: "B") __typename item { __typename n: name } }' },
  ],
  [
    'fragments',
    { query: '{ item { ...Both ... on Node { id } } } fragment Both on Item { id name parent { id } }' },
  ],
  [
    'skipped fields',
    {
      query: 'query($no: Boolean!) { hello @skip(if: $no) viewer @include(if: $no) }',
      variables: { no: true },
    },
  ],
  ['a field skipped by nothing', { query: 'query($no: Boolean) { hello @skip(if: $no) }' }],
  ['deferred fields', { query: '{ ... @defer { hello } viewer }' }],
  ['streamed lists', { query: '{ items @stream(initialCount: 0) { id } }' }],
  ['introspection', { query: getIntrospectionQuery() }],
  ['a deep query', { query: nested }],
  ['a small page', { query: paged, variables: { n: 10 } }],
  ['a large page', { query: paged, variables: { n: 100_000 } }],
  ['a small page again', { query: paged, variables: { n: 9 } }],
  ['a fault where null is forbidden', { query: '{ hello fails }' }],
  ['a fault where null is allowed', { query: 'query Doomed { hello fail }' }],
  ['faults in many places', { query: '{ a: fail b: fail c: fails }' }],
  ['a refusal', { query: '{ refused }' }],
  ['a scalar that refuses a literal', { query: '{ small(value: "abcd") }' }],
  [
    'a scalar that refuses a variable',
    { query: 'query($v: Small) { small(value: $v) }', variables: { v: 'abcd' } },
  ],
  [
    'a variable of the wrong type',
    { query: 'query($n: Int!) { items(first: $n) { id } }', variables: { n: 'x' } },
  ],
  ['a variable that is missing', { query: 'query($n: Int!) { items(first: $n) { id } }' }],
  [
    'a null where a default is',
    { query: 'query($n: Int = 3) { items(first: $n) { id } }', variables: { n: null } },
  ],
  [
    'many wrong variables',
    { query: `query(${Array.from({ length: 60 }, (_, i) => `$v${i}: Int!`).join(' ')}) { hello }` },
  ],
  ['a mutation', { query: 'mutation { uploads(files: []) { name } }' }],
  [
    'a mutation with a wrong file',
    { query: 'mutation($f: File!) { upload(input: { file: $f }) { name } }', variables: { f: 1 } },
  ],
  ['a syntax error', { query: '{ hello' }],
  ['an unknown field', { query: '{ nope }' }],
  ['no operation', { query: 'fragment F on Query { hello }' }],
  ['an empty text', { query: '' }],
  ['too long a text', { query: `{ hello(name: "${'x'.repeat(70_000)}") }` }],
  ['too many tokens', { query: `{ ${'hello '.repeat(3_000)} }` }],
  ['too many aliases', { query: `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: hello`).join(' ')} }` }],
  ['a subscription', { query: 'subscription { count(to: 2) }' }],
  ['a batch', [{ query: '{ hello }' }]],
  ['an empty batch', []],
  ['no query', {}],
  ['a query that is no text', { query: { a: 1 } }],
  ['variables that are a list', { query: greet, variables: [] }],
  ['variables that are text', { query: greet, variables: '{}' }],
  ['a parameter that is none', { query: '{ hello }', also: 1 }],
  ['null', 'null'],
  ['a number', '1'],
  ['no JSON', '{"query'],
  ['nothing', ''],
  ['a body with a mark in front', '\ufeff{"query":"{ hello }"}'],
  ['a body that is too large', { query: '{ hello }', variables: { x: 'x'.repeat(200_000) } }],
];

const headers: [string, Record<string, string>][] = [
  ['as curl sends it', {}],
  ['accepting anything', { accept: '*/*' }],
  ['accepting JSON', { accept: 'application/json' }],
  ['accepting GraphQL', { accept: 'application/graphql-response+json' }],
  [
    'preferring GraphQL',
    { accept: 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8' },
  ],
  ['preferring JSON', { accept: 'application/json, application/graphql-response+json;q=0.9' }],
  ['as axios', { accept: 'application/json, text/plain, */*' }],
  [
    'as urql',
    {
      accept:
        'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
    },
  ],
  ['accepting any application', { accept: 'APPLICATION/*' }],
  ['accepting another charset', { accept: 'application/json; charset=latin1' }],
  ['accepting what we do not have', { accept: 'text/html' }],
  ['accepting an event stream', { accept: 'text/event-stream' }],
  ['accepting parts', { accept: 'multipart/mixed' }],
  ['with a charset', { 'content-type': 'application/json; charset=utf-8' }],
  ['with a shouted type', { 'content-type': 'APPLICATION/JSON' }],
  ['with another type', { 'content-type': 'application/graphql' }],
  ['with a simple type', { 'content-type': 'text/plain' }],
  ['without a type', { 'content-type': '' }],
  ['from a foreign page', { origin: 'https://evil.example.com' }],
  ['from an allowed page', { origin: 'https://app.example.com' }],
  ['from nowhere', { origin: 'null' }],
  ['with an id that could harm', { 'x-request-id': 'a b' }],
  ['announced too large', { 'content-length': '1000000' }],
  ['cut short', { 'content-length': '5000' }],
];

/** A harmful id is replaced by a random one. */
const anonymous = (answer: string) => answer.replace(/^x-request-id: [\da-f-]{36}$/im, 'x-request-id: …');

async function same(wire: Wire): Promise<string> {
  const { short, long } = await bothWays(world.port, wire);
  expect(anonymous(short)).toBe(anonymous(long));
  return short;
}

describe('the short way and the long way', () => {
  it.each(bodies)('answer %s alike, byte for byte', async (_, body) => {
    // A second time, when it is prepared.
    for (const accept of ['application/json', 'application/graphql-response+json'])
      for (let time = 0; time < 2; time++) await same(posted(body, { accept }));
  });

  it('refuse a request that says less than it has, one for its body and one for what follows', async () => {
    const ways = await bothWays(world.port, posted({ query: '{ hello }' }, { 'content-length': '5' }));
    for (const answer of Object.values(ways)) expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request/);
  });

  it.each(headers)('answer a request %s alike', async (_, given) => {
    await same(posted({ query: '{ hello }' }, given));
    await same(posted({ query: '{ hello fail fails }' }, given));
    await same(posted({ query: '{ nope }' }, given));
  });

  it('answer alike whatever is asked', async () => {
    const { schema } = needsFor(new Traces(), []);
    const without = new Set(['Query.waits']);
    await fc.assert(
      fc.asyncProperty(
        documents({ schema, depth: 3, without }),
        async (asked) => void (await same(posted(asked))),
      ),
      { numRuns: 150 },
    );
  });

  it('log alike: id, operation, status, and nothing of a fault twice', async () => {
    const lines = async (path: 'short' | 'long') => {
      await using fresh = await startWorld();
      await bothWays(fresh.port, posted({ query: 'query Doomed { fails }' }));
      const found = fresh.lines.slice(0);
      const half = found.length / 2;
      return (path === 'short' ? found.slice(0, half) : found.slice(half)).map(
        ({ time: _, ms: __, errorId: ___, fault: ____, ...rest }) => rest,
      );
    };
    expect(await lines('short')).toEqual(await lines('long'));
    expect(await lines('short')).toHaveLength(2);
  });
});

describe('a gateway with tokens', () => {
  it('refuses strangers alike', async () => {
    await using guarded = await startWorld({ authenticate: authenticateWith(new Map([['token-a', 'ann']])) });
    for (const authorization of ['', 'Bearer token-a', 'Bearer token-b', 'Basic token-a']) {
      const { short, long } = await bothWays(
        guarded.port,
        posted({ query: '{ viewer }' }, { authorization }),
      );
      expect(short).toBe(long);
    }
  });
});

describe('a gateway whose context fails', () => {
  it('says so alike', async () => {
    await using broken = await startWorld({
      contextFor: () => {
        throw new Error('password=hunter2');
      },
    });
    const { short, long } = await bothWays(broken.port, posted({ query: '{ hello }' }));
    expect(short).toBe(long);
    expect(short).toContain('500 Internal Server Error');
  });
});

describe('what is short', () => {
  it('leaves the handler of requests in-process as it is', async () => {
    const { fetch } = createHandler(needsFor(new Traces(), []));
    const response = await fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
    });
    expect(await response.json()).toEqual({ data: { hello: 'Hello world' } });
  });
});
