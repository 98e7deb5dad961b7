import { describe, expect, it } from 'vitest';
import { conversationsOf } from '../services/conversations/client.ts';
import { answering, configured, Dictation } from '../services/conversations/services.ts';
import { startGateway } from '../support/gateway.ts';
import {
  type Behaviour,
  completed,
  delta,
  done,
  json,
  startProvider,
  streaming,
} from '../support/provider.ts';

async function open(settings: Parameters<typeof startGateway>[0]) {
  const gateway = await startGateway(settings);
  return { gateway, sessionId: await gateway.openSession(), ...conversationsOf(gateway.ask) };
}

const HALF = 'The first step is to';
const incomplete = {
  type: 'response.incomplete',
  response: { ...done.response, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
};
const cutShort = streaming([delta(HALF), incomplete]);

/** Events, as a server writes them that ends an answer by closing the connection. */
const undelimited =
  (...events: string[]): Behaviour =>
  (_, response) => {
    const body = events.map((event) => `data: ${event}\n\n`).join('');
    response.socket?.end(`HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${body}`);
  };

const half = (servedBy: string) => [
  { role: 'USER', content: 'How?', servedBy: null, interrupted: false },
  { role: 'ASSISTANT', content: HALF, servedBy, interrupted: true },
];

describe('a reply that runs into the bound on its length', () => {
  it('is kept as what it is, and was paid for', async () => {
    await using provider = await startProvider(
      cutShort,
      completed(HALF, { finish_reason: 'length' }),
      answering(),
    );
    const { gateway, sessionId, begin, send, turn, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'How?');
    await expect
      .poll(() => turn(id))
      .toMatchObject({
        status: 'FAILED',
        error: { code: 'MODEL_LENGTH', retryable: false },
        reply: HALF,
        servedBy: 'LEGACY',
        usage: { inputTokens: 22, outputTokens: 14 },
      });
    expect(await history(sessionId)).toEqual(half('LEGACY'));
    expect(await send(sessionId, 'Go on')).toMatchObject({ status: 'COMPLETED', servedBy: 'NEW' });
  });

  it('is replaced by that of the legacy service, where it has a whole one', async () => {
    await using provider = await startProvider(cutShort);
    await using legacy = await startProvider(json(200, { reply: 'Slowly.' }));
    const { gateway, sessionId, send, history } = await open({ environment: configured(provider, legacy) });
    await using _ = gateway;

    expect(await send(sessionId, 'How?')).toMatchObject({ reply: 'Slowly.', fellBack: true });
    expect(await history(sessionId)).toMatchObject([{}, { content: 'Slowly.', interrupted: false }]);
  });
});

describe('a reply of the legacy service that only the end of its connection ends', () => {
  it('is not taken for a whole one', async () => {
    const pieces = ['The first', ' step', ' is to'].map((reply) => JSON.stringify({ reply }));
    await using legacy = await startProvider(undelimited(...pieces), undelimited(...pieces, '[DONE]'));
    const { gateway, sessionId, begin, send, turn, history } = await open({
      environment: { LEGACY_CHAT_URL: `${legacy.url}/chat` },
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'How?');
    await expect.poll(() => turn(id)).toMatchObject({ status: 'FAILED', error: { code: 'CHAT_CUT' } });
    expect(await history(sessionId)).toEqual(half('LEGACY'));
    expect(await send(sessionId, 'How?')).toMatchObject({ status: 'COMPLETED', reply: HALF });
  });
});

describe('a turn that is cancelled before its first word', () => {
  it('leaves nothing behind, though there were empty lines', async () => {
    const story = new Dictation();
    await using provider = await startProvider(story.behaviour);
    const { gateway, sessionId, begin, turn, cancel, history } = await open({
      environment: configured(provider),
    });
    await using _ = gateway;

    const id = await begin(sessionId, 'Tell me a story');
    await story.asked;
    story.say('\n\n');
    await expect.poll(async () => (await turn(id)).reply).toBe('\n\n');
    await cancel(id);
    await expect.poll(async () => (await turn(id)).status).toBe('CANCELLED');
    expect(await history(sessionId)).toEqual([]);
  });
});

describe('a watch that is cancelled while it waits for a place', () => {
  it('puts nothing into anybody’s mouth', async () => {
    // It has as many places as one process runs watches at a time.
    const places = 50;
    const held: Behaviour = () => {};
    await using provider = await startProvider(held);
    const { gateway, watch, cancel, job, history } = await open({ environment: configured(provider) });
    await using _ = gateway;

    for (let count = 0; count < places; count += 1)
      await watch(await gateway.openSession(), 'delayed-project', 4);
    await expect.poll(() => provider.exchanges.length).toBe(places);
    const sessionId = await gateway.openSession();
    const { id } = await watch(sessionId, 'delayed-project', 4);
    expect(await job(id)).toMatchObject({ status: 'STARTED' });
    expect(await cancel(id)).toEqual({ status: 'CANCELLED' });
    expect(await history(sessionId, 'WATCH')).toEqual([]);
  });
});
