import { randomUUIDv7 } from 'node:crypto';
import type { Logger } from 'pino';
import type { FeatureName, ServiceVersion } from '../../services/chat/types.ts';
import { type Db, storable } from '../../store/index.ts';

/** Calls that wait in memory for a database that is away, about 300 bytes each; more are counted and lost. */
const KEPT_IN_MEMORY = 10_000;
const FLUSH_EVERY_MS = 500;
/** Rows of one statement: 12 parameters each, of the 65,535 that Postgres takes. */
const BATCH = 500;
const SESSION_ID_CHARACTERS = 200;
const ERROR_CHARACTERS = 500;
/** Rows that one statement of a sweep deletes, so that it locks nothing for long. */
const SWEEP = 10_000;
const DAY_MS = 86_400_000;

/** One call as it was routed; what verdicts on a new service are made of. */
export interface ServiceCall {
  feature: FeatureName;
  /** The service that the flag chose for the session. NEW as well where the legacy one stood in. */
  version: ServiceVersion;
  sessionId: string;
  /** When it began. */
  at: Date;
  /**
   * Until the reply was whole, as the caller saw it, without what the call waited for our own limits; with a fallback,
   * both services together.
   */
  durationMs: number;
  /** Until the first text that stood; null where there was none. */
  firstTextMs: number | null;
  /**
   * An error as well where the legacy service stood in; `cancelled` where nothing can be said of the service: the caller
   * left, or, with an `error`, what it asked or our own limits were why. Verdicts leave these out.
   */
  outcome: 'ok' | 'error' | 'cancelled';
  fellBack: boolean;
  /** What the version's service failed with. */
  error: string | null;
  /** The new service's share of sessions at that moment, 0 to 1; 1 for a session that a rule picks out. */
  share: number;
}

interface Needs {
  db: Db;
  /** How long calls are kept. Default: 30 days. */
  keptDays?: number;
  now: () => Date;
  log: Logger;
}

interface Row {
  id: string;
  call: ServiceCall;
}

/** Keeps every call, in batches and behind everybody's back: recording one neither waits nor fails. */
export class ServiceCalls {
  readonly #needs: Needs;
  #waiting: Row[] = [];
  #lost = 0;
  #stored = 0;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #away = false;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Calls that wait for the database. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Calls that this process could not keep. */
  get lost(): number {
    return this.#lost;
  }

  /** Calls that this process has kept. */
  get stored(): number {
    return this.#stored;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  /** Stores what waits, as far as the database takes it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    if (this.#waiting.length > 0 || this.#lost > 0)
      this.#needs.log.error(
        { waiting: this.#waiting.length, lost: this.#lost },
        'calls were lost to the statistics',
      );
  }

  record(call: ServiceCall): void {
    if (this.#waiting.length >= KEPT_IN_MEMORY) {
      if (this.#lost === 0) this.#needs.log.error('too many calls wait for the database; new ones are lost');
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ id: randomUUIDv7(), call });
    if (this.#waiting.length >= BATCH && !this.#flushing && !this.#away) void this.flush();
  }

  /** Resolves when everything recorded before is stored, or cannot be now. Never throws. */
  async flush(): Promise<void> {
    // One that is under way may have taken its last batch already.
    await this.#flushing;
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /** A feature's calls that began from `since` until before `until`, oldest first; the oldest `most` of them. */
  async between(feature: FeatureName, since: Date, until: Date, most = 200_000): Promise<ServiceCall[]> {
    await this.flush();
    const rows = await this.#needs.db
      .selectFrom('service_calls')
      .selectAll()
      .where('feature', '=', feature)
      .where('at', '>=', since)
      .where('at', '<', until)
      .orderBy('at')
      .orderBy('id')
      .limit(most)
      .execute();
    return rows.map((row) => ({
      feature,
      version: row.version as ServiceVersion,
      sessionId: row.session_id,
      at: row.at,
      durationMs: row.duration_ms,
      firstTextMs: row.first_text_ms,
      outcome: row.outcome as ServiceCall['outcome'],
      fellBack: row.fell_back,
      error: row.error,
      share: row.share,
    }));
  }

  /** Forgets calls that are old. @returns How many. */
  async sweep(): Promise<number> {
    const { db, now, keptDays = 30 } = this.#needs;
    const before = new Date(now().getTime() - keptDays * DAY_MS);
    for (let swept = 0; ; ) {
      const { numDeletedRows } = await db
        .deleteFrom('service_calls')
        .where('id', 'in', (old) =>
          old.selectFrom('service_calls').select('id').where('at', '<', before).limit(SWEEP),
        )
        .executeTakeFirstOrThrow();
      swept += Number(numDeletedRows);
      if (numDeletedRows < SWEEP) return swept;
    }
  }

  async #flush(): Promise<void> {
    const { log } = this.#needs;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      try {
        await this.#insert(batch);
      } catch (error) {
        if (!this.#away) log.warn({ err: error }, 'routed calls wait for the database');
        this.#away = true;
        return;
      }
      if (this.#away) log.info({ lost: this.#lost }, 'routed calls are stored again');
      this.#away = false;
      this.#waiting.splice(0, batch.length);
    }
  }

  /** A row that is at fault itself is lost alone. Throws where the fault is the database's. */
  async #insert(rows: readonly Row[]): Promise<void> {
    try {
      await this.#needs.db
        .insertInto('service_calls')
        .values(rows.map(toColumns))
        // Stored before, and only the acknowledgement was lost.
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      this.#stored += rows.length;
    } catch (error) {
      if (!isOfRow(error)) throw error;
      if (rows.length === 1) {
        this.#lost += 1;
        this.#needs.log.error({ err: error }, 'a routed call cannot be stored');
        return;
      }
      const half = Math.ceil(rows.length / 2);
      await this.#insert(rows.slice(0, half));
      await this.#insert(rows.slice(half));
    }
  }
}

/** SQLSTATE classes 22 and 23: what is in the row; the others are errors of what we made its parameters from. */
function isOfRow(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code));
}

function toColumns({ id, call }: Row) {
  return {
    id,
    feature: call.feature,
    version: call.version,
    session_id: storable(call.sessionId.slice(0, SESSION_ID_CHARACTERS)),
    at: call.at,
    duration_ms: call.durationMs,
    first_text_ms: call.firstTextMs,
    outcome: call.outcome,
    fell_back: call.fellBack,
    error: call.error && storable(call.error.slice(0, ERROR_CHARACTERS)),
    share: call.share,
  };
}
