import type { InputCheck } from '../../services/input.ts';
import type { ConversationKind } from '../../services/memory/index.ts';
import type { Scenarios } from '../../services/scenarios/index.ts';
import type { GoldenPattern } from './types.ts';

export const LONGEST_NAME = 100;
export const MOST_PATTERNS = 50;
export const MOST_MESSAGES = 20;
export const LONGEST_MESSAGE = 4_000;
export const LONGEST_MODEL = 200;

const SCENARIO = 'ja-one-on-one';

/** As a client may write one. */
export interface PatternInput {
  name: string;
  conversation?: ConversationKind | undefined;
  messages: readonly string[];
  model?: string | null | undefined;
  scenarioId?: string | null | undefined;
}

/**
 * The legacy system's own patterns, and one for each other kind of conversation.
 *
 * @param otherModel One that the user switches to.
 */
export const defaultPatterns = (otherModel: string): GoldenPattern[] => [
  chat('simple_greeting', ['こんにちは']),
  chat('multi_turn_conversation', ['こんにちは', '今日の天気はどうですか？', 'ありがとう']),
  { ...chat('model_switching', ['テスト']), model: otherModel },
  {
    name: 'scenario_conversation',
    conversation: 'SCENARIO',
    messages: [
      'お疲れさま。最近、少し元気がないように見えます。',
      '大丈夫と言うけれど、今いちばん時間がかかっているのは何ですか？',
    ],
    model: null,
    scenarioId: SCENARIO,
  },
  { name: 'watch_conversation', conversation: 'WATCH', messages: [], model: null, scenarioId: SCENARIO },
];

const chat = (name: string, messages: readonly string[]): GoldenPattern => ({
  name,
  conversation: 'CHAT',
  messages,
  model: null,
  scenarioId: null,
});

/** Notes everything that is wrong with patterns, and gives them with every default filled in. */
export function checkPatterns(
  check: InputCheck,
  patterns: readonly PatternInput[],
  scenarios: Pick<Scenarios, 'find'>,
): GoldenPattern[] {
  check.require(
    patterns.length >= 1 && patterns.length <= MOST_PATTERNS,
    'patterns',
    `must be 1 to ${MOST_PATTERNS} patterns; there are ${patterns.length}`,
  );
  const names = new Set<string>();
  return patterns.slice(0, MOST_PATTERNS).map((input, place) => {
    const { name, conversation = 'CHAT', messages, model = null, scenarioId = null } = input;
    const at = `patterns[${place}]`;
    const fresh = !names.has(name);
    names.add(name);
    const most = conversation === 'WATCH' ? 0 : MOST_MESSAGES;
    const least = conversation === 'WATCH' ? 0 : 1;
    check
      .text(`${at}.name`, name, LONGEST_NAME)
      .require(fresh, `${at}.name`, 'is another pattern’s name already')
      .text(`${at}.model`, model, LONGEST_MODEL)
      .require(
        messages.length >= least && messages.length <= most,
        `${at}.messages`,
        conversation === 'WATCH'
          ? 'must be empty: in a watch only the personas talk'
          : `must be 1 to ${MOST_MESSAGES} messages; there are ${messages.length}`,
      );
    for (const [turn, message] of messages.slice(0, MOST_MESSAGES).entries())
      check.text(`${at}.messages[${turn}]`, message, LONGEST_MESSAGE);
    if (conversation === 'CHAT')
      check.require(scenarioId === null, `${at}.scenarioId`, 'must be absent: a CHAT has no scenario');
    else
      check.require(
        scenarioId !== null && scenarios.find(scenarioId) !== null,
        `${at}.scenarioId`,
        'must be the id of a scenario',
      );
    return { name, conversation, messages: [...messages], model, scenarioId };
  });
}
