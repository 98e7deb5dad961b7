import { z } from 'zod';
import { integer, oneOf, type Setting } from './values.ts';

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

/** As a URL has them, which the Host header is compared with: in small letters, international ones in ASCII. */
const hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim()))
  .refine(
    (all) =>
      all.every((host) => /^(\[[^\]]+\]|[^\s:/?#@*[\]\\]+)$/.test(host) && URL.canParse(`http://${host}`)),
    'names like gateway.example.com, without scheme and port, with commas between them',
  )
  .transform((all) => all.map((host) => new URL(`http://${host}`).hostname));

/** Where this process listens, and whom it answers. */
export const serving = {
  HOST: { schema: z.string().min(1), default: '127.0.0.1', meaning: 'Address to listen on.' },
  PORT: { schema: integer(0, 65_535), default: '4000', meaning: 'Port to listen on; 0 takes a free one.' },
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
    schema: hosts,
    default: undefined,
    meaning:
      'Names under which the gateway may be called, without ports, with commas between them; `/health` and `/metrics` answer under any. On a loopback HOST only localhost’s are answered without it, which keeps web pages from reaching the gateway through a name of their own.',
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
  LOG_LEVEL: {
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    meaning: 'The least severe messages that are logged.',
  },
} as const satisfies Record<string, Setting>;
