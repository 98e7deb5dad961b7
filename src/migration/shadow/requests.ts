import { randomUUID } from 'node:crypto';
import { InvalidInputError, UpstreamError } from '../../errors.ts';
import type { ChatRequest } from '../../services/chat/index.ts';
import {
  type ConversationName,
  LegacyDocumentError,
  LegacySessionsUnavailableError,
  type Message,
} from '../../services/memory/index.ts';
import {
  partnerOf,
  type Scenario,
  type Scenarios,
  scenarioInstructions,
  watchInstructions,
} from '../../services/scenarios/index.ts';
import type { Session } from '../../services/sessions.ts';
import type { ShadowFeature } from './types.ts';

/** Messages of the past that a service gets to read. */
const HISTORY = 50;

/** What was said in a conversation of a session, oldest first. */
export type History = (
  sessionId: string,
  conversation: ConversationName,
  last: number,
  signal: AbortSignal,
) => Promise<readonly Message[]>;

interface Needs {
  scenarios: Pick<Scenarios, 'find'>;
  history: History;
  defaultModel: string;
}

type Said = ChatRequest['history'][number];

/**
 * What the session's next message would ask its service.
 *
 * @throws {InvalidInputError} The feature needs a scenario, and the session has none.
 * @throws {UpstreamError} The conversation cannot be read.
 */
export async function requestOf(
  session: Session,
  feature: ShadowFeature,
  message: string,
  model: string | null | undefined,
  { scenarios, history, defaultModel }: Needs,
  signal: AbortSignal,
): Promise<ChatRequest> {
  const scenario = feature === 'CHAT' ? null : scenarioOf(session, scenarios);
  const conversation = feature === 'SCENARIO' && scenario ? (`SCENARIO:${scenario.id}` as const) : feature;
  const messages = await history(session.id, conversation, HISTORY, signal).catch((error: unknown) => {
    if (error instanceof LegacySessionsUnavailableError || error instanceof LegacyDocumentError)
      throw new UpstreamError('sessions', error.message, error.retryable, { cause: error });
    throw error;
  });
  return {
    sessionId: session.id,
    model: model ?? session.chatModel ?? defaultModel,
    message,
    ...(scenario ? played(feature, scenario, messages) : { history: messages.flatMap(past) }),
  };
}

/**
 * The same request in the name of nobody: a service that keeps sessions of its own would enter the message into the
 * user's conversation a second time.
 */
export const anonymous = (request: ChatRequest): ChatRequest => ({
  ...request,
  sessionId: `shadow_${randomUUID()}`,
});

/** A copy that no later change of the conversation reaches. */
export const snapshot = (request: ChatRequest): ChatRequest => ({
  ...request,
  history: request.history.map(({ role, content }) => ({ role, content })),
});

function played(feature: ShadowFeature, scenario: Scenario, messages: readonly Message[]) {
  const opening: Said = { role: 'assistant', content: scenario.opening };
  if (feature === 'SCENARIO')
    return {
      instructions: scenarioInstructions(scenario),
      history: [...(messages.length < HISTORY ? [opening] : []), ...messages.flatMap(past)],
    };
  // The message is the other persona's; the partner answers it.
  const partner = partnerOf(scenario);
  const lines = messages.flatMap(({ content }) => spoken(scenario, content));
  return {
    instructions: watchInstructions(scenario, scenario.personas[0] === partner ? 0 : 1),
    history: lines.length > 0 ? lines : [opening],
  };
}

/** A line of a watch as the partner lived through it; one of another scenario's personas is not its own. */
function spoken(scenario: Scenario, line: string): Said[] {
  const speaker = scenario.personas.find(({ name }) => line.startsWith(`${name}: `));
  if (!speaker) return [];
  const role = speaker === partnerOf(scenario) ? 'assistant' : 'user';
  return [{ role, content: line.slice(speaker.name.length + 2) }];
}

const past = ({ role, content }: Message): Said[] =>
  role === 'SYSTEM' ? [] : [{ role: role === 'USER' ? 'user' : 'assistant', content }];

function scenarioOf({ currentScenario }: Session, scenarios: Needs['scenarios']): Scenario {
  const scenario = currentScenario === null ? null : scenarios.find(currentScenario);
  if (scenario) return scenario;
  const message =
    currentScenario === null
      ? 'needs a scenario: choose one with updateSession(currentScenario)'
      : `the session’s scenario ${JSON.stringify(currentScenario)} is not among the scenarios`;
  throw new InvalidInputError([{ path: 'input.feature', message }]);
}
