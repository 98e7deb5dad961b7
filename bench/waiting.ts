/** What jobs weigh that run and wait: at a provider that thinks for ever. */
import { setTimeout as delay } from 'node:timers/promises';
import { ask, openSession, post } from './client.ts';
import { compared, type Line, takingTurns, within } from './harness.ts';
import { ServerProcess } from './processes.ts';
import { type Provider, startProvider } from './provider.ts';
import { createEmbedded } from './stores.ts';

/** As many background tasks as one owner may have. */
const JOBS = 100;
/** Jobs that run throughout, so that what is loaded once is not counted as that of the others. */
const WARM_UP = 20;
const FOR_EVER_MS = 3_600_000;

/** KiB of heap for each job that runs. */
export async function runningJobs(rounds: number, share: number): Promise<Line[]> {
  await using provider = await startProvider({ firstMs: FOR_EVER_MS });
  const jobs = Math.round((JOBS - WARM_UP) * share);
  return compared(
    `heap for a running job of ${jobs}, waiting for its provider`,
    'KiB',
    await takingTurns(rounds, {
      'bare node: a request under way': () =>
        eachOf(jobs, provider, 'streaming', ({ url }) => post(url, '{"message":"How are you?"}')),
      'Signalbox, a conversation’s turn': () => eachOf(jobs, provider, 'gateway', sendMessage),
      'Signalbox, a background task': () => eachOf(jobs, provider, 'gateway', startTask),
    }),
  );
}

async function eachOf(
  jobs: number,
  provider: Provider,
  name: 'streaming' | 'gateway',
  start: (server: ServerProcess) => Promise<unknown>,
): Promise<number> {
  await using database = createEmbedded();
  await using server = await ServerProcess.start(new URL(`./servers/${name}.ts`, import.meta.url), {
    environment: { ...database.environment, ...provider.environment },
  });
  const startSome = async (count: number) => {
    const asked = provider.requests + count;
    for (let started = 0; started < count; started += 1) await start(server);
    await within(60, 'the provider', reached(provider, asked));
  };
  await startSome(WARM_UP);
  const before = await server.settledMemory();
  await startSome(jobs);
  const after = await server.settledMemory();
  return ((after.heap - before.heap) * 1_024) / jobs;
}

async function reached(provider: Provider, requests: number): Promise<void> {
  while (provider.requests < requests) await delay(20);
}

async function sendMessage({ url }: ServerProcess): Promise<void> {
  const input = { sessionId: await openSession(url), message: 'How are you?', wait: false };
  const { sendMessage } = await ask(
    url,
    `mutation($input: SendMessageInput!) {
      sendMessage(input: $input) { ... on ChatTurn { id } ... on Error { message } }
    }`,
    { input },
  );
  if (!sendMessage.id) throw new Error(sendMessage.message);
}

async function startTask({ url }: ServerProcess): Promise<void> {
  const { startBackgroundTask } = await ask(
    url,
    `mutation {
      startBackgroundTask(input: { question: "How are you?" }) {
        ... on BackgroundTask { id } ... on Error { message }
      }
    }`,
  );
  if (!startBackgroundTask.id) throw new Error(startBackgroundTask.message);
}
