import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { ChatRequest, ChatService, ServiceVersion } from '../../services/chat/index.ts';
import type { TokenUsage } from '../../services/models/index.ts';
import {
  nextLine,
  partnerOf,
  type Scenario,
  type Scenarios,
  scenarioInstructions,
} from '../../services/scenarios/index.ts';
import { type Answer, ask } from '../shadow/asking.ts';
import { type GoldenMessage, type GoldenPattern, type GoldenResult, WATCH_LINES } from './types.ts';

/** Characters of a reply. */
export const LONGEST_REPLY = 20_000;

export interface Stage {
  services: Readonly<Record<ServiceVersion, ChatService>>;
  scenarios: Pick<Scenarios, 'find'>;
  defaultModel: string;
  callMs: number;
  log: Logger;
}

interface Played {
  result: GoldenResult;
  /** A failure that may pass. */
  retryable: boolean;
  usage: TokenUsage;
  calls: number;
}

type Ask = (said: Pick<ChatRequest, 'instructions' | 'history' | 'message'>) => Promise<string>;

/** The conversation broke off. */
class BrokenOff extends Error {
  readonly retryable: boolean;

  constructor(error: string, retryable: boolean) {
    super(error);
    this.retryable = retryable;
  }
}

/**
 * Has a conversation with a service that no session has: each reply becomes part of the past of the next message.
 *
 * @throws The signal's reason.
 */
export async function play(
  pattern: GoldenPattern,
  version: ServiceVersion,
  { services, scenarios, defaultModel, callMs, log }: Stage,
  signal: AbortSignal,
): Promise<Played> {
  const { conversation, scenarioId } = pattern;
  const model = pattern.model ?? defaultModel;
  const sessionId = `golden_${randomUUID()}`;
  const answers: Answer[] = [];
  const replies: string[] = [];
  const history: GoldenMessage[] = [];
  const asked: Ask = async (said) => {
    const request: ChatRequest = { sessionId, model, ...said };
    const answer = await ask(services[version], version, request, {
      signal,
      callMs,
      longest: LONGEST_REPLY,
      log,
    });
    answers.push(answer);
    if (answer.reply === null) throw new BrokenOff(answer.error ?? '', answer.retryable);
    return answer.reply;
  };

  let broken: BrokenOff | null = null;
  try {
    const scenario = scenarioId === null ? null : scenarios.find(scenarioId);
    if (scenarioId !== null && !scenario)
      throw new BrokenOff(`SCENARIO_GONE: no scenario has the id ${scenarioId}`, false);
    if (conversation === 'WATCH' && scenario) await watch(scenario, asked, replies, history);
    else await talk(pattern.messages, scenario, asked, replies, history);
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    broken = error;
  }

  const total = (of: (answer: Answer) => number) => answers.reduce((sum, answer) => sum + of(answer), 0);
  return {
    result: {
      replies,
      history,
      sessionKeys: history.length > 0 ? keysOf(pattern) : [],
      error: broken?.message ?? null,
      meta: { model, durationMs: total(({ durationMs }) => durationMs) },
    },
    retryable: broken?.retryable ?? false,
    usage: {
      inputTokens: total(({ usage }) => usage.inputTokens),
      outputTokens: total(({ usage }) => usage.outputTokens),
    },
    calls: answers.length,
  };
}

async function talk(
  messages: readonly string[],
  scenario: Scenario | null,
  asked: Ask,
  replies: string[],
  history: GoldenMessage[],
): Promise<void> {
  const opening: GoldenMessage[] = scenario ? [{ role: 'assistant', content: scenario.opening }] : [];
  const instructions = scenario ? { instructions: scenarioInstructions(scenario) } : {};
  for (const message of messages) {
    const reply = await asked({ ...instructions, history: [...opening, ...history], message });
    replies.push(reply);
    history.push({ role: 'user', content: message }, { role: 'assistant', content: reply });
  }
}

async function watch(
  scenario: Scenario,
  asked: Ask,
  replies: string[],
  history: GoldenMessage[],
): Promise<void> {
  const say = (name: string, text: string) =>
    history.push({ role: 'assistant', content: `${name}: ${text}` });
  say(partnerOf(scenario).name, scenario.opening);
  while (history.length < WATCH_LINES) {
    const { speaker, ...said } = nextLine(scenario, replies);
    const reply = (await asked(said)).trim();
    replies.push(reply);
    say(speaker.name, reply);
  }
}

/** What a session has behind it that had nothing before. */
function keysOf({ conversation, model }: GoldenPattern): string[] {
  const keys = [`${conversation.toLowerCase()}_history`];
  if (conversation === 'SCENARIO') keys.push('current_scenario');
  if (model !== null && conversation !== 'WATCH') keys.push('chat_model');
  return keys.sort();
}
