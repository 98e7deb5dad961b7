import { buildSchema, type GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { type ServerNeeds, startServer, type Viewer } from '../../src/server/index.ts';

const typeDefs = /* GraphQL */ `
  scalar Moment
  interface Entry { seq: Int! at: Moment! }
  type Word implements Entry { seq: Int! at: Moment! text: String! shout(times: Int! = 1): String! whose: String! }
  type Slow implements Entry { seq: Int! at: Moment! late: String! }
  type Bad implements Entry { seq: Int! at: Moment! broken: String refused: String! }
  type Query { hello: String! }
  type Subscription { feed(after: Int! = 0): Entry! unshared(after: Int! = 0): Entry! }
`;

export type Body = { type: 'Word'; text: string } | { type: 'Slow' } | { type: 'Bad' };
type Entry = Body & { seq: number; at: Date };

/** A log of any length, whose entries are made when they are read. */
export class Feed {
  readonly #entryAt: (seq: number) => Body;
  readonly #watchers = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  #peeked: { after: number; head: number; entries: readonly Entry[] } | undefined;
  head = 0;
  over = false;
  failure: Error | undefined;
  /** Who follows now. */
  followers = 0;
  /** Entries that were executed, and not taken from those who share. */
  executed = 0;
  /** Reads behind somebody's place that were not at hand. */
  reads = 0;
  /** Entries at the end that are at hand. */
  kept = Number.POSITIVE_INFINITY;

  constructor(entryAt: (seq: number) => Body) {
    this.#entryAt = entryAt;
  }

  /** The log is that much longer. */
  grow(by = 1): void {
    this.head += by;
    this.#wake();
  }

  end(): void {
    this.over = true;
    this.#wake();
  }

  fail(error: Error): void {
    this.failure = error;
    this.kept = 0;
    this.grow();
  }

  peek(after: number): readonly Entry[] | undefined {
    if (after === this.head) return [];
    if (after < this.head - this.kept || after > this.head) return undefined;
    const { head } = this;
    // Those at the same place get the same array, as from a job's log.
    if (this.#peeked?.after !== after || this.#peeked.head !== head)
      this.#peeked = { after, head, entries: this.#page(after) };
    return this.#peeked.entries;
  }

  async next(after: number, signal: AbortSignal): Promise<readonly Entry[]> {
    for (;;) {
      if (this.failure) throw this.failure;
      if (signal.aborted) return [];
      this.reads += 1;
      if (after < this.head) return this.#page(after);
      if (this.over) return [];
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  watch(onNews: () => void): () => void {
    this.#watchers.add(onNews);
    return () => this.#watchers.delete(onNews);
  }

  async *follow(after: number, signal: AbortSignal): AsyncGenerator<Entry> {
    for (let place = after; ; ) {
      const page = await this.next(place, signal);
      if (page.length === 0) return;
      for (const entry of page) yield entry;
      place = page.at(-1)!.seq;
    }
  }

  #page(after: number): readonly Entry[] {
    const seqs = Array.from({ length: Math.min(100, this.head - after) }, (_, i) => after + i + 1);
    return seqs.map((seq) => ({ ...this.#entryAt(seq), seq, at: new Date(seq * 1_000) }));
  }

  #wake(): void {
    for (const onNews of [...this.#watchers]) onNews();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}

interface World {
  viewer: Viewer;
  signal: AbortSignal;
}

function schemaFor(feed: Feed): GraphQLSchema {
  const schema = buildSchema(typeDefs);
  const field = (type: string, name: string) =>
    (schema.getType(type) as never as { getFields(): Record<string, object> }).getFields()[name]!;
  Object.assign(schema.getType('Moment')!, { coerceOutputValue: (at: Date) => at.toISOString() });
  Object.assign(schema.getType('Moment')!, { serialize: (at: Date) => at.toISOString() });
  Object.assign(schema.getType('Entry')!, { resolveType: ({ type }: Entry) => type });
  Object.assign(field('Word', 'shout'), {
    resolve: ({ text }: { text: string }, { times }: { times: number }) => text.toUpperCase().repeat(times),
  });
  Object.assign(field('Word', 'whose'), {
    resolve: (_: unknown, __: unknown, { viewer }: World) => viewer.owner,
  });
  Object.assign(field('Slow', 'late'), {
    resolve: async () => {
      await new Promise(setImmediate);
      return 'at last';
    },
  });
  for (const name of ['broken', 'refused'])
    Object.assign(field('Bad', name), {
      resolve: () => {
        throw new Error('password=hunter2');
      },
    });
  const resolve = (entry: Entry) => {
    feed.executed += 1;
    return entry;
  };
  Object.assign(field('Subscription', 'unshared'), {
    resolve,
    subscribe: (_: unknown, { after }: { after: number }, { signal }: World) => feed.follow(after, signal),
  });
  Object.assign(field('Subscription', 'feed'), {
    resolve,
    subscribe: async (_: unknown, { after }: { after: number }, { signal }: World) => {
      const join = () => {
        feed.followers += 1;
        const leave = () => {
          feed.followers -= 1;
        };
        return { log: feed, leave };
      };
      return Object.assign(feed.follow(after, signal), { after, join });
    },
  });
  return schema;
}

/** A server of one feed, and its clients; all gone at the end of the test. */
export async function startFeed(entryAt: (seq: number) => Body, needs: Partial<ServerNeeds> = {}) {
  const feed = new Feed(entryAt);
  const lines: Record<string, unknown>[] = [];
  const server = await startServer({
    schema: schemaFor(feed),
    contextFor: (world) => world,
    authenticate: (_, params) => ({ owner: String(params?.owner ?? 'ann') }),
    health: async () => ({ ready: true, checks: {} }),
    host: '127.0.0.1',
    port: 0,
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    ...needs,
  });
  const url = `ws://127.0.0.1:${server.port}/graphql`;
  const clients: Listener[] = [];
  return {
    feed,
    lines,
    url,
    subscribers: server.subscribers,
    async listener(params: object = {}) {
      const client = await Listener.open(url, params);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.terminate();
      await server.close({ drainMs: 200 });
    },
  };
}

/** A client that writes down what it gets, byte for byte. */
export class Listener {
  readonly heard: string[] = [];
  readonly socket: WebSocket;
  closed: number | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
  }

  static async open(url: string, params: object): Promise<Listener> {
    const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
    const listener = new Listener(socket);
    socket.on('error', () => {});
    socket.on('close', (code) => {
      listener.closed = code;
    });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.on('message', (data) => listener.heard.push(String(data)));
    return listener;
  }

  subscribe(id: string, query: string, variables?: object): void {
    this.socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
  }

  complete(id: string): void {
    this.socket.send(JSON.stringify({ id, type: 'complete' }));
  }

  /** The places of the events that a subscription got. */
  seqs(id = '1'): number[] {
    return this.heard
      .map((text) => JSON.parse(text))
      .filter((message) => message.id === id && message.type === 'next')
      .map(({ payload }) => Object.values(payload.data as Record<string, { seq: number }>)[0]!.seq);
  }
}
