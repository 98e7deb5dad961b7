import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { hangUp } from './silent.ts';
import type { Listener } from './store.ts';

/** A connection that does not answer within this is taken for dead; checked this often. */
const HEARTBEAT_MS = 10_000;
const ANSWER_MS = 5_000;
const MAX_BACKOFF_MS = 5_000;

interface Subscription {
  channel: string;
  onPayload: (payload: string) => void;
  onReconnect: () => void;
  onLost?: (() => void) | undefined;
}

/**
 * LISTENs for a whole process on one connection of its own, and goes on doing so: a lost or silent connection is
 * replaced, with growing pauses, until the last listener is closed. It is opened by the first, for whom that has to
 * succeed.
 */
export class Listening {
  readonly #databaseUrl: string;
  readonly #log: Logger;
  readonly #subscriptions = new Set<Subscription>();
  /** The connection that stands, or the one that is being made. */
  #client: Promise<pg.Client> | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  /** Fires when nobody listens any more. */
  #idle = new AbortController();

  constructor(databaseUrl: string, log: Logger) {
    this.#databaseUrl = databaseUrl;
    this.#log = log;
  }

  async listen(subscription: Subscription): Promise<Listener> {
    this.#subscriptions.add(subscription);
    try {
      this.#client ??= this.#open();
      const client = await withinAnswerTime(this.#client);
      await client.query(`listen ${client.escapeIdentifier(subscription.channel)}`);
    } catch (error) {
      await this.#leave(subscription);
      throw error;
    }
    return { close: () => this.#leave(subscription) };
  }

  async #leave(subscription: Subscription): Promise<void> {
    if (!this.#subscriptions.delete(subscription)) return;
    const opened = this.#client;
    if (this.#subscriptions.size === 0) {
      this.#client = undefined;
      clearInterval(this.#heartbeat);
      this.#idle.abort();
      this.#idle = new AbortController();
      await opened?.then(end, () => {});
    } else if (!this.#channels().includes(subscription.channel))
      // Not waited for: while the database is away it would be until that is back. And a connection that is lost
      // meanwhile is replaced by one that does not listen to it.
      void opened
        ?.then((client) => client.query(`unlisten ${client.escapeIdentifier(subscription.channel)}`))
        .catch(() => {});
  }

  #channels(): string[] {
    return [...new Set([...this.#subscriptions].map(({ channel }) => channel))];
  }

  async #open(): Promise<pg.Client> {
    const { signal } = this.#idle;
    try {
      return await this.#connect(signal);
    } catch (error) {
      if (!signal.aborted) this.#client = undefined;
      throw error;
    }
  }

  async #connect(idle: AbortSignal): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      application_name: 'signalbox listener',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload = '' }) => {
      for (const subscription of this.#subscriptions)
        if (subscription.channel === channel) subscription.onPayload(payload);
    });
    client.on('error', (error) => this.#log.warn({ err: error }, 'the listening connection broke'));
    try {
      await client.connect();
      const listens = this.#channels().map((channel) => `listen ${client.escapeIdentifier(channel)}`);
      if (listens.length > 0) await client.query(listens.join(';'));
    } catch (error) {
      await end(client);
      throw error;
    }
    if (idle.aborted) {
      await end(client);
      throw idle.reason;
    }
    client.once('end', () => this.#lose(idle));
    this.#heartbeat = setInterval(() => this.#check(client), HEARTBEAT_MS);
    return client;
  }

  #lose(idle: AbortSignal): void {
    if (idle.aborted) return;
    clearInterval(this.#heartbeat);
    this.#client = this.#reconnect(idle);
    this.#client.catch(() => {});
    for (const { onLost } of this.#subscriptions) onLost?.();
  }

  /** @throws Only where nobody listens any more. */
  async #reconnect(idle: AbortSignal): Promise<pg.Client> {
    for (let pause = 50; ; pause = Math.min(2 * pause, MAX_BACKOFF_MS)) {
      try {
        const client = await this.#connect(idle);
        for (const { onReconnect } of this.#subscriptions) onReconnect();
        return client;
      } catch (error) {
        idle.throwIfAborted();
        this.#log.warn({ err: error }, 'cannot listen to the database; trying again');
        await delay(pause, undefined, { signal: idle });
      }
    }
  }

  /** A connection can die without a word; only asking finds out. Ending it starts `#reconnect`. */
  #check(client: pg.Client): void {
    client.query('select 1').catch((error: unknown) => {
      this.#log.warn({ err: error }, 'the listening connection does not answer');
      hangUp(client);
    });
  }
}

/** Waits for the peer's good-bye no longer than for an answer. */
async function end(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => hangUp(client), ANSWER_MS);
  await client.end().catch(() => {});
  clearTimeout(timer);
}

/** Whoever begins to listen while the connection is away waits no longer than for an answer. */
async function withinAnswerTime<Value>(promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`The database could not be listened to within ${ANSWER_MS} ms.`)),
    ANSWER_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
