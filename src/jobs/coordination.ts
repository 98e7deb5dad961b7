import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { newId } from '../ids.ts';
import { isUnavailable, type Store } from '../store/index.ts';
import type { Desk } from './desk.ts';
import type { TakenUp, UseTicket } from './queue.ts';
import type { CoordinatedKind } from './run.ts';
import { type Turn, takeTurn } from './turn.ts';

/** A turn that is wanted later than this is left to the pollers. */
const LONGEST_TIMER_MS = 60_000;
/** Timers that one process keeps; a further job waits for the pollers. */
const MOST_TIMERS = 10_000;
/** Turns of a job that may fail in a row before it is given up. */
const TRIES = 4;

interface Needs {
  store: Store;
  desk: Desk;
  kinds: ReadonlyMap<string, CoordinatedKind>;
  log: Logger;
}

/** Gives coordinated jobs their turns, in this process. A ticket says "this job may want a turn". */
export class Coordination {
  readonly #needs: Needs;
  readonly #timers = new Map<string, AbortController>();
  /** Turns of a job that failed in a row. */
  readonly #failures = new Map<string, number>();
  #stopping = false;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async start(): Promise<void> {
    const { desk, kinds } = this.#needs;
    for (const { kind } of kinds.values())
      await desk.queue.work(kind, 1, (jobId, useTicket) => this.#takeUp(jobId, useTicket));
  }

  /** Gives no more turns. A ticket that was drawn is handed back or used up before. */
  stop(): void {
    this.#stopping = true;
    for (const timer of this.#timers.values()) timer.abort();
    this.#timers.clear();
  }

  async #takeUp(jobId: string, useTicket: UseTicket): Promise<TakenUp | null> {
    const { log } = this.#needs;
    if (this.#stopping) return null;
    try {
      const turn = await this.#turn(jobId, useTicket);
      this.#failures.delete(jobId);
      if (turn?.wakeAt) this.#nudgeAt(turn.job.id, turn.job.kind, turn.wakeAt);
      return OVER;
    } catch (error) {
      if (isUnavailable(error) && this.#mayPass(jobId)) {
        log.warn({ err: error, jobId }, 'a turn could not be taken; its ticket is handed out again');
        return null;
      }
      await this.#giveUp(jobId, useTicket, error);
      return OVER;
    }
  }

  /** A lost connection is told from a fault of our own by this: the fault comes again. */
  #mayPass(jobId: string): boolean {
    const failures = (this.#failures.get(jobId) ?? 0) + 1;
    if (failures < TRIES && this.#failures.size < MOST_TIMERS) {
      this.#failures.set(jobId, failures);
      return true;
    }
    this.#failures.delete(jobId);
    return false;
  }

  async #turn(jobId: string, useTicket: UseTicket): Promise<Turn | null> {
    const { store, desk, kinds } = this.#needs;
    return store.db.transaction().execute(async (trx) => {
      await useTicket(trx);
      return takeTurn(trx, desk, jobId, async (turn) => {
        await kinds.get(turn.job.kind)?.coordinate(turn);
      });
    });
  }

  /** A turn that throws would throw again: the job ends, and its children are asked to stop. Never throws. */
  async #giveUp(jobId: string, useTicket: UseTicket, cause: unknown): Promise<void> {
    const { store, desk, kinds, log } = this.#needs;
    const errorId = newId('error');
    log.error({ err: cause, jobId, errorId }, 'a job could not be coordinated');
    const error = { code: 'INTERNAL', message: `Unexpected error ${errorId}.`, step: null, retryable: false };
    try {
      await store.db.transaction().execute(async (trx) => {
        await useTicket(trx);
        await takeTurn(trx, desk, jobId, async (turn) => {
          await kinds.get(turn.job.kind)?.abandon?.(turn);
          const children = await trx
            .selectFrom('jobs')
            .select('id')
            .where('parent_id', '=', jobId)
            .where('finished_at', 'is', null)
            .execute();
          for (const { id } of children) await turn.cancel(id);
          await turn.end({ status: 'FAILED', error });
        });
      });
    } catch (error) {
      log.error({ err: error, jobId, errorId }, 'a job that cannot be coordinated could not be ended');
    }
  }

  /** The queue's pollers would find a ticket that has come due seconds later. */
  #nudgeAt(jobId: string, kind: string, at: Date): void {
    const { desk } = this.#needs;
    const inMs = at.getTime() - Date.now();
    this.#timers.get(jobId)?.abort();
    this.#timers.delete(jobId);
    if (inMs > LONGEST_TIMER_MS || this.#timers.size >= MOST_TIMERS) return;

    const timer = new AbortController();
    this.#timers.set(jobId, timer);
    delay(Math.max(0, inMs), undefined, { signal: timer.signal }).then(
      () => {
        this.#timers.delete(jobId);
        desk.queue.nudge(kind);
      },
      () => {},
    );
  }
}

const OVER: TakenUp = { over: Promise.resolve() };
