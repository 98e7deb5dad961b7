import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '../../store/index.ts';
import { ReplyNoise } from '../comparing/index.ts';
import { read } from './records.ts';
import type { ShadowFeature } from './types.ts';

/** Comparisons that a process begins with: the newest. */
const MOST_AT_FIRST = 2_000;
const HEADS_AT_ONCE = 1_000;
const READ_AT_ONCE = 20;
/** So many numbers before the newest one are looked at again: some commit late. */
const OVERLAP = 200;

/**
 * Whether the candidate's replies differ from the legacy ones by more than those differ from each other, of the
 * comparisons with a control.
 */
export type NoiseVerdict = ReplyNoise['verdict'];

/** Counts each comparison with a control once; what was counted stays so when its session is deleted. */
export class FeatureNoise {
  readonly #db: Db;
  readonly #features = new Map<ShadowFeature, Counting>();

  constructor(db: Db) {
    this.#db = db;
  }

  async of(feature: ShadowFeature): Promise<NoiseVerdict> {
    const known = this.#features.get(feature);
    const counting = known ?? new Counting(this.#db, feature);
    if (!known) this.#features.set(feature, counting);
    await counting.catchUp();
    return counting.noise.verdict;
  }
}

class Counting {
  readonly noise = new ReplyNoise();
  readonly #db: Db;
  readonly #feature: ShadowFeature;
  readonly #counted = new Map<string, number>();
  #newest: number | null = null;
  #underWay: Promise<void> | undefined;

  constructor(db: Db, feature: ShadowFeature) {
    this.#db = db;
    this.#feature = feature;
  }

  /** Those who come while it counts wait for the same. */
  catchUp(): Promise<void> {
    this.#underWay ??= this.#count().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #count(): Promise<void> {
    for (;;) {
      const heads = await this.#heads();
      const fresh = heads.filter(({ id }) => !this.#counted.has(id));
      for (let start = 0; start < fresh.length; start += READ_AT_ONCE)
        await this.#add(fresh.slice(start, start + READ_AT_ONCE).map(({ id }) => id));
      for (const { id, number } of heads) {
        this.#counted.set(id, number);
        this.#newest = Math.max(number, this.#newest ?? 0);
      }
      this.#newest ??= 0;
      for (const [id, number] of this.#counted)
        if (number <= this.#newest - OVERLAP) this.#counted.delete(id);
      if (fresh.length === 0) return;
    }
  }

  async #heads(): Promise<{ id: string; number: number }[]> {
    const heads = this.#db
      .selectFrom('shadow_comparisons')
      .select(['id', 'number'])
      .where('feature', '=', this.#feature)
      .where('control', 'is not', null);
    if (this.#newest === null)
      return (await heads.orderBy('number', 'desc').limit(MOST_AT_FIRST).execute()).reverse();
    return heads
      .where('number', '>', this.#newest - OVERLAP)
      .orderBy('number')
      .limit(HEADS_AT_ONCE)
      .execute();
  }

  async #add(ids: readonly string[]): Promise<void> {
    for (const { id, number, legacy, candidate, control } of await read(this.#db, ids)) {
      // Comparing long texts takes milliseconds; others want their turn.
      await nextTurn();
      if (!control || this.#counted.has(id)) continue;
      this.noise.add({ id, legacy, candidate, control });
      this.#counted.set(id, number);
    }
  }
}
