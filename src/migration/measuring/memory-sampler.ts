import { randomUUIDv7 } from 'node:crypto';
import type { Logger } from 'pino';
import type { ServiceVersion } from '../../services/chat/types.ts';
import type { Db } from '../../store/index.ts';
import type { MemorySample } from '../verdicts/index.ts';
import { exposedMemory } from './exposition.ts';

/** As the verdicts want them. */
const EVERY_MS = 10_000;
const ANSWER_MS = 5_000;
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;
/** Samples of one comparison: a week of one process. */
const MOST_SAMPLES = 150_000;

interface Needs {
  db: Db;
  /** Where the legacy service tells Prometheus what it holds. */
  legacyUrl: string;
  everyMs?: number;
  now: () => Date;
  log: Logger;
}

/**
 * Writes down what the two services hold: the legacy one as it tells itself, the new one as this process. Both or
 * neither, so that they are always seen over the same time.
 */
export class MemorySampler {
  readonly #needs: Needs;
  readonly #stopped = new AbortController();
  /** Where the legacy service does not tell since when it runs: since we know it. */
  #knownSince: Date | undefined;
  #sampling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  start(): void {
    this.#timer = setInterval(() => void this.sample(), this.#needs.everyMs ?? EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#sampling;
  }

  /** One sample of each. Never throws; one that is under way is not overtaken. */
  sample(): Promise<void> {
    this.#sampling ??= this.#sample().finally(() => {
      this.#sampling = undefined;
    });
    return this.#sampling;
  }

  /** Forgets samples older than a week. @returns How many. */
  async sweep(): Promise<number> {
    const { db, now } = this.#needs;
    const { numDeletedRows } = await db
      .deleteFrom('memory_samples')
      .where('at', '<', new Date(now().getTime() - KEPT_DAYS * DAY_MS))
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async #sample(): Promise<void> {
    const { db, legacyUrl, now, log } = this.#needs;
    try {
      const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(ANSWER_MS)]);
      const legacy = await exposedMemory(legacyUrl, signal);
      const at = now();
      this.#knownSince ??= at;
      const legacySince = legacy.startedAt ?? this.#knownSince;
      const uptime = Math.max(0, (at.getTime() - legacySince.getTime()) / 1_000);
      await db
        .insertInto('memory_samples')
        .values([
          { id: randomUUIDv7(), version: 'LEGACY', at, bytes: legacy.bytes, uptime_seconds: uptime },
          {
            id: randomUUIDv7(),
            version: 'NEW',
            at,
            bytes: process.memoryUsage.rss(),
            uptime_seconds: process.uptime(),
          },
        ])
        .execute();
      if (this.#failing) log.info('the legacy service tells its memory again');
      this.#failing = false;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (!this.#failing) log.warn({ err: error }, 'the memory of the services cannot be sampled');
      this.#failing = true;
    }
  }
}

/** The newest samples of a period, in no order. */
export async function readMemory(db: Db, since: Date, until: Date): Promise<MemorySample[]> {
  const rows = await db
    .selectFrom('memory_samples')
    .selectAll()
    .where('at', '>=', since)
    .where('at', '<', until)
    .orderBy('at', 'desc')
    .limit(MOST_SAMPLES)
    .execute();
  return rows.map(({ version, at, bytes, uptime_seconds }) => ({
    version: version as ServiceVersion,
    at,
    bytes,
    uptimeSeconds: uptime_seconds,
  }));
}
