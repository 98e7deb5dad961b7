import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Listener } from './store.ts';

/** A connection that does not answer within this is taken for dead; checked this often. */
const HEARTBEAT_MS = 10_000;
const ANSWER_MS = 5_000;
const MAX_BACKOFF_MS = 5_000;

interface Subscription {
  databaseUrl: string;
  channel: string;
  onPayload: (payload: string) => void;
  onReconnect: () => void;
  log: Logger;
}

/**
 * LISTENs on a connection of its own, and goes on doing so: a lost or silent connection is replaced, with growing
 * pauses, until `close()`. The first connection has to succeed.
 */
export async function listenOnServer({
  databaseUrl,
  channel,
  onPayload,
  onReconnect,
  log,
}: Subscription): Promise<Listener> {
  const closed = new AbortController();
  let client = await connect();
  let heartbeat = setInterval(check, HEARTBEAT_MS);

  return {
    async close() {
      closed.abort();
      clearInterval(heartbeat);
      await client.end();
    },
  };

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'signalbox listener',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    next.on('notification', ({ payload }) => onPayload(payload ?? ''));
    next.on('error', (error) => log.warn({ err: error, channel }, 'the listening connection broke'));
    try {
      await next.connect();
      await next.query(`listen ${next.escapeIdentifier(channel)}`);
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    next.once('end', () => void reconnect(next));
    return next;
  }

  async function reconnect(lost: pg.Client): Promise<void> {
    if (closed.signal.aborted || lost !== client) return;
    clearInterval(heartbeat);
    for (let pause = 50; !closed.signal.aborted; pause = Math.min(2 * pause, MAX_BACKOFF_MS)) {
      try {
        client = await connect();
        break;
      } catch (error) {
        log.warn({ err: error, channel }, 'cannot listen to the database; trying again');
        await delay(pause, undefined, { signal: closed.signal }).catch(() => {});
      }
    }
    if (closed.signal.aborted) return void client.end().catch(() => {});
    heartbeat = setInterval(check, HEARTBEAT_MS);
    onReconnect();
  }

  /** A connection can die without a word; only asking finds out. Ending it starts `reconnect`. */
  function check(): void {
    const asked = client;
    asked.query('select 1').catch((error: unknown) => {
      log.warn({ err: error, channel }, 'the listening connection does not answer');
      // `end()` would wait for the same silent peer.
      (asked as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    });
  }
}
