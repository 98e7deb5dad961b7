import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { patiently } from '../../jobs/patience.ts';
import type { Listener, Store } from '../../store/index.ts';
import { read, SHADOW_CHANNEL } from './records.ts';
import type { ShadowComparison, ShadowFeature } from './types.ts';

/** Ids that a slow watcher may be behind by; of more it hears the newest. */
const KEPT_IDS = 10_000;
/** Comparisons that are in memory for a watcher, and that are looked up at a time. */
const READ_AT_ONCE = 20;
const HEADS_AT_ONCE = 500;
/** After a lost connection, so many numbers before the newest one heard of are looked at again: some commit late. */
const OVERLAP = 500;
const RETRY_MS = 1_000;

interface Watcher {
  owner: string;
  feature: ShadowFeature | null;
  ids: string[];
  wakeUp: PromiseWithResolvers<void>;
}

interface Head {
  id: string;
  number: number;
  owner: string;
  feature: string;
}

/** Tells watchers of comparisons as they are stored, by any process. They keep ids, and read when it is their turn. */
export class ComparisonWatchers {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #watchers = new Set<Watcher>();
  readonly #stopped = new AbortController();
  #listener: Listener | undefined;
  #heard = new Set<string>();
  #reading: Promise<void> | undefined;
  /** The newest number when the first watcher came; the newest that was told since, and which ones around it. */
  #first: Promise<number> | undefined;
  #newest = 0;
  readonly #told = new Set<string>();
  #missed = false;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#listener = await this.#store.listen(
      SHADOW_CHANNEL,
      (id) => this.#hear(id),
      () => this.#lookAgain(),
    );
  }

  /** Ends every watcher. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#listener?.close();
    await this.#reading;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /**
   * The owner's comparisons as they are stored, each once, until `signal` fires. One that was stored in the moment before
   * may be among them; none behind it is missing.
   */
  async *follow(
    owner: string,
    feature: ShadowFeature | null,
    signal: AbortSignal,
  ): AsyncGenerator<ShadowComparison> {
    const watcher: Watcher = { owner, feature, ids: [], wakeUp: Promise.withResolvers() };
    const leaving = AbortSignal.any([signal, this.#stopped.signal]);
    const wake = () => watcher.wakeUp.resolve();
    leaving.addEventListener('abort', wake, { once: true });
    if (this.#watchers.size === 0) this.#forget();
    this.#watchers.add(watcher);
    try {
      await patiently(() => this.#begin(), leaving);
      while (!leaving.aborted) {
        watcher.wakeUp = Promise.withResolvers();
        const ids = watcher.ids.splice(0, READ_AT_ONCE);
        if (ids.length === 0) await watcher.wakeUp.promise;
        else
          for (const comparison of await patiently(() => read(this.#store.db, ids), leaving)) {
            if (leaving.aborted) return;
            yield comparison;
          }
      }
    } catch (error) {
      if (!leaving.aborted) throw error;
    } finally {
      leaving.removeEventListener('abort', wake);
      this.#watchers.delete(watcher);
    }
  }

  /** What came before anybody watched is nobody's news. */
  #forget(): void {
    this.#heard.clear();
    this.#told.clear();
    this.#newest = 0;
    this.#first = undefined;
  }

  /** Once, so that those who come together ask together; a failure is asked again. */
  #begin(): Promise<number> {
    if (this.#first) return this.#first;
    const first = this.#store.db
      .selectFrom('shadow_comparisons')
      .select(({ fn }) => fn.max('number').as('newest'))
      .executeTakeFirstOrThrow()
      .then(({ newest }) => Number(newest ?? 0));
    this.#first = first;
    first.catch(() => {
      if (this.#first === first) this.#first = undefined;
    });
    return first;
  }

  #hear(id: string): void {
    if (this.#watchers.size === 0) return;
    if (this.#heard.size >= KEPT_IDS) {
      this.#lookAgain();
      return;
    }
    this.#heard.add(id);
    this.#reading ??= this.#read();
  }

  /** Notifications may be gone: the table tells. */
  #lookAgain(): void {
    this.#missed = true;
    this.#reading ??= this.#read();
  }

  /** One read at a time. A database that is away is asked again. Never throws. */
  async #read(): Promise<void> {
    while ((this.#heard.size > 0 || this.#missed) && !this.#stopped.signal.aborted) {
      const heard = [...this.#heard].slice(0, HEADS_AT_ONCE);
      const missed = this.#missed;
      this.#missed = false;
      for (const id of heard) this.#heard.delete(id);
      try {
        for (const head of await this.#heads(heard)) this.#tell(head);
        if (missed) for (const head of await this.#since()) this.#tell(head);
      } catch (error) {
        for (const id of heard) this.#heard.add(id);
        this.#missed ||= missed;
        this.#log.warn({ err: error }, 'new comparisons could not be read; trying again');
        await delay(RETRY_MS, undefined, { signal: this.#stopped.signal }).catch(() => {});
      }
    }
    this.#reading = undefined;
  }

  async #heads(ids: readonly string[]): Promise<Head[]> {
    if (ids.length === 0) return [];
    return this.#select().where('id', 'in', ids).orderBy('number').execute();
  }

  /** Everything behind what was told. */
  async #since(): Promise<Head[]> {
    const first = await this.#begin();
    return this.#select()
      .where('number', '>', Math.max(first, this.#newest - OVERLAP))
      .orderBy('number')
      .limit(KEPT_IDS)
      .execute();
  }

  #select() {
    return this.#store.db.selectFrom('shadow_comparisons').select(['id', 'number', 'owner', 'feature']);
  }

  #tell({ id, number, owner, feature }: Head): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    if (this.#told.size > 2 * OVERLAP) this.#told.delete(this.#told.values().next().value ?? '');
    this.#newest = Math.max(number, this.#newest);
    for (const watcher of this.#watchers) {
      if (watcher.owner !== owner || (watcher.feature !== null && watcher.feature !== feature)) continue;
      watcher.ids.push(id);
      if (watcher.ids.length > KEPT_IDS) {
        watcher.ids.shift();
        this.#log.warn({ feature }, 'a watcher of comparisons is too slow; it does not hear of all of them');
      }
      watcher.wakeUp.resolve();
    }
  }
}
