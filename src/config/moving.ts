import { z } from 'zod';
import { decimal, httpUrl, integer, type Setting } from './values.ts';

const flag = z.enum(['true', 'false'], { error: 'true or false' }).transform((value) => value === 'true');

const switchMeaning = (what: string) =>
  `\`false\` keeps every session of this process from ${what}, whatever the flag says; \`true\` gives it to every session, unless the feature was rolled back.`;

const FEATURES = ['UTILS', 'LLM', 'SESSION', 'CHAT', 'SCENARIO', 'WATCH'] as const;

const features = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim().toUpperCase()))
  .pipe(
    z.array(z.enum(FEATURES, { error: `of ${FEATURES.join(', ').toLowerCase()}, with commas between them` })),
  );

const shares = z
  .string()
  .regex(
    /^(chat|scenario|watch)=(100|\d{1,2})(\.\d+)?(,(chat|scenario|watch)=(100|\d{1,2})(\.\d+)?)*$/i,
    'shares from 0 to 100 of chat, scenario and watch, as `chat=1,scenario=5`',
  )
  .transform((text) => text.split(',').map((pair) => pair.split('=') as [string, string]))
  .transform(
    (pairs) =>
      Object.fromEntries(
        pairs.map(([name, share]) => [name.toUpperCase(), Math.min(100, Number(share))]),
      ) as {
        [Feature in 'CHAT' | 'SCENARIO' | 'WATCH']?: number;
      },
  );

/** Which sessions the successor serves, and who watches over it. */
export const moving = {
  USE_NEW_UTILS: {
    schema: flag,
    default: undefined,
    meaning: switchMeaning('the schema’s own checks and formats'),
  },
  USE_NEW_LLM: { schema: flag, default: undefined, meaning: switchMeaning('the shared model client') },
  USE_NEW_SESSION: {
    schema: flag,
    default: undefined,
    meaning: switchMeaning('the gateway’s own session memory'),
  },
  USE_NEW_CHAT: { schema: flag, default: undefined, meaning: switchMeaning('the new chat service') },
  USE_NEW_SCENARIO: {
    schema: flag,
    default: undefined,
    meaning: switchMeaning('the new chat service, in scenarios'),
  },
  USE_NEW_WATCH: {
    schema: flag,
    default: undefined,
    meaning: switchMeaning('the new chat service, in watching'),
  },
  UNLEASH_URL: {
    schema: httpUrl,
    default: undefined,
    meaning: 'An Unleash server that holds the feature flags. Without it they are rows of our own table.',
  },
  UNLEASH_API_TOKEN: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'A backend token of UNLEASH_URL, to read flags with.',
  },
  UNLEASH_ADMIN_TOKEN: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'A token of UNLEASH_URL’s Admin API, to change flags with. Without it changes are refused.',
  },
  UNLEASH_ENVIRONMENT: {
    schema: z.string().min(1).max(100),
    default: 'development',
    meaning: 'The environment of UNLEASH_URL whose flags are meant.',
  },
  UNLEASH_PROJECT: {
    schema: z.string().min(1).max(100),
    default: 'default',
    meaning: 'The project of UNLEASH_URL that holds the flags.',
  },
  MD5_ROLLOUT: {
    schema: features,
    default: undefined,
    meaning:
      'Features whose sessions are divided as the legacy system did, md5(session) % 100 < share: as `chat,scenario`. The others use Unleash’s own division.',
  },
  ALERT_WEBHOOK_URL: {
    schema: httpUrl,
    default: undefined,
    meaning: 'Is told of every rollback: JSON by POST, with a `text` that chats can show.',
  },
  SLOW_CALL_SECONDS: {
    schema: decimal('a number above 0'),
    default: '1',
    meaning: 'A reply of the new service that takes longer is warned of.',
  },
  BREAKER_FAILURES: {
    schema: integer(1, 1_000),
    default: '5',
    meaning: 'Failures in a row after which the new service is not tried for a while.',
  },
  BREAKER_PAUSE_SECONDS: {
    schema: decimal('a number above 0'),
    default: '10',
    meaning: 'For how long at first; twice as long after each try that failed, up to five minutes.',
  },
  SHADOW_SAMPLE_PERCENT: {
    schema: shares,
    default: undefined,
    meaning:
      'Sessions whose replies are compared with what the other service would have said, in percent of all: as `chat=1,scenario=5,watch=0`. Behind the users’ backs, and at the cost of the second call.',
  },
  ROLLOUT_LOOK_SECONDS: {
    schema: decimal('a number above 0'),
    default: '10',
    meaning: 'How often a rollout looks at how the new service does.',
  },
} as const satisfies Record<string, Setting>;
