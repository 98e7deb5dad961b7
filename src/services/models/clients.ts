import { createHash } from 'node:crypto';

/** The words of Python's `functools.lru_cache`, which the first gateway answered with. */
export interface CacheInfo {
  hits: number;
  misses: number;
  maxSize: number;
  currentSize: number;
}

/**
 * One client per configuration, created once however many ask at the same time: what is kept is the promise. The
 * one that was not asked for longest goes when there are too many; a construction that failed is not kept.
 */
export class Clients<Settings extends object, Client> {
  readonly #create: (settings: Settings) => Promise<Client>;
  readonly #maxSize: number;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Promise<Client>>();
  #hits = 0;
  #misses = 0;

  constructor(create: (settings: Settings) => Promise<Client>, maxSize = 8) {
    this.#create = create;
    this.#maxSize = maxSize;
  }

  get(settings: Settings): Promise<Client> {
    const key = fingerprint(settings);
    const kept = this.#kept.get(key);
    if (kept) {
      this.#hits += 1;
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }

    this.#misses += 1;
    const created = this.#create(settings);
    this.#kept.set(key, created);
    created.catch(() => {
      if (this.#kept.get(key) === created) this.#kept.delete(key);
    });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#maxSize && oldest !== undefined) this.#kept.delete(oldest);
    return created;
  }

  info(): CacheInfo {
    return {
      hits: this.#hits,
      misses: this.#misses,
      maxSize: this.#maxSize,
      currentSize: this.#kept.size,
    };
  }

  clear(): void {
    this.#kept.clear();
    this.#hits = 0;
    this.#misses = 0;
  }
}

/** Tells settings apart without keeping their secrets; the order of fields does not matter. */
export function fingerprint(settings: object): string {
  const sorted = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
