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

  /** Holds from the moment it is called, in this process; stored, for all of them, when it resolves. */
  async kill(features: readonly FeatureName[], kill: Kill): Promise<void> {
    for (const feature of features) this.#unstored.set(feature, kill);
    this.#needs.onChange();
    await this.refresh();
  }

  /** Resolves with the tables as they are behind this call: a read under way may be older, so it takes the next. */
  refresh(): Promise<void> {
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
    this.#records = await readFeatures(store.db);
    if (!refused)
      for (const [feature, kill] of storing)
        if (this.#unstored.get(feature) === kill) this.#unstored.delete(feature);
    onChange();
    if (refused) throw refused.error;
  }

  async #storeKills(kills: readonly (readonly [FeatureName, Kill])[]): Promise<void> {
    for (const [kill, entries] of Map.groupBy(kills, ([, kill]) => kill)) {
      const features = entries.map(([feature]) => feature);
      await storeKill(this.#needs.store.db, features, kill);
    }
  }

  /** Says once that the database is away, and once that it is back. */
  async #refreshQuietly(): Promise<void> {
    const { log } = this.#needs;
    try {
      await this.refresh();
      if (this.#away) log.info('the features can be read again');
      this.#away = false;
    } catch (error) {
      if (!this.#away) log.warn({ err: error }, 'the features cannot be read; what was known of them stands');
      this.#away = true;
    }
  }
}
