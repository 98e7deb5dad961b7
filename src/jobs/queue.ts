import { sql } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Store, Trx } from '../store/index.ts';

/** pg-boss refuses a longer one. A ticket's handler may take as long as the job it names. */
const LONGEST_RUN_SECONDS = 86_399;

/** A ticket whose worker died between fetching it and taking the job up comes back after this. */
const TICKET_HEARTBEAT_SECONDS = 10;

/** Any number that nothing else in the database uses as an advisory lock: the letters `sgbq`. */
const LOCK = 0x73_67_62_71;

export interface QueueNeeds {
  store: Store;
  log: Logger;
  /** Whether this process takes tickets. */
  works: boolean;
}

interface Ticket {
  jobId: string;
}

/**
 * Hands out tickets, each saying no more than "job X waits to be taken up". A ticket that is handed out twice, or
 * too late, does no harm: the job's row decides. Everything about a job that has to last is in that row, so the
 * queue could be made again from the jobs at any time.
 *
 * Only this file knows pg-boss.
 */
export class Queue {
  readonly #boss: PgBoss;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #working: string[] = [];
  readonly #pollers = new Map<string, string>();
  /** What runs here, by kind. */
  readonly #places = new Map<string, Places>();
  #started = false;

  constructor({ store, log, works }: QueueNeeds) {
    this.#log = log;
    this.#store = store;
    this.#boss = new PgBoss({
      db: store.queueDatabase,
      backend: store.kind,
      schema: 'signalbox_queue',
      useListenNotify: works,
      supervise: works,
      superviseIntervalSeconds: 5,
      // How often tickets in dead hands are looked for; it would be once a minute.
      monitorIntervalSeconds: 10,
      schedule: false,
      reindex: false,
      monitorVacuum: false,
    });
    this.#boss.on('error', (error) => this.#log.error({ err: error }, 'the queue reports an error'));
    this.#boss.on('warning', (warning) => this.#log.warn({ warning }, 'the queue warns'));
  }

  /**
   * @param kinds One queue each. pg-boss reads a queue's settings on first use, with a query of its own that would
   * deadlock inside an embedded store's transaction: every queue is touched here, outside any.
   */
  async start(kinds: readonly string[]): Promise<void> {
    if (this.#store.exclusive) return this.#begin(kinds);
    // pg-boss locks too late: whoever has asked for its tables before they were there, and waits, then creates them again.
    await this.#store.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx);
      await this.#begin(kinds);
    });
  }

  async #begin(kinds: readonly string[]): Promise<void> {
    await this.#boss.start();
    this.#started = true;
    for (const kind of kinds) {
      await this.#boss.createQueue(queueOf(kind), {
        notify: true,
        retryLimit: 1_000_000,
        heartbeatSeconds: TICKET_HEARTBEAT_SECONDS,
        expireInSeconds: LONGEST_RUN_SECONDS,
        retentionSeconds: 365 * 86_400,
        deleteAfterSeconds: 3_600,
      });
      await this.#boss.findJobs(queueOf(kind), { id: crypto.randomUUID() });
    }
  }

  /**
   * Commits with the transaction.
   *
   * @param notBefore When it may be drawn. Pollers find out within seconds of it, or at once where `nudge` is called.
   */
  async issue(trx: Trx, kind: string, jobId: string, notBefore?: Date): Promise<void> {
    await this.#boss.send(queueOf(kind), { jobId } satisfies Ticket, {
      db: fromKysely(trx),
      ...(notBefore && { startAfter: notBefore }),
    });
  }

  /**
   * Takes one of the kind's places for a job that needs no ticket here, until `over`.
   *
   * @returns False where there is none, or where none of the kind run here.
   */
  takePlace(kind: string, over: Promise<void>): boolean {
    const places = this.#places.get(kind);
    if (!places || places.running.size >= places.concurrency) return false;
    occupy(places, over);
    return true;
  }

  /** Whether this process has a place for one more job of the kind. */
  hasPlace(kind: string): boolean {
    const places = this.#places.get(kind);
    return places !== undefined && places.running.size < places.concurrency;
  }

  /** Has this process look for tickets of the kind now. */
  nudge(kind: string): void {
    const poller = this.#pollers.get(kind);
    if (poller) this.#boss.notifyWorker(poller);
  }

  /**
   * Calls `takeUp` for one ticket after the other, until `stop()`, and draws none while `concurrency` jobs run. One
   * poller per kind: what waits for a free place waits in the queue, where other processes can draw it. (With a poller
   * for each of 200 places, every NOTIFY made 200 queries: a hundred jobs took an embedded database 44 s to accept.)
   *
   * @param takeUp Must not throw. Null where it did not look at the job: the ticket is handed out again. `used` takes
   * the ticket away for good, in the transaction that takes the job up.
   */
  async work(
    kind: string,
    concurrency: number,
    takeUp: (jobId: string, used: UseTicket) => Promise<TakenUp | null>,
  ): Promise<void> {
    const name = queueOf(kind);
    this.#working.push(name);
    const places: Places = { running: new Set(), concurrency };
    this.#places.set(kind, places);
    const { running } = places;
    const worker: string = await this.#boss.work<Ticket>(
      name,
      { batchSize: 1, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 },
      async ([ticket]) => {
        if (!ticket) return;
        const taken = await takeUp(ticket.data.jobId, async (trx) => {
          await this.#boss.deleteJob(name, ticket.id, { db: fromKysely(trx) });
        });
        // pg-boss takes a handler that returns for one that is done with the ticket.
        if (!taken) throw new Error(`${ticket.data.jobId} was not taken up`);

        occupy(places, taken.over);
        if (running.size >= concurrency) await Promise.race(running);
        // Unasked, it would sleep until the next NOTIFY or poll, whatever still lies in the queue.
        this.#boss.notifyWorker(worker);
      },
    );
    this.#pollers.set(kind, worker);
  }

  /**
   * Hands out no more tickets from the call on, so that those given back go to other processes. Resolves when every
   * ticket that was drawn here is used or handed back: left in our hands, others would wait for its heartbeat to stop.
   */
  async rest(): Promise<void> {
    this.#places.clear();
    await Promise.all(this.#working.map((name) => this.#boss.offWork(name, { wait: true })));
  }

  /** Forgets every ticket of the kind, also those handed out. Only for a store that no other process has open. */
  async clear(kind: string): Promise<void> {
    await this.#boss.deleteAllJobs(queueOf(kind));
  }

  /** Hands out no more tickets. Those handed out are up to their holders. */
  async stop(): Promise<void> {
    if (!this.#started) return;
    this.#started = false;
    await this.#boss.stop({ graceful: false, close: true });
  }
}

interface Places {
  running: Set<Promise<void>>;
  concurrency: number;
}

function occupy({ running }: Places, over: Promise<void>): void {
  running.add(over);
  void over.finally(() => running.delete(over));
}

export type UseTicket = (trx: Trx) => Promise<void>;

/** A job that a worker has looked at; `over` resolves, and never rejects, when it does not run here any more. */
export interface TakenUp {
  over: Promise<void>;
}

const queueOf = (kind: string): string => kind.toLowerCase().replaceAll('_', '-');
