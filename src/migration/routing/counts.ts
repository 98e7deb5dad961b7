import type { FeatureName, ServiceVersion } from '../../services/chat/types.ts';
import type { ServiceCall } from './service-calls.ts';

/** Calls of this process since it started. */
export interface RoutingCount {
  feature: FeatureName;
  version: ServiceVersion;
  calls: number;
  /** Those the service is to blame for, fallbacks among them. */
  errors: number;
  fallbacks: number;
  /** Those their callers left. */
  cancelled: number;
  slow: number;
}

export class RoutingCounts {
  readonly #counts = new Map<string, RoutingCount>();

  add({ feature, version, outcome, fellBack, error }: ServiceCall, slow: boolean): void {
    const key = `${feature} ${version}`;
    const count = this.#counts.get(key) ?? {
      feature,
      version,
      calls: 0,
      errors: 0,
      fallbacks: 0,
      cancelled: 0,
      slow: 0,
    };
    this.#counts.set(key, count);
    count.calls += 1;
    if (outcome === 'error') count.errors += 1;
    if (outcome === 'cancelled' && error === null) count.cancelled += 1;
    if (fellBack) count.fallbacks += 1;
    if (slow) count.slow += 1;
  }

  list(): RoutingCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }
}
