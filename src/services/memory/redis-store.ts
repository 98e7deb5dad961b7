import { createHash } from 'node:crypto';
import { createClient, ErrorReply, RESP_TYPES } from 'redis';
import type { LegacyDocument } from './document.ts';
import { LegacySessionsUnavailableError } from './errors.ts';
import { formatOf, type LegacyFormat, readDocument, writeDocument } from './formats/index.ts';
import { CHANGE_MS, type LegacyChange, type LegacyChangeOptions, type LegacyStore } from './store.ts';
import { orAborted, Turns } from './turns.ts';

const SERVICE = 'Redis';
const CONNECT_MS = 2_000;
const COMMAND_MS = 2_000;
/** A lost connection is made anew with growing pauses; then the next command starts from the beginning. */
const RECONNECTS = 10;
const LONGEST_PAUSE_MS = 1_000;
/** Commands of this process that wait for Redis. */
const MOST_WAITING = 1_000;

/**
 * Writes where the value is still the one that was read; says so with 1. The value is compared by its SHA-1, so that
 * it travels once. A key without an end keeps having none, and one that lives longer than asked keeps its end.
 */
const COMPARE_AND_SET = `
local now = redis.call('GET', KEYS[1])
if (now and redis.sha1hex(now) or '') ~= ARGV[1] then return 0 end
local left = redis.call('PTTL', KEYS[1])
if ARGV[2] == 'remove' then redis.call('DEL', KEYS[1]) return 1 end
if ARGV[2] == 'write' then redis.call('SET', KEYS[1], ARGV[4]) end
if now and left == -1 then return 1 end
redis.call('PEXPIRE', KEYS[1], math.max(left, tonumber(ARGV[3])))
return 1
`;

/** Lengthens a key's life, and never shortens it. */
const TOUCH = `
local left = redis.call('PTTL', KEYS[1])
if left == -2 then return 0 end
if left ~= -1 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
`;

export interface RedisStoreSettings {
  /** `redis://` or `rediss://`, with user, password and database number where needed. */
  url: string;
  /** Flask-Session's SESSION_KEY_PREFIX. */
  keyPrefix: string;
  /** What a new session is written in; one that exists stays in its own. */
  format: LegacyFormat;
}

type Client = ReturnType<typeof connectTo>;

/** Sessions of Flask-Session with SESSION_TYPE redis. */
export class RedisLegacyStore implements LegacyStore {
  readonly #settings: RedisStoreSettings;
  readonly #turns = new Turns();
  #client: Promise<Client> | undefined;

  constructor(settings: RedisStoreSettings) {
    this.#settings = settings;
  }

  async read(id: string, signal: AbortSignal): Promise<LegacyDocument | null> {
    const bytes = await this.#get(id, signal);
    return bytes && readDocument(bytes, formatOf(bytes));
  }

  change(
    id: string,
    change: LegacyChange,
    { ttlSeconds }: LegacyChangeOptions,
    signal: AbortSignal,
  ): Promise<LegacyDocument | null> {
    // In turns here, so that only other processes can come in between.
    const limit = AbortSignal.timeout(CHANGE_MS);
    const either = AbortSignal.any([signal, limit]);
    const work = async () => {
      for (;;) {
        const before = await this.#get(id, either);
        const format = before ? formatOf(before) : this.#settings.format;
        const document = before && readDocument(before, format);
        const changed = await orAborted(Promise.resolve(change(document)), either);
        if (await this.#replace(id, before, changed, document, format, ttlSeconds, either)) return changed;
        either.throwIfAborted();
      }
    };
    return this.#turns.take(id, either, work).catch((error: unknown) => {
      if (!limit.aborted || signal.aborted) throw error;
      throw new LegacySessionsUnavailableError(SERVICE, `a session was busy for ${CHANGE_MS} ms.`, {
        cause: error,
      });
    });
  }

  async touch(id: string, { ttlSeconds }: LegacyChangeOptions, signal: AbortSignal): Promise<boolean> {
    const touched = await this.#ask(signal, (client) =>
      client.eval(TOUCH, { keys: [this.#key(id)], arguments: [String(1_000 * ttlSeconds)] }),
    );
    return Number(touched) === 1;
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.#ask(signal, (client) => client.del(this.#key(id)));
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    this.#client = undefined;
    if (client?.isOpen) client.destroy();
  }

  #get(id: string, signal: AbortSignal): Promise<Buffer | null> {
    return this.#ask(signal, (client) => client.get(this.#key(id)));
  }

  async #replace(
    id: string,
    before: Buffer | null,
    changed: LegacyDocument | null,
    document: LegacyDocument | null,
    format: LegacyFormat,
    ttlSeconds: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!before && !changed) return true;
    const written = changed && changed !== document ? writeDocument(changed, format) : null;
    const what = changed ? (written ? 'write' : 'keep') : 'remove';
    const known = before ? createHash('sha1').update(before).digest('hex') : '';
    const replaced = await this.#ask(signal, (client) =>
      client.eval(COMPARE_AND_SET, {
        keys: [this.#key(id)],
        arguments: [known, what, String(1_000 * ttlSeconds), written ?? ''],
      }),
    );
    return Number(replaced) === 1;
  }

  #key(id: string): string {
    return this.#settings.keyPrefix + id;
  }

  /** Every command in the time it may take. One that Redis never answers takes the connection with it. */
  async #ask<Answer>(signal: AbortSignal, command: (client: Client) => Promise<Answer>): Promise<Answer> {
    signal.throwIfAborted();
    const client = await orAborted(this.#connected(), signal);
    const silence = AbortSignal.timeout(COMMAND_MS);
    try {
      return await orAborted(command(client), AbortSignal.any([signal, silence]));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (silence.aborted) this.#drop(client);
      throw unavailable(
        silence.aborted ? `there was no answer within ${COMMAND_MS} ms.` : reasonOf(error),
        error,
      );
    }
  }

  /** One connection, made when it is first needed, however many need it at once. */
  #connected(): Promise<Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const client = connectTo(this.#settings.url);
    // Commands tell their callers; without a listener the event would end the process.
    client.on('error', () => {});
    client.on('terminated', () => this.#drop(client));
    try {
      await orAborted(client.connect(), AbortSignal.timeout(2 * CONNECT_MS));
      return client;
    } catch (error) {
      this.#client = undefined;
      if (client.isOpen) client.destroy();
      throw unavailable(reasonOf(error), error);
    }
  }

  #drop(client: Client): void {
    const mine = this.#client;
    mine?.then(
      (current) => {
        if (current === client && this.#client === mine) this.#client = undefined;
      },
      () => {},
    );
    if (client.isOpen) client.destroy();
  }
}

function connectTo(url: string) {
  let wasReady = false;
  const client = createClient({
    url,
    // Without HELLO, which Redis knows since 6: a legacy application's may be older.
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (retries) =>
        wasReady && retries < RECONNECTS && Math.min(50 * 2 ** retries, LONGEST_PAUSE_MS),
    },
  });
  client.on('ready', () => {
    wasReady = true;
  });
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

/** The address, which may hold a password, is in none of the client's messages that are passed on. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
  if (error instanceof ErrorReply) return `it refused: ${error.message}`;
  return `${error instanceof Error && error.message ? error.message : 'it cannot be reached'}${code}.`;
}

const unavailable = (reason: string, cause: unknown): LegacySessionsUnavailableError =>
  new LegacySessionsUnavailableError(SERVICE, reason, { cause });
