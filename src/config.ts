import { z } from 'zod';

/** A wrong value in the environment: says which, what it is, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const SECRET = /TOKEN|KEY|SECRET|URL/;

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `an integer from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `an integer from ${min} to ${max}`);

const decimal = (rule: string) =>
  z
    .string()
    .transform(Number)
    .refine((value) => Number.isFinite(value) && value > 0, rule);

const httpUrl = z.string().regex(/^https?:\/\/[^\s]+$/, 'a URL that begins with http:// or https://');

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'a URL that begins with postgres://');

const tokens = z
  .string()
  .transform((text) => text.split(',').map((pair) => pair.trim()))
  .refine(
    (pairs) => pairs.every((pair) => /^[^=\s]+=[^=\s]{16,}$/.test(pair)),
    'owner=token pairs with commas between them, tokens of 16 characters or more',
  )
  .transform(
    (pairs) => new Map(pairs.map((pair) => pair.split('=').reverse() as [token: string, owner: string])),
  );

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (all) => all.every((origin) => /^https?:\/\/[^/\s]+$/.test(origin)),
    'origins like https://app.example.com with commas between them',
  );

const oneOf = <const Values extends [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `one of ${values.join(', ')}` });

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

/** `name=value` with commas between them. */
const pairs = z
  .string()
  .regex(/^[a-z]+=[^,=]*(,[a-z]+=[^,=]*)*$/, 'name=value pairs with commas between them')
  .transform(
    (text) => Object.fromEntries(text.split(',').map((pair) => pair.split('='))) as Record<string, string>,
  );

/** Every name that the gateway reads, with what it means; `docs/configuration.md` is printed from here. */
export const SETTINGS = {
  HOST: { schema: z.string().min(1), default: '127.0.0.1', meaning: 'Address to listen on.' },
  PORT: { schema: integer(0, 65_535), default: '4000', meaning: 'Port to listen on; 0 takes a free one.' },
  DATA_DIR: {
    schema: z.string().min(1),
    default: './.signalbox',
    meaning: 'Folder of the embedded database and of uploaded files.',
  },
  DATABASE_URL: {
    schema: postgresUrl,
    default: undefined,
    meaning: 'A Postgres server. Without it the gateway runs its own, embedded, in DATA_DIR.',
  },
  DATABASE_BACKEND: {
    schema: oneOf('postgres', 'citus', 'cockroachdb', 'yugabytedb'),
    default: 'postgres',
    meaning: 'What DATABASE_URL leads to.',
  },
  DATABASE_CONNECTIONS: {
    schema: integer(2, 1_000),
    default: '10',
    meaning: 'Connections of one process to DATABASE_URL.',
  },
  ROLE: {
    schema: oneOf('all', 'gateway', 'worker'),
    default: 'all',
    meaning:
      'Whether this process answers clients (gateway), runs jobs (worker), or both. The embedded database needs both.',
  },
  PROBE_PORT: {
    schema: integer(0, 65_535),
    default: undefined,
    meaning:
      'Where a process with ROLE=worker answers `/health`, `/health/live` and `/metrics`, on HOST; 0 takes a free port. Without it it listens nowhere.',
  },
  AUTH_TOKENS: {
    schema: tokens,
    default: undefined,
    meaning:
      'Who may call: owner=token pairs with commas between them. Each owner sees only what is theirs. Without it every caller is the owner `local`.',
  },
  ALLOWED_ORIGINS: {
    schema: origins,
    default: undefined,
    meaning: 'Origins of web pages that may call, beside the gateway’s own; with commas between them.',
  },
  ALLOWED_HOSTS: {
    schema: z.string().transform((text) => text.split(',').map((host) => host.trim())),
    default: undefined,
    meaning:
      'Names under which the gateway may be called, with commas between them. On a loopback HOST only localhost’s are answered without it, which keeps web pages from reaching the gateway through a name of their own.',
  },
  MAX_CONNECTIONS: {
    schema: integer(1, 1_000_000),
    default: '20000',
    meaning:
      'WebSockets of this process; the next one is refused with 503. Its file descriptors have to suffice.',
  },
  MAX_CONNECTIONS_PER_OWNER: {
    schema: integer(1, 1_000_000),
    default: '1000',
    meaning:
      'WebSockets and event streams of one owner in this process. Without AUTH_TOKENS all callers are one owner.',
  },
  MAX_SUBSCRIPTIONS_PER_CONNECTION: {
    schema: integer(1, 10_000),
    default: '100',
    meaning: 'Operations that run on one WebSocket at a time.',
  },
  CLIENT_STALL_SECONDS: {
    schema: integer(1, 3_600),
    default: '30',
    meaning:
      'A client that takes nothing of what it is sent for so long is closed, to resume. Shorter frees memory earlier, longer spares slow networks.',
  },
  CLIENT_IDLE_SECONDS: {
    schema: integer(1, 604_800),
    default: '600',
    meaning: 'A WebSocket on which nothing has run for so long is closed.',
  },
  SESSION_TTL_SECONDS: {
    schema: integer(1, 31_536_000),
    default: '3600',
    meaning: 'How long a session lives after its last use.',
  },
  MAX_UPLOAD_BYTES: {
    schema: integer(1_024, 10_737_418_240),
    default: '104857600',
    meaning: 'Bytes of one uploaded file.',
  },
  ANALYSES_AT_ONCE: {
    schema: integer(1, 256),
    default: '4',
    meaning: 'Analyses that one process runs at a time; each may need a sandbox of 1 GiB.',
  },
  S3_BUCKET: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'Bucket for uploaded files, instead of DATA_DIR. Credentials as the AWS SDK finds them.',
  },
  S3_REGION: { schema: z.string().min(1), default: 'us-east-1', meaning: 'Region of S3_BUCKET.' },
  S3_ENDPOINT: {
    schema: httpUrl,
    default: undefined,
    meaning: 'A server that speaks S3, where S3_BUCKET is not at AWS.',
  },
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
  LEGACY_CHAT_URL: {
    schema: httpUrl,
    default: undefined,
    meaning:
      'The chat service that is being replaced: JSON is posted there. Without it the legacy service is played in this process, by Chat Completions in one piece.',
  },
  LEGACY_CHAT_FIELDS: {
    schema: pairs,
    default: undefined,
    meaning:
      'Names of that service’s fields, as `message=text,session=sid,history=,reply=data.answer`: of `message`, `session`, `history`, `model`, `instructions`, `reply` and `piece`. An empty name leaves the field out.',
  },
  LEGACY_CHAT_AUTHORIZATION_KEY: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'Sent to that service as `Authorization`, whole: `Bearer …`.',
  },
  LEGACY_CHAT_TIMEOUT_SECONDS: {
    schema: integer(1, 3_600),
    default: '60',
    meaning: 'For one reply of that service as a whole.',
  },
  LEGACY_SESSION_URL: {
    schema: z
      .string()
      .regex(/^(rediss?|file):\/\//, 'a URL that begins with redis://, rediss:// or file:///'),
    default: undefined,
    meaning:
      'Where the legacy application (Flask-Session) keeps its sessions, to share them while the move is under way: Redis, or the folder of SESSION_FILE_DIR.',
  },
  LEGACY_SESSION_PREFIX: {
    schema: z.string().min(1).max(100),
    default: 'workplace_roleplay:',
    meaning: 'Its SESSION_KEY_PREFIX.',
  },
  LEGACY_SESSION_FORMAT: {
    schema: oneOf('msgpack', 'json', 'pickle'),
    default: 'msgpack',
    meaning: 'Its SESSION_SERIALIZATION_FORMAT, in Redis. Files are always pickles.',
  },
  SCENARIOS_DIR: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'Folder of scenarios (YAML) beside those that come with the gateway.',
  },
  LEGACY_METRICS_URL: {
    schema: httpUrl,
    default: undefined,
    meaning:
      'Where the legacy service tells Prometheus its `app_memory_usage_bytes` (or `process_resident_memory_bytes`), to compare memory. Without it the two services’ memory cannot be told apart.',
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
  ALERT_WEBHOOK_URL: {
    schema: httpUrl,
    default: undefined,
    meaning: 'Is told of every rollback: JSON by POST, with a `text` that chats can show.',
  },
  MD5_ROLLOUT: {
    schema: features,
    default: undefined,
    meaning:
      'Features whose sessions are divided as the legacy system did, md5(session) % 100 < share: as `chat,scenario`. The others use Unleash’s own division.',
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
  JOB_RETENTION_SECONDS: {
    schema: integer(60, 315_360_000),
    default: '2592000',
    meaning: 'How long a job that is over is kept, with its log and answer.',
  },
  LOG_LEVEL: {
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    meaning: 'The least severe messages that are logged.',
  },
} as const satisfies Record<string, { schema: z.ZodType; default: string | undefined; meaning: string }>;

export type Config = {
  [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['default'] extends string
    ? z.output<(typeof SETTINGS)[Name]['schema']>
    : z.output<(typeof SETTINGS)[Name]['schema']> | undefined;
};

/**
 * Reads the environment. An empty value is an absent one.
 *
 * @throws {ConfigError} Names every wrong value; those that may hold a secret are not repeated.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const wrong: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]) => {
    const value = environment[name] || setting.default;
    if (value === undefined) return [name, undefined];

    const result = (setting.schema as z.ZodType).safeParse(value);
    if (result.success) return [name, result.data];
    const allowed = result.error.issues[0]?.message ?? 'another value';
    wrong.push(`${name}=${SECRET.test(name) ? '…' : value}: must be ${allowed}.`);
    return [name, undefined];
  });
  const config = Object.fromEntries(entries) as Config;
  if (wrong.length === 0 && !config.DATABASE_URL && config.ROLE !== 'all')
    wrong.push(
      `ROLE=${config.ROLE}: must be all, because the embedded database has one process. Set DATABASE_URL.`,
    );
  if (wrong.length === 0 && config.UNLEASH_URL && !config.UNLEASH_API_TOKEN)
    wrong.push('UNLEASH_API_TOKEN: must be set beside UNLEASH_URL.');
  if (wrong.length > 0) throw new ConfigError(`The configuration is wrong.\n  ${wrong.join('\n  ')}`);
  return config;
}
