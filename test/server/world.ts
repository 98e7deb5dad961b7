import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { type ServerNeeds, startServer, type Viewer } from '../../src/server/index.ts';

export interface World {
  viewer: Viewer;
  signal: AbortSignal;
  requestId: string;
}

/** What the resolvers below saw and did, for the tests to look at. */
export class Traces {
  signals: AbortSignal[] = [];
  /** How often a source was released: its generator's `finally` ran. */
  released = 0;
  /** Events that `flood` has made. */
  flooded = 0;
  release = Promise.withResolvers<void>();
}

const typeDefs = /* GraphQL */ `
  scalar File
  scalar Small
  interface Node { id: ID! }
  type Item implements Node { id: ID! name: String! children(first: Int! = 20): [Item!]! parent: Item }
  type Upload { name: String! type: String! bytes: Int! head: String! }
  input UploadInput { file: File! }
  type Query {
    hello(name: String): String!
    viewer: String!
    fails: String!
    fail: String
    refused: String
    small(value: Small): String
    item: Item!
    items(first: Int! = 20): [Item!]!
    waits: String!
  }
  type Mutation { upload(input: UploadInput!): Upload! uploads(files: [File!]!): [Upload!]! }
  type Subscription { never: Int! count(to: Int!): Int! flood: String! broken: Int! brittle: Int! secret: Int! }
`;

class NotThere extends Error {
  readonly code = 'NOT_THERE';
}

function schemaFor(traces: Traces): GraphQLSchema {
  const schema = buildSchema(typeDefs);
  const resolvers: Record<string, Record<string, unknown>> = {
    Query: {
      hello: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'world'}`,
      viewer: (_: unknown, __: unknown, { viewer }: World) => viewer.owner,
      fails: secretly,
      fail: secretly,
      refused: () => {
        throw new GraphQLError('Not on Sundays.', { extensions: { code: 'SUNDAY' } });
      },
      small: (_: unknown, { value }: { value: string }) => value,
      item: () => ({ id: '1', name: 'one' }),
      items: () => [],
      waits: async (_: unknown, __: unknown, { signal }: World) => {
        traces.signals.push(signal);
        await traces.release.promise;
        return 'done';
      },
    },
    Item: { children: () => [], parent: () => ({ id: '1', name: 'one' }) },
    Mutation: {
      upload: (_: unknown, { input }: { input: { file: File } }) => described(input.file),
      uploads: (_: unknown, { files }: { files: File[] }) => files.map(described),
    },
  };
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [name, resolve] of Object.entries(fields)) {
      Object.assign(
        (schema.getType(type) as never as { getFields(): Record<string, object> }).getFields()[name]!,
        {
          resolve,
        },
      );
    }
  }
  Object.assign(schema.getType('Small')!, {
    coerceInputValue: small,
    coerceInputLiteral: (node: { value: string }) => small(node.value),
  });
  const sources: Record<string, (args: never, world: World) => AsyncIterable<unknown>> = {
    never: (_, world) => never(world),
    count,
    flood: (_, world) => flood(world),
    broken,
    brittle,
    secret: () => {
      throw new NotThere('Nothing here.');
    },
  };
  for (const [name, source] of Object.entries(sources)) {
    Object.assign(schema.getSubscriptionType()!.getFields()[name]!, {
      subscribe: (_: unknown, args: never, world: World) => source(args, world),
      resolve: (event: unknown) => {
        if (event instanceof Error) throw event;
        return event;
      },
    });
  }
  return schema;

  async function* never({ signal }: World) {
    traces.signals.push(signal);
    try {
      yield 0;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      traces.released++;
    }
  }

  async function* flood({ signal }: World) {
    const text = 'x'.repeat(256 * 1024);
    try {
      while (!signal.aborted) {
        traces.flooded++;
        yield text;
        await new Promise(setImmediate);
      }
    } finally {
      traces.released++;
    }
  }
}

async function* count({ to }: { to: number }) {
  for (let n = 1; n <= to; n++) yield n;
}

async function* broken() {
  yield 1;
  throw new Error('password=hunter2');
}

async function* brittle() {
  yield new Error('password=hunter2');
  yield 2;
}

function secretly() {
  throw new Error('password=hunter2', { cause: new Error('connection refused') });
}

function small(value: unknown): unknown {
  if (String(value).length > 3) throw new TypeError('At most three characters.');
  return value;
}

const described = async (file: File) => ({
  name: file.name,
  type: file.type,
  bytes: file.size,
  head: (await file.slice(0, 10).text()) as string,
});

/** What a server needs, over a schema with everything that can go wrong. */
export function needsFor(traces: Traces, lines: Record<string, unknown>[]): ServerNeeds {
  return {
    schema: schemaFor(traces),
    contextFor: (world) => world,
    authenticate: () => ({ owner: 'ann' }),
    health: async () => ({ ready: true, checks: { store: { ok: true } } }),
    expose: (error) => (error instanceof NotThere ? { code: error.code } : undefined),
    host: '127.0.0.1',
    port: 0,
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  };
}

/** A server, gone at the end of the test. */
export async function startWorld(needs: Partial<ServerNeeds> = {}) {
  const traces = new Traces();
  const lines: Record<string, unknown>[] = [];
  const server = await startServer({ ...needsFor(traces, lines), ...needs });
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    ...server,
    server,
    traces,
    lines,
    origin,
    wsUrl: `ws://127.0.0.1:${server.port}/graphql`,
    /** Posts JSON as curl would. */
    post: (body: unknown, headers: Record<string, string> = {}, init: RequestInit = {}) =>
      fetch(server.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    [Symbol.asyncDispose]: () => server.close({ drainMs: 200 }),
  };
}

/** Reads an event stream event by event. */
export async function* events(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      );
      text = text.slice(end + 2);
      if (fields.event)
        yield { event: fields.event, data: fields.data ? JSON.parse(fields.data) : undefined };
    }
  }
}
