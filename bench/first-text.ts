/** From `sendMessage` to the first piece of the reply at a subscriber, without what the provider took itself. */
import { ask, openGraphqlSocket, openSession, openSocket, post } from './client.ts';
import { compared, type Line, type Measurement, within } from './harness.ts';
import { ServerProcess, startGateway } from './processes.ts';
import { type Provider, startProvider } from './provider.ts';
import { type Database, eachStore } from './stores.ts';

const TURNS = 300;
const WARM_UP = 20;
const PACE = { firstMs: 60, pieceMs: 2, pieces: ['Well', ', ', 'there', ' ', 'you', ' ', 'are', '.'] };

export const firstText: Measurement = {
  name: 'first-text',
  async measure({ share }) {
    const lines: Line[] = [];
    await using provider = await startProvider(PACE);
    for await (const database of eachStore())
      lines.push(...(await measureOn(database, provider, Math.round(TURNS * share))));
    return lines;
  },
};

async function measureOn(
  { name, environment }: Database,
  provider: Provider,
  turns: number,
): Promise<Line[]> {
  await using gateway = await startGateway({ ...environment, ...provider.environment });
  await using floor = await ServerProcess.start(new URL('./servers/streaming.ts', import.meta.url), {
    environment: provider.environment,
  });
  const bare = await followBare(floor, provider);
  const ours = await followGateway(gateway, provider);

  const results: Record<string, Trip[]> = { bare: [], ours: [] };
  for (let turn = -WARM_UP; turn < turns; turn += 1)
    for (const [who, { once }] of Object.entries({ bare, ours })) {
      const trip = await once();
      if (turn >= 0) results[who]?.push(trip);
    }
  bare.close();
  ours.close();

  const part = (of: (trip: Trip) => number) => ({
    'bare node: the provider’s pieces, passed on': (results.bare ?? []).map(of),
    Signalbox: (results.ours ?? []).map(of),
  });
  return [
    ...compared(
      `sendMessage until the provider is asked, ${name}`,
      'ms',
      part(({ there }) => there),
    ),
    ...compared(
      `the provider’s first piece until a subscriber hears it, ${name}`,
      'ms',
      part(({ back }) => back),
    ),
    ...compared(
      `both: the first text, above the provider’s own, ${name}`,
      'ms',
      part(({ there, back }) => there + back),
    ),
  ];
}

/** Milliseconds until the provider had the request, and from its first piece until a subscriber had it. */
interface Trip {
  there: number;
  back: number;
}

async function followBare({ url, webSocketUrl }: ServerProcess, provider: Provider) {
  let heard = Promise.withResolvers<number>();
  const socket = await openSocket(webSocketUrl, () => heard.resolve(performance.now()));
  return {
    close: () => socket.terminate(),
    once: () => {
      heard = Promise.withResolvers();
      return trip(provider, heard.promise, async () => {
        socket.send(await post(url, '{"message":"How are you?"}'));
      });
    },
  };
}

async function followGateway({ url, webSocketUrl }: ServerProcess, provider: Provider) {
  let heard = Promise.withResolvers<number>();
  let over = Promise.withResolvers<void>();
  const socket = await openGraphqlSocket(webSocketUrl, (text) => {
    const at = performance.now();
    const { type, payload } = JSON.parse(text);
    if (type === 'complete') over.resolve();
    else if (!payload?.data) heard.reject(new Error(text));
    else if (payload.data.jobProgress.text) heard.resolve(at);
  });
  const sessionId = await openSession(url);
  return {
    close: () => socket.terminate(),
    once: async () => {
      heard = Promise.withResolvers();
      over = Promise.withResolvers();
      const measured = await trip(provider, heard.promise, async () => {
        const { sendMessage } = await ask(url, SEND, {
          input: { sessionId, message: 'How are you?', wait: false },
        });
        socket.send(followingText(sendMessage.id));
      });
      await within(10, 'the end of a turn', over.promise);
      return measured;
    },
  };
}

async function trip(provider: Provider, heard: Promise<number>, send: () => Promise<void>): Promise<Trip> {
  const asked = provider.next();
  const began = performance.now();
  await send();
  const { at, saidAt } = await within(10, 'the provider’s first piece', asked);
  const heardAt = await within(10, 'the first text', heard);
  return { there: at - began, back: heardAt - saidAt };
}

const SEND = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { ... on ChatTurn { id } ... on Error { message } }
}`;

const followingText = (jobId: string): string =>
  JSON.stringify({
    id: jobId,
    type: 'subscribe',
    payload: {
      query:
        'subscription($jobId: ID!) { jobProgress(jobId: $jobId) { seq ... on JobTextAppended { text } } }',
      variables: { jobId },
    },
  });
