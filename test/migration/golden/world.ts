import { Golden, type GoldenNeeds, goldenRunKind } from '../../../src/migration/golden/index.ts';
import type { GoldenRunInput } from '../../../src/migration/golden/run.ts';
import type { ChatRequest, ChatService } from '../../../src/services/chat/index.ts';
import { Scenarios } from '../../../src/services/scenarios/index.ts';
import { OWNER, startEngine, type TestEngine } from '../../jobs/engine.ts';
import { silent, type TestDatabase } from '../../support/stores.ts';

export const viewer = { owner: OWNER };
export const noon = new Date('2026-03-01T12:00:00.000Z');
export const scenarios = new Scenarios();
export const patient = (): AbortSignal => new AbortController().signal;

/** A deterministic service: its words come from what it is asked, and it can be told to change them. */
export class Parrot implements ChatService {
  readonly asked: ChatRequest[] = [];
  readonly #word: (request: ChatRequest, call: number) => string;

  constructor(word: (request: ChatRequest, call: number) => string = repeat) {
    this.#word = word;
  }

  async *reply(request: ChatRequest, signal: AbortSignal) {
    signal.throwIfAborted();
    this.asked.push(request);
    yield { text: this.#word(request, this.asked.length) };
    yield { usage: { inputTokens: 3, outputTokens: 2 } };
  }
}

export const repeat = ({ message, history }: ChatRequest): string =>
  `${history.length} before: ${message.slice(0, 20)}`;

export interface TestGolden extends AsyncDisposable {
  golden: Golden;
  engine: TestEngine;
  time: { now: Date };
}

export async function startGolden(
  database: TestDatabase,
  settings: {
    legacy?: ChatService;
    candidate?: ChatService;
    limits?: GoldenNeeds['limits'];
    callMs?: number;
  } = {},
): Promise<TestGolden> {
  const { legacy = new Parrot(), candidate = new Parrot(), limits = {}, callMs = 5_000 } = settings;
  const services = { LEGACY: legacy, NEW: candidate };
  const time = { now: noon };
  const stage = { services, scenarios, defaultModel: 'model-a', log: silent };
  // The store opens inside, and the kind asks for it only when it works.
  const kinds: ReturnType<typeof goldenRunKind>[] = [];
  const late = {
    kind: 'GOLDEN_RUN',
    concurrency: 2,
    timeoutMs: 60_000,
    work: (run: Parameters<ReturnType<typeof goldenRunKind>['work']>[0]) => kinds[0]!.work(run),
  };
  const engine = await startEngine(database, {}, { kinds: [late] });
  const { db } = engine.store;
  kinds.push(goldenRunKind({ ...stage, db, callMs }));
  const golden = new Golden({
    ...stage,
    db,
    jobs: engine.jobs,
    otherModel: 'model-b',
    now: () => time.now,
    limits: { callMs, ...limits },
  });
  return { golden, engine, time, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

/** Runs a suite to its end. */
export async function verify(
  { golden, engine }: TestGolden,
  name: string,
  repeats: GoldenRunInput['repeats'] = 1,
  service: GoldenRunInput['service'] = 'NEW',
) {
  const started = await golden.start(viewer, { name, service, repeats });
  const job = await engine.finished(started.id);
  const [regressions = []] = await golden.regressions([job]);
  return { job, regressions };
}
