/** Who delivers events to subscribers: the floor, Signalbox and its peers, each in a process of its own, all asked alike. */
import { setTimeout as delay } from 'node:timers/promises';
import { following } from './client.ts';
import { FrameSocket } from './frames.ts';
import { within } from './harness.ts';
import { type Order, ServerProcess } from './processes.ts';
import { createEmbedded, type Database } from './stores.ts';

export interface Publication {
  topics: string[];
  /** Of each topic. */
  events: number;
  /** Between two events of a topic; absent: as fast as it goes. */
  everyMs?: number;
  /** Of each event. */
  message?: string;
}

/** Gives when the events were published, by the machine's clock (servers/answering.ts). */
export type Publish = (publication: Publication) => Promise<number[]>;

export interface Publisher extends AsyncDisposable {
  server: ServerProcess;
  /** Topics that nobody had before. */
  topics(count: number): Promise<string[]>;
  /** A socket that gets what is published on the topic, sooner or later. */
  subscribe(topic: string): Promise<FrameSocket>;
  /** What is done before the clock begins. */
  prepare(publication: Publication): Promise<unknown>;
  publish: Publish;
  /** The same with what stands before it: the engine's writer, the log and the store. */
  write: Publish;
}

export type Start = () => Promise<Publisher>;

const OPENED_AT_ONCE = 50;
const REMARK = 'Row 100 of the table was read, and nothing about it was remarkable.';

export async function startFloor(): Promise<Publisher> {
  const server = await ServerProcess.start(new URL('./servers/broadcast.ts', import.meta.url));
  return telling(
    server,
    () => FrameSocket.open(server.webSocketUrl),
    // It has no topics: each event goes to all, and as many are delivered.
    ({ message = REMARK, topics: _, ...publication }) =>
      published(server, { do: 'publish', message: frameOf(message), ...publication }),
  );
}

/** @param database Embedded, and gone with it, where none is given. */
export async function startSignalbox(given?: Database): Promise<Publisher> {
  const database = given ?? createEmbedded();
  const server = await ServerProcess.start(new URL('./servers/fanout.ts', import.meta.url), {
    // Who stalls stays: its deadline would end what is measured.
    environment: { ...database.environment, CLIENT_STALL_SECONDS: '3600' },
  });
  const ordered =
    (order: string): Publish =>
    ({ message = REMARK, ...publication }) =>
      published(server, { do: order, message, ...publication });
  return {
    server,
    topics: async (count) => (await server.ask<{ ids: string[] }>({ do: 'open', count, events: 1 })).ids,
    subscribe: (topic) => subscribed(server, topic),
    prepare: ({ message = REMARK, ...publication }) => server.ask({ do: 'prepare', message, ...publication }),
    publish: ordered('publish'),
    write: ordered('write'),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (!given) await database[Symbol.asyncDispose]();
    },
  };
}

const startPeer =
  (file: string): Start =>
  async () => {
    const server = await ServerProcess.start(new URL(`./peers/${file}-subscriptions.js`, import.meta.url));
    return telling(
      server,
      (topic) => subscribed(server, topic),
      ({ message = REMARK, ...publication }) => published(server, { do: 'publish', message, ...publication }),
    );
  };

export const FLOOR = 'bare ws: the same bytes';
/** How each of them is started. */
export const PEERS: Readonly<Record<string, Start>> = {
  'Yoga 5': startPeer('yoga'),
  'Apollo Server 5': startPeer('apollo'),
  'Mercurius 16': startPeer('mercurius'),
};
export const EVERYBODY: Readonly<Record<string, Start>> = {
  [FLOOR]: startFloor,
  Signalbox: startSignalbox,
  ...PEERS,
};

/** One that stores nothing, and so has nothing to prepare or to write. */
const telling = (server: ServerProcess, subscribe: Publisher['subscribe'], publish: Publish): Publisher => ({
  server,
  topics: names(),
  subscribe,
  prepare: async () => {},
  publish,
  write: publish,
  [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
});

/** Opens `followers` of each topic and waits until each is heard: nothing but an event says that a subscription began. */
export async function gather(
  publisher: Publisher,
  topics: string[],
  followers: number,
): Promise<FrameSocket[]> {
  const sockets: FrameSocket[] = [];
  const count = topics.length * followers;
  const one = (place: number) => publisher.subscribe(topics[place % topics.length] ?? '');
  while (sockets.length < count)
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(OPENED_AT_ONCE, count - sockets.length) }, (_, i) =>
          one(sockets.length + i),
        ),
      )),
    );
  await within(60, 'the first events', heardByAll(publisher, topics, sockets));
  return sockets;
}

async function heardByAll(publisher: Publisher, topics: string[], sockets: FrameSocket[]): Promise<void> {
  const heard = () => sockets.reduce((sum, { frames }) => sum + frames, 0);
  await quiet(heard);
  while (sockets.some(({ frames }) => frames === 0)) {
    await publisher.prepare({ topics, events: 1 });
    await publisher.publish({ topics, events: 1 });
    await quiet(heard);
  }
}

const QUIET_MS = 250;

/** Waits until nothing more arrives. */
async function quiet(heard: () => number): Promise<void> {
  for (let before = -1; before !== heard(); ) {
    before = heard();
    await delay(QUIET_MS);
  }
}

async function subscribed({ webSocketUrl }: ServerProcess, topic: string): Promise<FrameSocket> {
  const socket = await FrameSocket.openGraphql(webSocketUrl);
  socket.send(following(topic));
  return socket;
}

const published = async (server: ServerProcess, order: Order): Promise<number[]> =>
  (await server.ask<{ at: number[] }>(order)).at;

/** Names of topics, as long as the ids of jobs. */
function names() {
  let given = 0;
  return async (count: number): Promise<string[]> => {
    given += count;
    return Array.from({ length: count }, (_, i) => `job_${String(given - count + i).padStart(26, '0')}`);
  };
}

/** What a follower of a job gets of each event. */
const frameOf = (message: string): string =>
  JSON.stringify({
    id: `job_${'0'.repeat(26)}`,
    type: 'next',
    payload: { data: { jobProgress: { __typename: 'JobLogged', seq: 100, message } } },
  });
