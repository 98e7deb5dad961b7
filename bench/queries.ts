/** Queries per second: one that touches no store on every server, and some that may on ours. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ask, openSession, post, startAnalysis } from './client.ts';
import { compared, type Effort, type Line, type Measurement, part, takingTurns } from './harness.ts';
import { ServerProcess, startGateway } from './processes.ts';
import { createEmbedded } from './stores.ts';

const CONNECTIONS = 10;
/** Characters: jobs with longer inputs are read from the store each time (src/jobs/hot.ts). */
const LONG_INPUT = 17_000;
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
    const { finished, long } = await fill(gateway.url);
    await fill(logging.url);

    const small: Question = { query: SMALL };
    const bare = (question: Question) => ({
      'bare node:http, the same bytes': { server: floor, ...question },
    });
    const hot: Question = { query: JOB, variables: { id: finished } };
    const page: Question = { query: PAGE };
    return [
      ...(await race(
        '`{ __typename }`',
        {
          ...bare(small),
          Signalbox: { server: gateway, ...small },
          'Signalbox, logging each request': { server: logging, ...small },
          'Yoga 5': { server: yoga, ...small },
          'Apollo Server 5': { server: apollo, ...small },
          'Mercurius 16': { server: mercurius, ...small },
          'Mercurius 16 with jit': { server: compiled, ...small },
        },
        effort,
      )),
      ...(await race(
        '`job(id)`',
        {
          ...bare(hot),
          'Signalbox, a job just seen': { server: gateway, ...hot },
          'Signalbox, a job too long to be kept': { server: gateway, query: JOB, variables: { id: long } },
          'Mercurius 16 with jit, `{ __typename }`': { server: compiled, ...small },
        },
        effort,
      )),
      ...(await race(
        '`jobs(first: 50)`',
        { ...bare(page), Signalbox: { server: gateway, ...page } },
        effort,
      )),
    ];
  },
};

interface Question {
  query: string;
  variables?: object;
}

/** The floor comes first and writes what the second, the gateway, answers. */
async function race(
  what: string,
  asked: Record<string, Question & { server: ServerProcess }>,
  { rounds, seconds }: Effort,
): Promise<Line[]> {
  const runners = Object.entries(asked).map(([name, { server, ...question }]) => ({
    name,
    server,
    body: JSON.stringify(question),
  }));
  const [floor, gateway] = runners;
  const answer = await post(gateway!.server.url, gateway!.body);
  await fetch(floor!.server.url, { method: 'PUT', body: answer });
  for (const { name, server, body } of runners) {
    const own = await post(server.url, body);
    if (JSON.parse(own).errors) throw new Error(own);
    // The gateway's other lines are about other data.
    const same = body === gateway!.body && !name.startsWith('Signalbox');
    if (same && own.trim() !== answer.trim()) throw new Error(`${name} answers something else.`);
  }

  const results = await takingTurns<Pressed>(
    rounds,
    Object.fromEntries(runners.map(({ name, server, body }) => [name, () => pressed(server, body, seconds)])),
  );
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

/** One job that is over in earnest, one with a long input, and more than a page of cancelled ones. */
async function fill(url: string): Promise<{ finished: string; long: string }> {
  const finished = await startAnalysis(url, await openSession(url));
  const crowded = await openSession(url);
  for (let i = 0; i < 60; i++) {
    const id = await startAnalysis(url, crowded);
    await ask(url, 'mutation($id: ID!) { cancelJob(id: $id) { __typename } }', { id });
  }
  const { sendMessage } = await ask(
    url,
    'mutation($input: SendMessageInput!) { sendMessage(input: $input) { ... on ChatTurn { id } } }',
    { input: { sessionId: await openSession(url), message: 'x'.repeat(LONG_INPUT) } },
  );
  for (let status = ''; status !== 'COMPLETED'; ) {
    ({ status } = (await ask(url, 'query($id: ID!) { job(id: $id) { status } }', { id: finished })).job);
    if (status === 'FAILED') throw new Error('The analysis failed.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { finished, long: sendMessage.id };
}
