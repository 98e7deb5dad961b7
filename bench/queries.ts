/** Queries per second: one that touches no store on every server, and two that do on ours. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ask, openSession, post, startAnalysis } from './client.ts';
import { compared, type Effort, type Line, type Measurement, part, takingTurns } from './harness.ts';
import { ServerProcess, startGateway } from './processes.ts';
import { createEmbedded } from './stores.ts';

const CONNECTIONS = 10;
const SMALL = '{ __typename }';
const JOB = `query($id: ID!) {
  job(id: $id) { id kind status createdAt startedAt finishedAt elapsedSeconds lastSeq progress { step total fraction message } }
}`;
const PAGE =
  '{ jobs(first: 50) { edges { cursor node { id kind status createdAt } } pageInfo { hasNextPage endCursor } } }';

export const queries: Measurement = {
  name: 'queries',
  async measure(effort) {
    await using database = createEmbedded();
    await using others = createEmbedded();
    await using floor = await ServerProcess.start(new URL('./servers/bytes.ts', import.meta.url));
    await using gateway = await startGateway(database.environment);
    await using logging = await startGateway({ ...others.environment, LOG_LEVEL: 'info' });
    await using yoga = await ServerProcess.start(new URL('./peers/yoga.js', import.meta.url));
    await using apollo = await ServerProcess.start(new URL('./peers/apollo.js', import.meta.url));
    await using mercurius = await ServerProcess.start(new URL('./peers/mercurius.js', import.meta.url));
    await using compiled = await ServerProcess.start(new URL('./peers/mercurius.js', import.meta.url), {
      args: ['jit'],
    });
    const id = await fill(gateway.url);
    await fill(logging.url);

    const beside = (what: string, query: object, servers: Record<string, ServerProcess>) =>
      race(what, JSON.stringify(query), { 'bare node:http, the same bytes': floor, ...servers }, effort);
    return [
      ...(await beside(
        '`{ __typename }`',
        { query: SMALL },
        {
          Signalbox: gateway,
          'Signalbox, logging each request': logging,
          'Yoga 5': yoga,
          'Apollo Server 5': apollo,
          'Mercurius 16': mercurius,
          'Mercurius 16 with jit': compiled,
        },
      )),
      ...(await beside('`job(id)`', { query: JOB, variables: { id } }, { Signalbox: gateway })),
      ...(await beside('`jobs(first: 50)`', { query: PAGE }, { Signalbox: gateway })),
    ];
  },
};

/** The floor comes first and writes what the second, the gateway, answers. */
async function race(
  what: string,
  body: string,
  servers: Record<string, ServerProcess>,
  { rounds, seconds }: Effort,
): Promise<Line[]> {
  const [floor, gateway] = Object.values(servers);
  const answer = await post(gateway!.url, body);
  if (JSON.parse(answer).errors) throw new Error(answer);
  await fetch(floor!.url, { method: 'PUT', body: answer });
  const differing = Object.entries(servers).filter(([name]) => !name.startsWith('Signalbox'));
  for (const [name, { url }] of differing)
    if ((await post(url, body)).trim() !== answer.trim()) throw new Error(`${name} answers something else.`);

  const contestants = Object.entries(servers).map(([name, server]) => [
    name,
    () => pressed(server, body, seconds),
  ]);
  const results = await takingTurns<Pressed>(rounds, Object.fromEntries(contestants));
  return [
    ...compared(
      `${what}, per second`,
      '/s',
      part(results, ({ perSecond }) => perSecond),
    ),
    ...compared(
      `${what}, processor time of the server`,
      'µs',
      part(results, ({ microseconds }) => microseconds),
    ),
  ];
}

interface Pressed {
  perSecond: number;
  /** Of the server's processor time, for one query. What makes the load may be the slower of the two; this stays true. */
  microseconds: number;
}

const loadGenerator = new URL('./node_modules/autocannon/autocannon.js', import.meta.url).pathname;

async function pressed(server: ServerProcess, body: string, seconds: number): Promise<Pressed> {
  const before = await server.processor();
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[loadGenerator, '--json', '--no-progress', '--connections', String(CONNECTIONS)],
    ...['--duration', String(seconds), '--method', 'POST', '--headers', 'content-type=application/json'],
    ...['--body', body, server.url],
  ]);
  const used = (await server.processor()) - before;
  const { errors, non2xx, requests, duration } = JSON.parse(stdout);
  if (errors || non2xx) throw new Error(`${server.url}: ${errors + non2xx} failed.`);
  return { perSecond: requests.total / duration, microseconds: used / requests.total };
}

/** One job that is over in earnest, and more than a page of cancelled ones. */
async function fill(url: string): Promise<string> {
  const finished = await startAnalysis(url, await openSession(url));
  const crowded = await openSession(url);
  for (let i = 0; i < 60; i++) {
    const id = await startAnalysis(url, crowded);
    await ask(url, 'mutation($id: ID!) { cancelJob(id: $id) { __typename } }', { id });
  }
  for (let status = ''; status !== 'COMPLETED'; ) {
    ({ status } = (await ask(url, 'query($id: ID!) { job(id: $id) { status } }', { id: finished })).job);
    if (status === 'FAILED') throw new Error('The analysis failed.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return finished;
}
