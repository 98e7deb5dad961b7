import { expect, it } from 'vitest';
import { conversationsOf, texts } from '../services/conversations/client.ts';
import { answering, configured } from '../services/conversations/services.ts';
import { startGateway } from '../support/gateway.ts';
import { collect } from '../support/memory.ts';
import { after, startProvider } from '../support/provider.ts';

const CONVERSATIONS = 200;
const TURNS = 20;
const PROVIDER_MS = 10;
const PATIENCE = { timeout: 240_000, interval: 1_000 };
/** What all of it may leave on the heap: 8,000 messages and their jobs are on disk, or PGlite's own. */
const MOST_KEPT_BYTES = 96 * 1024 * 1024;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it(`${CONVERSATIONS} conversations of ${TURNS} turns at once: every history is complete and in order`, async ({
  annotate,
}) => {
  await using provider = await startProvider(after(PROVIDER_MS, answering()));
  await using gateway = await startGateway({ environment: configured(provider) });
  const { send, turn, history } = conversationsOf(gateway.ask);
  await send(await gateway.openSession(), 'warm');

  const sessions = await Promise.all(Array.from({ length: CONVERSATIONS }, () => gateway.openSession()));
  const before = heap();
  const began = performance.now();
  await Promise.all(
    sessions.map(async (sessionId, number) => {
      for (let place = 0; place < TURNS; place += 1) {
        const said = { status: 'COMPLETED', reply: `You said: ${number}/${place}` };
        const sent = await send(sessionId, `${number}/${place}`);
        // Provider and gateway share this process, whose loop takes in one new connection each time it comes round: on a
        // busy machine the first turns can outlast what a caller waits. It looks again then.
        if (sent.status === 'RUNNING') await expect.poll(() => turn(sent.id), PATIENCE).toMatchObject(said);
        else expect(sent).toMatchObject(said);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const calls = provider.exchanges.length;
  // The test's own provider keeps its requests.
  provider.exchanges.length = 0;
  const kept = heap() - before;
  await annotate(
    `${Math.round(seconds)} s, ${Math.round(kept / 2 ** 20)} MiB kept, ${provider.mostAtOnce()} at once`,
  );

  expect(calls).toBe(1 + CONVERSATIONS * TURNS);
  expect(provider.mostAtOnce()).toBeGreaterThan(5);
  for (const [number, sessionId] of sessions.entries()) {
    const said = Array.from({ length: TURNS }, (_, turn) => [
      `${number}/${turn}`,
      `You said: ${number}/${turn}`,
    ]);
    expect(texts(await history(sessionId))).toEqual(said.flat());
  }
  expect(kept).toBeLessThan(MOST_KEPT_BYTES);
}, 600_000);
