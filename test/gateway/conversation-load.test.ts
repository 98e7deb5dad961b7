import { expect, it } from 'vitest';
import { conversationsOf, texts } from '../services/conversations/client.ts';
import { answering, configured } from '../services/conversations/services.ts';
import { startGateway } from '../support/gateway.ts';
import { collect } from '../support/memory.ts';
import { after, startProvider } from '../support/provider.ts';

const CONVERSATIONS = 200;
const TURNS = 20;
const PROVIDER_MS = 10;
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
  const { send, history } = conversationsOf(gateway.ask);
  await send(await gateway.openSession(), 'warm');

  const sessions = await Promise.all(Array.from({ length: CONVERSATIONS }, () => gateway.openSession()));
  const before = heap();
  const began = performance.now();
  await Promise.all(
    sessions.map(async (sessionId, number) => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        const { status, reply } = await send(sessionId, `${number}/${turn}`);
        expect([status, reply]).toEqual(['COMPLETED', `You said: ${number}/${turn}`]);
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
}, 300_000);
