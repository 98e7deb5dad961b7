import { pino } from 'pino';
import type { Decision } from '../../../src/migration/flags/index.ts';
import { type RouterNeeds, type ServiceCall, TrafficRouter } from '../../../src/migration/routing/index.ts';
import type {
  ChatPiece,
  ChatRequest,
  ChatService,
  ReplyEvent,
  ServiceVersion,
} from '../../../src/services/chat/types.ts';
import type { CallTime } from '../../../src/services/models/index.ts';

export const request: ChatRequest = {
  sessionId: 'session_1',
  history: [],
  message: 'Hello',
  model: 'model-a',
};

/** A chat service that behaves, or misbehaves, call by call; the last behaviour stays. */
export class ScriptedChat implements ChatService {
  readonly signals: AbortSignal[] = [];
  deadlineMs: number | undefined;
  readonly #behaviours: readonly Behaviour[];

  constructor(...behaviours: [Behaviour, ...Behaviour[]]) {
    this.#behaviours = behaviours;
  }

  get calls(): number {
    return this.signals.length;
  }

  reply(asked: ChatRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ChatPiece> {
    const behaviour = this.#behaviours[Math.min(this.calls, this.#behaviours.length - 1)];
    this.signals.push(signal);
    return behaviour!(asked, signal, time);
  }
}

export type Behaviour = (
  request: ChatRequest,
  signal: AbortSignal,
  time?: CallTime,
) => AsyncIterable<ChatPiece>;

const usage = { usage: { inputTokens: 11, outputTokens: 7 } };

export const says = (...pieces: string[]): Behaviour =>
  async function* () {
    for (const text of pieces) yield { text };
    yield usage;
  };

export const fails = (error: Error, ...pieces: string[]): Behaviour =>
  async function* () {
    for (const text of pieces) yield { text };
    throw error;
  };

/** Says its pieces, and then nothing until it is told to stop. */
export const falls = (...pieces: string[]): Behaviour =>
  async function* (_, signal) {
    for (const text of pieces) yield { text };
    await new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };

/** The same, and does not even hear that it shall stop. */
export const deaf = (...pieces: string[]): Behaviour =>
  async function* () {
    for (const text of pieces) yield { text };
    await new Promise(() => {});
  };

export const down = new Error('the connection was refused');

export interface World {
  router: TrafficRouter;
  calls: ServiceCall[];
  /** Lines of the log from `warn` upwards. */
  lines: string[];
  /** A moment of the router's clock, in ms. */
  time: { now: number };
}

/** A router in front of two services; all sessions get the new one unless the flags say otherwise. */
export function route(
  services: Record<ServiceVersion, ChatService>,
  { version = 'NEW', ...more }: Partial<RouterNeeds> & { version?: ServiceVersion } = {},
): World {
  const calls: ServiceCall[] = [];
  const lines: string[] = [];
  const time = { now: 1_000 };
  const decision: Decision = { version, reason: 'CHAT is on for all sessions.', source: 'LOCAL' };
  const router = new TrafficRouter({
    flags: { decide: () => decision, shareOf: () => 0.25 },
    services,
    calls: { record: (call) => void calls.push(call) },
    now: () => new Date('2026-03-01T12:00:00Z'),
    clock: () => time.now,
    log: pino({ level: 'warn' }, { write: (line) => lines.push(line) }),
    ...more,
  });
  return { router, calls, lines, time };
}

/** Everything that a caller hears; the failure last, where there is one. */
export async function hear(
  { router }: Pick<World, 'router'>,
  asked: Partial<ChatRequest> = {},
  signal = new AbortController().signal,
): Promise<(ReplyEvent | { thrown: unknown })[]> {
  const heard: (ReplyEvent | { thrown: unknown })[] = [];
  try {
    for await (const event of router.reply('CHAT', { ...request, ...asked }, signal)) heard.push(event);
  } catch (thrown) {
    heard.push({ thrown });
  }
  return heard;
}
