import type { Logger } from 'pino';
import type { FeatureName } from '../../services/chat/types.ts';
import type { Listener, Store } from '../../store/index.ts';
import {
  FEATURES_CHANNEL,
  type FeatureRecord,
  type FeatureRecords,
  readFeatures,
  storeKill,
} from './records.ts';
import type { Kill } from './types.ts';

/** A process that a NOTIFY did not reach finds out by itself. */
const READ_EVERY_MS = 1_000;
/**
 * A read that takes longer has met a connection that died without a word; with the second between two reads, a rollback
 * still arrives within two. After a failure it may take twice as long, for a database that is only slow.
 */
const SHORTEST_MS = 800;
const LONGEST_MS = 6_400;
const UNKNOWN: FeatureRecord = { enabled: false, rolloutPercentage: 0, lastChange: null, kill: null };

interface Needs {
  store: Store;
  /** The records may have changed. */
  onChange: () => void;
  log: Logger;
}

/**
 * Our records of the features, in memory and kept current. While the database is away the last ones stand, and a
 * rollback that could not be stored holds in this process until it is.
 */
export class KnownFeatures {
  readonly #needs: Needs;
  #records: FeatureRecords = new Map();
  readonly #unstored = new Map<FeatureName, Kill>();
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #listener: Listener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #away = false;
  /** For one read, and for one write. A process that starts has no last word to stand on, and waits. */
  #readMs = LONGEST_MS;
  #writeMs = SHORTEST_MS;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async start(): Promise<void> {
    const wake = () => void this.#refreshQuietly();
    this.#listener = await this.#needs.store.listen(FEATURES_CHANNEL, wake, wake);
    await this.refresh();
    this.#timer = setInterval(wake, READ_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listener?.close();
    await Promise.allSettled([this.#reading, this.#next]);
    for (const [feature, { reason, by }] of this.#unstored)
      this.#needs.log.error({ feature, reason, by }, 'stopped before a rollback could be stored; repeat it');
  }

  of(feature: FeatureName): FeatureRecord {
    const record = this.#records.get(feature) ?? UNKNOWN;
    const kill = this.#unstored.get(feature);
    if (!kill) return record;
    const held = { enabled: false, rolloutPercentage: 0 };
    return { ...held, kill, lastChange: { at: kill.at, by: kill.by, reason: kill.reason, ...held } };
  }

  /**
   * Holds from the moment it is called, in this process; stored, for all of them, when it resolves. Where it rejects it
   * is stored again and again until that succeeds: one that was given up on may be there already, and stays as it is.
   */
  async kill(features: readonly FeatureName[], kill: Kill): Promise<void> {
    for (const feature of features) this.#unstored.set(feature, kill);
    this.#needs.onChange();
    await this.refresh();
  }

  /** Resolves with the tables as they are behind this call. What fails is tried once more, on another connection. */
  refresh(): Promise<void> {
    return this.#refreshOnce().catch(() => this.#refreshOnce());
  }

  /** A read under way may be older than the call, so it takes the next. */
  #refreshOnce(): Promise<void> {
    this.#next ??= Promise.allSettled([this.#reading]).then(() => {
      this.#next = undefined;
      this.#reading = this.#read();
      return this.#reading;
    });
    return this.#next;
  }

  async #read(): Promise<void> {
    const { store, onChange } = this.#needs;
    const storing = [...this.#unstored];
    const refused = await this.#storeKills(storing).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    // What others decided is worth knowing even where this process cannot write.
    const readMs = this.#readMs;
    this.#readMs = longer(readMs);
    this.#records = await store.within(readMs, readFeatures);
    this.#readMs = SHORTEST_MS;
    if (!refused)
      for (const [feature, kill] of storing)
        if (this.#unstored.get(feature) === kill) this.#unstored.delete(feature);
    onChange();
    if (refused) throw refused.error;
  }

  async #storeKills(kills: readonly (readonly [FeatureName, Kill])[]): Promise<void> {
    if (kills.length === 0) return;
    const writeMs = this.#writeMs;
    this.#writeMs = longer(writeMs);
    for (const [kill, entries] of Map.groupBy(kills, ([, kill]) => kill)) {
      const features = entries.map(([feature]) => feature);
      await this.#needs.store.within(writeMs, (db) => storeKill(db, features, kill));
    }
    this.#writeMs = SHORTEST_MS;
  }

  /** Says once that the database is away, and once that it is back. */
  async #refreshQuietly(): Promise<void> {
    const { log } = this.#needs;
    try {
      await this.#refreshOnce();
      if (this.#away) log.info('the features can be read again');
      this.#away = false;
    } catch (error) {
      if (!this.#away) log.warn({ err: error }, 'the features cannot be read; what was known of them stands');
      this.#away = true;
    }
  }
}

const longer = (ms: number): number => Math.min(2 * ms, LONGEST_MS);
