/** What comparing live replies behind the users' backs adds to them. */
import { ask, openSession } from './client.ts';
import { compared, type Measurement } from './harness.ts';
import { startGateway } from './processes.ts';
import { startProvider } from './provider.ts';
import { eachStore } from './stores.ts';

const REPLIES = 300;
const WARM_UP = 20;
/** What the provider takes for a reply. */
const REPLY_MS = 20;

export const shadow: Measurement = {
  name: 'shadow',
  async measure({ share }) {
    await using provider = await startProvider({ firstMs: REPLY_MS });
    for await (const { environment } of eachStore()) {
      // The embedded store only: what is added is time of the process.
      await using without = await talkingTo({ ...environment, ...provider.environment });
      await using sampled = await talkingTo({
        ...environment,
        DATA_DIR: `${environment.DATA_DIR}/sampled`,
        ...provider.environment,
        SHADOW_SAMPLE_PERCENT: 'chat=100',
      });
      const times: Record<string, number[]> = {
        'Signalbox, nothing is sampled': [],
        'Signalbox, every reply is sampled': [],
      };
      for (let reply = -WARM_UP; reply < REPLIES * share; reply += 1)
        for (const [who, { send }] of [
          ['Signalbox, nothing is sampled', without],
          ['Signalbox, every reply is sampled', sampled],
        ] as const) {
          const took = await send();
          if (reply >= 0) times[who]?.push(took);
        }
      return compared('sendMessage until its reply, a provider that takes 20 ms', 'ms', times);
    }
    return [];
  },
};

/** A conversation with a gateway of its own. */
async function talkingTo(environment: Record<string, string>) {
  const gateway = await startGateway(environment);
  const sessionId = await openSession(gateway.url);
  const input = { sessionId, message: 'How are you?' };
  return {
    async send(): Promise<number> {
      const began = performance.now();
      const { sendMessage } = await ask(gateway.url, SEND, { input });
      if (!sendMessage.reply) throw new Error(JSON.stringify(sendMessage));
      return performance.now() - began;
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

const SEND = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { ... on ChatTurn { reply } ... on Error { message } }
}`;
