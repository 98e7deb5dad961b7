import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Shadow, type ShadowNeeds } from '../../../src/migration/shadow/index.ts';
import type { ChatService } from '../../../src/services/chat/index.ts';
import { ConversationMemory } from '../../../src/services/memory/index.ts';
import { Scenarios } from '../../../src/services/scenarios/index.ts';
import { Sessions } from '../../../src/services/sessions.ts';
import type { Store } from '../../../src/store/index.ts';
import { OWNER, startEngine } from '../../jobs/engine.ts';
import { silent, type TestDatabase } from '../../support/stores.ts';
import { route, ScriptedChat, says, type World } from '../routing/services.ts';

export const viewer = { owner: OWNER };
export const noon = new Date('2026-03-01T12:00:00Z');
export const scenarios = new Scenarios();

export interface TestShadow extends AsyncDisposable {
  shadow: Shadow;
  /** The router in front of the same services, whose live traffic is looked at. */
  traffic: World;
  store: Store;
  sessions: Sessions;
  memory: ConversationMemory;
  /** Of the log, from `info` upwards. */
  lines: { level: number; msg: string; [fact: string]: unknown }[];
  time: { now: Date };
  openSession(settings?: Parameters<Sessions['create']>[1]): Promise<string>;
}

interface Settings extends Partial<Pick<ShadowNeeds, 'limits' | 'history'>> {
  legacy?: ChatService;
  candidate?: ChatService;
  /** The service that live traffic gets. */
  version?: 'LEGACY' | 'NEW';
  isSampled?: (feature: string, sessionId: string) => boolean;
  drops?: boolean;
}

/** Shadow tests of one process, over real sessions and a real router. */
export async function startShadow(database: TestDatabase, settings: Settings = {}): Promise<TestShadow> {
  const { legacy = new ScriptedChat(says('old')), candidate = new ScriptedChat(says('new')) } = settings;
  const { version = 'LEGACY', isSampled = () => true, drops = true } = settings;
  const engine = await startEngine(database, {}, { works: false, drops });
  const { store, jobs } = engine;
  const time = { now: noon };
  const lines: TestShadow['lines'] = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const ttlSeconds = 3_600;
  const now = () => time.now;
  const memory = new ConversationMemory({
    db: store.db,
    legacy: null,
    ttlSeconds,
    now,
    log: silent,
    chooses: async () => 'NEW',
  });
  const sessions = new Sessions({ db: store.db, jobs, ttlSeconds, memory, now, log: silent });
  const services = { LEGACY: legacy, NEW: candidate };
  const traffic = route(services, { version });
  const shadow = new Shadow({
    store,
    services,
    sessions,
    scenarios,
    history: (sessionId, conversation, last, signal) => memory.recent(sessionId, conversation, last, signal),
    defaultModel: 'model-a',
    live: { router: traffic.router, isSampled },
    now,
    log,
    ...settings,
  });
  await shadow.start();
  return {
    shadow,
    traffic,
    store,
    sessions,
    memory,
    lines,
    time,
    openSession: async (more = {}) => (await sessions.create(viewer, more)).id,
    async [Symbol.asyncDispose]() {
      await shadow.stop();
      await engine[Symbol.asyncDispose]();
    },
  };
}

/** Enters what was said into a conversation. */
export const remember = (
  { store, memory }: TestShadow,
  sessionId: string,
  conversation: Parameters<ConversationMemory['append']>[2],
  ...said: [role: 'USER' | 'ASSISTANT', content: string][]
): Promise<void> =>
  store.db.transaction().execute((trx) =>
    memory.append(
      trx,
      sessionId,
      conversation,
      randomUUID(),
      said.map(([role, content]) => ({ role, content, servedBy: null })),
    ),
  );

export const patient = (): AbortSignal => new AbortController().signal;
