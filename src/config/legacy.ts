import { z } from 'zod';
import { httpUrl, integer, oneOf, type Setting } from './values.ts';

/** `name=value` with commas between them. */
const pairs = z
  .string()
  .regex(/^[a-z]+=[^,=]*(,[a-z]+=[^,=]*)*$/, 'name=value pairs with commas between them')
  .transform(
    (text) => Object.fromEntries(text.split(',').map((pair) => pair.split('='))) as Record<string, string>,
  );

/** The application that is being replaced: its chat service, its sessions, its memory. */
export const legacy = {
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
  LEGACY_METRICS_URL: {
    schema: httpUrl,
    default: undefined,
    meaning:
      'Where the legacy service tells Prometheus its `app_memory_usage_bytes` (or `process_resident_memory_bytes`), to compare memory. Without it the two services’ memory cannot be told apart.',
  },
} as const satisfies Record<string, Setting>;
