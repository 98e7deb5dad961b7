/** Conversations with a slow provider: one at a time against all at once, and what a client for each would weigh. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { createModels } from '../src/services/models/index.ts';
import { compared, type Measurement, timed } from './harness.ts';
import { startProvider } from './provider.ts';

const CONVERSATIONS = 50;
/** What a provider takes for an answer. */
const ANSWER_MS = 3_000;

export const models: Measurement = {
  name: 'models',
  async measure({ share }) {
    const conversations = Math.round(CONVERSATIONS * share);
    await using provider = await startProvider({ firstMs: ANSWER_MS });
    const answer = asking(provider.url);
    await answer();

    const atOnce = await timed(() => Promise.all(Array.from({ length: conversations }, answer)));
    const oneByOne = await timed(async () => {
      for (let turn = 0; turn < conversations; turn += 1) await answer();
    });
    const speed = compared(`${conversations} conversations, a provider that takes 3 s`, '× real time', {
      'one at a time': [oneByOne / (conversations * ANSWER_MS)],
      'all at once': [oneByOne / atOnce],
    });
    const memory = compared(`${CONVERSATIONS} requests’ clients`, 'KiB a request', {
      'a client for each': [await clientMemory('each')],
      'Signalbox, one shared': [await clientMemory('shared')],
    });
    return [...speed, ...memory];
  },
};

/** One question through the whole model layer, with its limits out of the way. */
function asking(baseUrl: string): () => Promise<unknown> {
  const languageModel = createModels({
    settings: {
      baseUrl,
      api: 'responses',
      requestsPerSecond: 1e6,
      burst: 1e6,
      tokensPerMinute: null,
      concurrency: 1_000,
      maxRetries: 0,
      deadlineMs: 60_000,
      longestQueue: 1_000,
    },
    // Never asked: a process that has its store alone keeps its limits in memory.
    db: undefined as never,
    exclusive: true,
    log: pino({ level: 'silent' }),
  }).languageModel();
  const request = { model: 'slow', messages: [{ role: 'user' as const, content: 'How are you?' }] };
  return () => languageModel.text(request, AbortSignal.timeout(60_000));
}

/** KiB of heap that a request's client keeps, in a process of its own. */
async function clientMemory(how: 'each' | 'shared'): Promise<number> {
  const program = fileURLToPath(new URL('./servers/clients.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    program,
    how,
    String(CONVERSATIONS),
  ]);
  return Number(stdout);
}
