import type { FeatureName } from '../../services/chat/types.ts';
import type { Feature } from './types.ts';

interface Watcher {
  /** Newest state of what changed since the watcher last looked: at most one of each feature. */
  changed: Map<FeatureName, Feature>;
  wakeUp: PromiseWithResolvers<void>;
}

/** Tells watchers of features as they change. A slow one hears the newest state only. */
export class FeatureWatchers {
  readonly #watchers = new Set<Watcher>();
  readonly #told = new Map<FeatureName, string>();

  /** The features as they are now; the first time there is nothing to compare with. */
  publish(features: readonly Feature[]): void {
    for (const feature of features) {
      const now = JSON.stringify(feature);
      const before = this.#told.get(feature.name);
      if (before === now) continue;
      this.#told.set(feature.name, now);
      if (before === undefined) continue;
      for (const { changed, wakeUp } of this.#watchers) {
        changed.set(feature.name, feature);
        wakeUp.resolve();
      }
    }
  }

  /** Each feature as it changes, until `signal` fires. */
  async *follow(signal: AbortSignal): AsyncGenerator<Feature> {
    const watcher: Watcher = { changed: new Map(), wakeUp: Promise.withResolvers() };
    const wake = () => watcher.wakeUp.resolve();
    signal.addEventListener('abort', wake, { once: true });
    this.#watchers.add(watcher);
    try {
      while (!signal.aborted) {
        const features = [...watcher.changed.values()];
        watcher.changed.clear();
        watcher.wakeUp = Promise.withResolvers();
        for (const feature of features) {
          if (signal.aborted) return;
          yield feature;
        }
        if (watcher.changed.size === 0 && !signal.aborted) await watcher.wakeUp.promise;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#watchers.delete(watcher);
    }
  }

  get size(): number {
    return this.#watchers.size;
  }
}
