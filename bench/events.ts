/** One job that appends as fast as it can, and those who follow it: in its process, and over WebSockets. */
import { following, openGraphqlSocket, openSocket } from './client.ts';
import { compared, type Line, type Measurement, part, takingTurns, within } from './harness.ts';
import { ServerProcess } from './processes.ts';
import { type Database, eachStore } from './stores.ts';

/** Followers in the job's process, and how many events they are sent. */
const INSIDE = [
  { followers: 1, events: 20_000 },
  { followers: 100, events: 20_000 },
  { followers: 1_000, events: 4_000 },
];
const SOCKETS = 100;
const EVENTS_OVER_SOCKETS = 1_000;

/** Per second. */
interface Rates {
  appended: number;
  /** To all followers together. */
  delivered: number;
}

export const events: Measurement = {
  name: 'events',
  async measure({ rounds, share }) {
    const lines: Line[] = [];
    for await (const database of eachStore()) {
      await using log = await ServerProcess.start(new URL('./servers/log.ts', import.meta.url), {
        environment: database.environment,
      });
      lines.push(...(await inside(log, database.name, rounds, share)));
      lines.push(...(await overSockets(log, database, rounds, share)));
    }
    return lines;
  },
};

async function inside(log: ServerProcess, store: string, rounds: number, share: number): Promise<Line[]> {
  const followed = INSIDE.map(({ followers, events }) => [
    named(followers),
    () => log.ask<Rates>({ do: 'append', followers, events: events * share }),
  ]);
  const results = await takingTurns<Rates>(rounds, {
    [BARE]: () => log.ask<Rates>({ do: 'insert', events: 20_000 * share }),
    ...Object.fromEntries(followed),
  });
  const { [BARE]: _, ...followers } = results;
  return [
    ...compared(
      `events appended per second, ${store}`,
      '/s',
      part(results, ({ appended }) => appended),
    ),
    ...compared(
      `events delivered per second, followers in the process, ${store}`,
      '/s',
      part(followers, ({ delivered }) => delivered),
    ),
  ];
}

const BARE = 'bare INSERTs of 500 of these rows';
const named = (followers: number) => (followers === 1 ? 'one follower' : `${followers} followers`);

async function overSockets(
  log: ServerProcess,
  { name }: Database,
  rounds: number,
  share: number,
): Promise<Line[]> {
  await using floor = await ServerProcess.start(new URL('./servers/broadcast.ts', import.meta.url));
  const count = EVENTS_OVER_SOCKETS * share;
  let sample = '';

  const broadcast = async () => {
    const audience = new Audience(count);
    await audience.gather(() => openSocket(floor.webSocketUrl, audience.hear));
    return audience.deliver(() => floor.ask({ do: 'publish', message: sample, events: count }));
  };
  const job = async () => {
    const { jobId } = await log.ask<{ jobId: string }>({ do: 'open' });
    const audience = new Audience(count);
    await audience.gather(() =>
      openGraphqlSocket(log.webSocketUrl, (text) => {
        if (!text.includes('JobLogged')) return;
        sample = text;
        audience.hear();
      }),
    );
    for (const socket of audience.sockets) socket.send(following(jobId));
    await log.ask({ do: 'followed', jobId, followers: SOCKETS });
    return audience.deliver(() => log.ask({ do: 'go', jobId, events: count }));
  };
  // The floor sends the bytes that the gateway sent: somebody has to be first.
  await job();
  return compared(
    `events delivered per second, ${SOCKETS} WebSockets, ${name}`,
    '/s',
    await takingTurns(rounds, { 'bare ws: the same bytes': broadcast, Signalbox: job }),
  );
}

/** Sockets that wait for the same number of messages each. */
class Audience {
  sockets: Awaited<ReturnType<typeof openSocket>>[] = [];
  readonly #expected: number;
  readonly #complete = Promise.withResolvers<void>();
  #heard = 0;

  constructor(messages: number) {
    this.#expected = messages * SOCKETS;
  }

  readonly hear = (): void => {
    this.#heard += 1;
    if (this.#heard === this.#expected) this.#complete.resolve();
  };

  async gather(open: () => ReturnType<typeof openSocket>): Promise<void> {
    this.sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
  }

  /** Messages per second, of all sockets together. */
  async deliver(start: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await Promise.all([start(), within(60, 'delivery', this.#complete.promise)]);
    const seconds = (performance.now() - began) / 1_000;
    for (const socket of this.sockets) socket.terminate();
    return this.#expected / seconds;
  }
}
