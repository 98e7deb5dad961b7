import { z } from 'zod';
import { decimal, httpUrl, integer, oneOf, type Setting } from './values.ts';

/** The provider of models, and which of them serve what. */
export const models = {
  OPENAI_API_KEY: {
    schema: z.string().min(1),
    default: undefined,
    meaning:
      'Key of the model provider. Without it and without OPENAI_BASE_URL there is no model but the built-in ones.',
  },
  OPENAI_BASE_URL: {
    schema: httpUrl,
    default: undefined,
    meaning:
      'Any server that speaks OpenAI’s API, with its version: https://…/v1, or https://…/openai/v1 at Azure. OpenAI’s own where there is only a key.',
  },
  OPENAI_API: {
    schema: oneOf('auto', 'responses', 'chat'),
    default: 'auto',
    meaning:
      'How models are asked: the Responses API, Chat Completions, or whichever the provider turns out to know.',
  },
  OPENAI_RATE_LIMIT_REQUESTS_PER_SECOND: {
    schema: decimal('a number above 0'),
    default: '10',
    meaning:
      'Calls to the provider that may follow each other for ever, by all processes together; 0.05 is three a minute.',
  },
  OPENAI_RATE_LIMIT_BURST: {
    schema: integer(1, 100_000),
    default: '10',
    meaning: 'Calls at once after a quiet time.',
  },
  OPENAI_RATE_LIMIT_TOKENS_PER_MINUTE: {
    schema: integer(1, 1_000_000_000),
    default: undefined,
    meaning:
      'Tokens in and out, reserved before each call and settled after it. Without it they are not limited.',
  },
  OPENAI_CONCURRENCY: {
    schema: integer(1, 10_000),
    default: '100',
    meaning: 'Calls under way at a time, of all processes together.',
  },
  OPENAI_MAX_RETRIES: {
    schema: integer(0, 20),
    default: '3',
    meaning: 'Tries after the first, on lost connections, 408, 409, 429 and 5xx. Retry-After is honoured.',
  },
  OPENAI_TIMEOUT_SECONDS: {
    schema: integer(1, 86_400),
    default: '600',
    meaning: 'For one call as a whole: waiting for its turn, trying, and waiting again.',
  },
  OPENAI_WEBHOOK_SECRET: {
    schema: z.string().min(1),
    default: undefined,
    meaning:
      'Signing secret of the webhook that the provider sends to /webhooks/openai. Without it there is no such path.',
  },
  MODEL_ANALYSIS: {
    schema: z.string().min(1),
    default: 'gpt-4o-mini',
    meaning: 'Model of analyses, where there is a provider; `builtin` is always there too.',
  },
  MODEL_CHAT: {
    schema: z.string().min(1),
    default: 'gpt-4o-mini',
    meaning: 'Model of conversations whose session has chosen none, where there is a provider; else `echo`.',
  },
  MODEL_REASONING: {
    schema: z.string().min(1),
    default: 'o3-pro',
    meaning: 'Model of background tasks, where there is a provider; else `echo`.',
  },
  SCENARIOS_DIR: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'Folder of scenarios (YAML) beside those that come with the gateway.',
  },
} as const satisfies Record<string, Setting>;
