/** From `startAnalysis` to what its subscriber hears: the first event, RUNNING, and, cancelled at once, the end. */
import { ask, following, openGraphqlSocket, openSession, openSocket, post, startAnalysis } from './client.ts';
import { compared, type Line, type Measurement, type Results, within } from './harness.ts';
import { ServerProcess, startGateway } from './processes.ts';
import { type Database, eachStore } from './stores.ts';

const STARTS = 200;
const WARM_UP = 10;

export const firstEvent: Measurement = {
  name: 'first-event',
  async measure({ share }) {
    const lines: Line[] = [];
    for await (const database of eachStore()) lines.push(...(await measureOn(database, STARTS * share)));
    return lines;
  },
};

/** Milliseconds from before the request. */
type Moments = Record<string, number>;

async function measureOn({ name, environment }: Database, starts: number): Promise<Line[]> {
  await using gateway = await startGateway(environment);
  await using floor = await ServerProcess.start(new URL('./servers/notify.ts', import.meta.url), {
    // An embedded database has one process.
    environment: { ...environment, DATA_DIR: `${environment.DATA_DIR}/floor` },
  });
  const bare = await followBare(floor);
  const ours = await followGateway(gateway);

  const all: Moments[] = [];
  for (let i = -WARM_UP; i < starts; i++) {
    const moments = { ...(await bare.once()), ...(await ours.once()) };
    if (i >= 0) all.push(moments);
  }
  bare.close();
  ours.close();

  const values = (moment: string) => all.map((moments) => moments[moment] ?? Number.NaN);
  const beside = (what: string, results: Results) => compared(`${what}, ${name}`, 'ms', results);
  return [
    ...beside('startAnalysis until answered', {
      'bare node: INSERT and NOTIFY': values('bare answer'),
      Signalbox: values('answer'),
    }),
    ...beside('startAnalysis until a subscriber hears', {
      'bare node: the notification': values('bare event'),
      'Signalbox: the first event': values('STARTED'),
      'Signalbox: RUNNING': values('RUNNING'),
    }),
    ...beside('cancelJob until a subscriber hears the end', {
      'bare node: the notification': values('bare event'),
      Signalbox: values('cancelled'),
    }),
  ];
}

/** The same two trips to a server that does the least: see servers/notify.ts. */
async function followBare({ url, webSocketUrl }: ServerProcess) {
  let heard = Promise.withResolvers<void>();
  const socket = await openSocket(webSocketUrl, () => heard.resolve());
  return {
    close: () => socket.terminate(),
    async once(): Promise<Moments> {
      heard = Promise.withResolvers();
      const began = performance.now();
      const id = await post(url, '{"work":"How many rows are there?"}');
      const answer = performance.now() - began;
      socket.send(id);
      await within(10, 'a notification', heard.promise);
      return { 'bare answer': answer, 'bare event': performance.now() - began };
    },
  };
}

async function followGateway({ url, webSocketUrl }: ServerProcess) {
  let log = new Moment();
  const socket = await openGraphqlSocket(webSocketUrl, (text) => log.hear(text));
  return {
    close: () => socket.terminate(),
    async once(): Promise<Moments> {
      const sessionId = await openSession(url);
      log = new Moment();
      const id = await startAnalysis(url, sessionId);
      const answer = log.now();
      socket.send(following(id));
      const running = await log.of('RUNNING');

      const asked = log.now();
      await ask(url, 'mutation($id: ID!) { cancelJob(id: $id) { __typename } }', { id });
      const finished = await log.of('JobFinished');
      await log.of('complete');
      await ask(url, 'mutation($id: ID!) { closeSession(input: { id: $id }) { __typename } }', {
        id: sessionId,
      });
      return { answer, STARTED: await log.of('STARTED'), RUNNING: running, cancelled: finished - asked };
    },
  };
}

/** When a job's events were heard: by status, where they tell one, or else by type. */
class Moment {
  readonly #began = performance.now();
  readonly #heard = new Map<string, PromiseWithResolvers<number>>();

  now(): number {
    return performance.now() - this.#began;
  }

  hear(text: string): void {
    const { type, payload } = JSON.parse(text);
    const event = payload?.data?.jobProgress;
    if (type === 'next' && !event) throw new Error(text);
    this.#expect(event?.status ?? event?.__typename ?? type).resolve(this.now());
  }

  of(what: string): Promise<number> {
    return within(10, what, this.#expect(what).promise);
  }

  #expect(what: string): PromiseWithResolvers<number> {
    const expected = this.#heard.get(what) ?? Promise.withResolvers<number>();
    this.#heard.set(what, expected);
    return expected;
  }
}
