import type { ServiceVersion } from '../../services/chat/index.ts';
import type { ConversationKind } from '../../services/memory/index.ts';
import type { Json } from '../comparing/index.ts';

/** A conversation that is had with a service. */
export interface GoldenPattern {
  /** Of its suite, once. */
  name: string;
  conversation: ConversationKind;
  /** What the user says; nothing where two personas are watched. */
  messages: readonly string[];
  /** Null: the one that the gateway is configured with. */
  model: string | null;
  /** Of a SCENARIO or WATCH; null of a CHAT. */
  scenarioId: string | null;
}

export interface GoldenMessage {
  role: 'user' | 'assistant';
  content: string;
}

/** What came of it. */
export interface GoldenResult {
  /** Of the service, in their order. */
  replies: readonly string[];
  /** As a session keeps it. */
  history: readonly GoldenMessage[];
  /** What the conversation leaves in a session, by the legacy application's names, sorted. */
  sessionKeys: readonly string[];
  /** Why it broke off; null where it did not. */
  error: string | null;
  /** Not compared. */
  meta: { model: string; durationMs: number };
}

export interface GoldenCase {
  pattern: GoldenPattern;
  result: GoldenResult;
}

/** A suite without its cases. */
export interface GoldenSuiteSummary {
  name: string;
  service: ServiceVersion;
  recordedAt: Date;
  /** How many. */
  cases: number;
}

/** What a service answered once, and shall answer again. */
export interface GoldenSuite extends Omit<GoldenSuiteSummary, 'cases'> {
  cases: readonly GoldenCase[];
}

export interface GoldenRegression {
  /** Name of the pattern; `*` of what concerns the whole suite. */
  case: string;
  /** As `replies[0]`. */
  path: string;
  /** Null also where there is none. */
  expected: Json;
  actual: Json;
}

export interface GoldenLimits {
  /** A service that has not answered whole by then has failed. */
  callMs: number;
  /** A recording that takes longer is given up. */
  recordMs: number;
  /** Patterns of one recording that are played at a time. */
  recordAtOnce: number;
  /** Replies that one run may ask for. */
  calls: number;
  /** Runs of one owner that are not over. */
  runsPerOwner: number;
}

export const LIMITS: GoldenLimits = {
  callMs: 60_000,
  recordMs: 300_000,
  recordAtOnce: 4,
  calls: 1_000,
  runsPerOwner: 10,
};

/** Lines of a watch, the opening among them. */
export const WATCH_LINES = 4;

/** Replies that a pattern asks for. */
export const callsOf = ({ conversation, messages }: GoldenPattern): number =>
  conversation === 'WATCH' ? WATCH_LINES - 1 : messages.length;
